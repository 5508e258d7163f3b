import pytest

from gateway_policies.encryption import (
    endpoint_data_cmk,
    endpoint_volume_cmk,
    feature_group_cmk,
    has_local_storage,
    monitoring_output_cmk,
    monitoring_volume_cmk,
)
from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import Verdict
from gateway_policies.sagemaker import (
    DATA_QUALITY_JOB,
    ENDPOINT_CONFIGURATION,
    MONITORING_SCHEDULE,
)
from tests.unit.policies.verdicts import judged

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
URL = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html"
ALLOWED = "Allowed: the ARN of a customer-managed KMS key."
FIX = f"Set kmsKeyArn on the endpoint configuration. {URL}"
SERVERLESS = {"serverlessConfig": {"maxConcurrency": 5, "memorySizeInMb": 2048}}


def instances(*types: object) -> list[dict[str, object]]:
    return [{"instanceType": instance} for instance in types]


def findings(**fields: object) -> list[tuple[Verdict, str]]:
    values = {"kmsKeyArn": KEY, "productionVariants": instances("ml.m5.large")} | fields
    config = Resource("", values, ENDPOINT_CONFIGURATION, "urn")
    return [
        (found.verdict, found.message(endpoint_volume_cmk.control))
        for found in endpoint_volume_cmk.check(config)
    ]


def verdicts(**fields: object) -> list[Verdict]:
    return [verdict for verdict, _ in findings(**fields)]


@pytest.mark.parametrize("key", [KEY, UNKNOWN, "arn:aws:kms:eu-west-1:1:alias/models"])
def test_a_key_that_is_set_passes_even_if_its_value_is_not_known_yet(key):
    assert findings(kmsKeyArn=key) == []


@pytest.mark.parametrize(("key", "seen"), [(None, "missing"), ("", '""')])
def test_a_missing_key_is_a_violation(key, seen):
    assert findings(kmsKeyArn=key) == [
        (Verdict.VIOLATION, f"kmsKeyArn: {seen}. {ALLOWED} {FIX}"),
    ]


def test_the_key_of_aws_is_no_customer_key():
    key = "arn:aws:kms:eu-west-1:111122223333:alias/aws/sagemaker"
    assert findings(kmsKeyArn=key) == [
        (Verdict.VIOLATION, f'kmsKeyArn: "{key}". {ALLOWED} {FIX}'),
    ]


def test_local_storage_is_exempt_with_its_reason():
    message = (
        "kmsKeyArn: missing. Allowed: no key on instance types with local NVMe storage "
        "(ml.g5.xlarge, ml.m5d.large). The instance encrypts that storage with a hardware key "
        f"of its own, which kmsKeyArn does not replace. {URL}"
    )
    variants = instances("ml.m5d.large", "ml.g5.xlarge", "ml.g5.xlarge")
    found = findings(kmsKeyArn=None, productionVariants=variants)
    assert found == [(Verdict.EXEMPT, message)]


def test_one_variant_with_a_volume_needs_the_key():
    variants = instances("ml.g5.xlarge", "ml.m5.large", UNKNOWN)
    assert verdicts(kmsKeyArn=None, productionVariants=variants) == [Verdict.VIOLATION]


def test_a_shadow_variant_with_a_volume_needs_the_key():
    found = verdicts(
        kmsKeyArn=None,
        productionVariants=instances("ml.g5.xlarge"),
        shadowProductionVariants=instances("ml.m5.large"),
    )
    assert found == [Verdict.VIOLATION]


def test_a_variant_without_an_instance_type_counts_as_one_with_a_volume():
    assert verdicts(kmsKeyArn=None, productionVariants=[{}]) == [Verdict.VIOLATION]


def test_serverless_variants_have_no_volume():
    assert findings(kmsKeyArn=None, productionVariants=[SERVERLESS]) == []
    mixed = [SERVERLESS, *instances("ml.m5.large")]
    assert verdicts(kmsKeyArn=None, productionVariants=mixed) == [Verdict.VIOLATION]


@pytest.mark.parametrize("variants", [UNKNOWN, [UNKNOWN], instances(UNKNOWN, "ml.g5.xlarge")])
def test_a_missing_key_with_unknown_instance_types_is_unknown(variants):
    message = (
        f"kmsKeyArn: missing, with instance types that are not known at preview. {ALLOWED} "
        f"Set kmsKeyArn, or make the instance types plain values. {URL}"
    )
    found = findings(kmsKeyArn=None, productionVariants=variants)
    assert found == [(Verdict.UNKNOWN, message)]


@pytest.mark.parametrize(
    "family",
    [
        *("m5d", "c5d", "r5d", "m6gd", "r7gd", "g4dn", "g5", "g6", "g6e", "p4d", "p4de"),
        *("p5", "p5en", "p6-b200", "trn1", "trn1n", "trn2", "dl1"),
    ],
)
def test_families_with_local_storage(family: str):
    assert has_local_storage(f"ml.{family}.xlarge")


@pytest.mark.parametrize(
    "family", ["t2", "m5", "c6i", "c6in", "m7i", "r8g", "p2", "p3", "g5g", "inf1", "inf2"]
)
def test_families_without_local_storage(family: str):
    assert not has_local_storage(f"ml.{family}.xlarge")


CAPTURE = "violation dataCaptureConfig.kmsKeyId: missing"
RESULTS = "violation asyncInferenceConfig.outputConfig.kmsKeyId: missing"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"dataCaptureConfig": {"kmsKeyId": KEY}}, []),
        ({"dataCaptureConfig": {"kmsKeyId": UNKNOWN}}, []),
        ({"dataCaptureConfig": {}}, [CAPTURE]),
        ({"dataCaptureConfig": {"enableCapture": True}}, [CAPTURE]),
        ({"dataCaptureConfig": {"enableCapture": False}}, []),
        ({"asyncInferenceConfig": {"outputConfig": {"kmsKeyId": KEY}}}, []),
        ({"asyncInferenceConfig": {"outputConfig": {"s3OutputPath": "s3://a"}}}, [RESULTS]),
        (
            {"productionVariants": [{}, {"coreDumpConfig": {"destinationS3Uri": "s3://a"}}]},
            ["violation productionVariants[1].coreDumpConfig.kmsKeyId: missing"],
        ),
        (
            {"shadowProductionVariants": [{"coreDumpConfig": {"kmsKeyId": "alias/aws/s3"}}]},
            ['violation shadowProductionVariants[0].coreDumpConfig.kmsKeyId: "alias/aws/s3"'],
        ),
        ({"dataCaptureConfig": UNKNOWN, "asyncInferenceConfig": "odd"}, []),
    ],
)
def test_what_an_endpoint_writes_to_s3_has_a_key_of_its_own(fields, found):
    assert judged(endpoint_data_cmk, **fields) == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"onlineStoreConfig": {"enableOnlineStore": False}}, []),
        (
            {"onlineStoreConfig": {"enableOnlineStore": True}},
            ["violation onlineStoreConfig.securityConfig.kmsKeyId: missing"],
        ),
        (
            {
                "onlineStoreConfig": {
                    "enableOnlineStore": True,
                    "securityConfig": {"kmsKeyId": UNKNOWN},
                }
            },
            [],
        ),
        (
            {"offlineStoreConfig": {"s3StorageConfig": {"s3Uri": "s3://a"}}},
            ["violation offlineStoreConfig.s3StorageConfig.kmsKeyId: missing"],
        ),
        ({"offlineStoreConfig": {"s3StorageConfig": {"kmsKeyId": KEY}}}, []),
    ],
)
def test_each_store_of_a_feature_group_has_a_key(fields, found):
    assert judged(feature_group_cmk, **fields) == found


def scheduled(**job: object) -> dict[str, object]:
    return {"monitoringScheduleConfig": {"monitoringJobDefinition": job}}


JOB = "monitoringScheduleConfig.monitoringJobDefinition"


@pytest.mark.parametrize(
    ("rule", "token", "fields", "found"),
    [
        (
            monitoring_output_cmk,
            DATA_QUALITY_JOB,
            {"dataQualityJobOutputConfig": {"kmsKeyId": KEY}},
            [],
        ),
        (
            monitoring_output_cmk,
            DATA_QUALITY_JOB,
            {"dataQualityJobOutputConfig": {}},
            ["violation dataQualityJobOutputConfig.kmsKeyId: missing"],
        ),
        (
            monitoring_output_cmk,
            MONITORING_SCHEDULE,
            scheduled(monitoringOutputConfig={}),
            [f"violation {JOB}.monitoringOutputConfig.kmsKeyId: missing"],
        ),
        (
            monitoring_volume_cmk,
            DATA_QUALITY_JOB,
            {"jobResources": {"clusterConfig": {"volumeKmsKeyId": UNKNOWN}}},
            [],
        ),
        (
            monitoring_volume_cmk,
            DATA_QUALITY_JOB,
            {"jobResources": {"clusterConfig": {}}},
            ["violation jobResources.clusterConfig.volumeKmsKeyId: missing"],
        ),
        (
            monitoring_volume_cmk,
            MONITORING_SCHEDULE,
            scheduled(),
            [f"violation {JOB}.monitoringResources.clusterConfig.volumeKmsKeyId: missing"],
        ),
    ],
)
def test_monitoring_jobs_encrypt_what_they_write(rule, token, fields, found):
    assert judged(rule, token, **fields) == found


@pytest.mark.parametrize("rule", [monitoring_output_cmk, monitoring_volume_cmk])
def test_a_schedule_that_names_a_job_says_nothing_of_keys(rule):
    named = {"monitoringScheduleConfig": {"monitoringJobDefinitionName": "quality"}}
    assert judged(rule, MONITORING_SCHEDULE, **named) == []
