"""Rules for the encryption of what SageMaker stores."""

import re

from pulumi_policy import Severity

from gateway_policies.property_rule import CUSTOMER_KEY, Demand, property_rule, whether
from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import (
    Control,
    Family,
    Finding,
    Findings,
    Verdict,
    rule,
    shown,
    unknown,
    violation,
)
from gateway_policies.sagemaker import (
    DATA_QUALITY_JOB,
    ENDPOINT_CONFIGURATION,
    MONITORING_SCHEDULE,
    SCHEDULED_JOB,
    variants,
)

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
NVME_ATTRIBUTE = re.compile(r"[a-z]+\d+[a-z]*d[a-z]*")
"""A family whose attributes, behind the generation, hold a `d`: m5d, g4dn, p4de."""
NVME_FAMILIES = frozenset(
    {
        *("dl1", "g5", "g6", "g6e", "g7e", "gr6"),
        *("p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200"),
        *("trn1", "trn1n", "trn2"),
    }
)
"""Accelerator families that have local NVMe storage without saying so in their name."""

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"


@rule(
    Control(
        id="endpoint-volume-cmk",
        title="Endpoint volumes are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.HIGH,
        standards=("CKV_AWS_98",),
        fix="Set kmsKeyArn on the endpoint configuration.",
        url=f"{_API}/API_CreateEndpointConfig.html",
    ),
    types=(ENDPOINT_CONFIGURATION,),
)
def endpoint_volume_cmk(config: Resource) -> Findings:
    """Volumes hold models and payloads; only a customer's own key can be audited and revoked."""
    key = config.text("kmsKeyArn")
    if key is UNKNOWN:
        return
    if key:
        # AWS's own key comes by alias; its id cannot be told from a customer's.
        if "alias/aws/" in key:
            yield violation("kmsKeyArn", seen=shown(key), allowed=CUSTOMER_KEY.allowed)
        return
    yield from _without_key(config, shown(key))


def _without_key(config: Resource, seen: str) -> Findings:
    instances = [
        variant.text("instanceType")
        for variant in variants(config)
        if variant.values is UNKNOWN or variant.block("serverlessConfig") is None
    ]
    known = [instance for instance in instances if instance is not UNKNOWN]
    if not all(instance and has_local_storage(instance) for instance in known):
        yield violation("kmsKeyArn", seen=seen, allowed=CUSTOMER_KEY.allowed)
    elif UNKNOWN in instances:
        yield unknown(
            "kmsKeyArn",
            seen=f"{seen}, with instance types that are not known at preview",
            allowed=CUSTOMER_KEY.allowed,
            fix="Set kmsKeyArn, or make the instance types plain values.",
        )
    elif known:
        yield Finding(
            Verdict.EXEMPT,
            "kmsKeyArn",
            seen=seen,
            allowed="no key on instance types with local NVMe storage "
            f"({', '.join(sorted(set(map(str, known))))})",
            fix="The instance encrypts that storage with a hardware key of its own, "
            "which kmsKeyArn does not replace.",
        )


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type, such as `ml.g5.xlarge`, comes with local NVMe storage."""
    family = instance_type.removeprefix("ml.").split(".")[0]
    return family in NVME_FAMILIES or NVME_ATTRIBUTE.fullmatch(family) is not None


def _is_not_off(value: object) -> bool:
    return value is not False


endpoint_data_cmk = property_rule(
    Control(
        id="endpoint-data-cmk",
        title="What an endpoint writes to S3 is encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.HIGH,
        fix="Set the key beside the S3 address.",
        url=f"{_API}/API_CreateEndpointConfig.html",
    ),
    "Captured requests, asynchronous results and core dumps hold what clients sent.",
    {
        ENDPOINT_CONFIGURATION: (
            Demand(
                "kmsKeyId",
                CUSTOMER_KEY,
                within="dataCaptureConfig",
                when=whether("enableCapture", _is_not_off),
            ),
            Demand("kmsKeyId", CUSTOMER_KEY, within="asyncInferenceConfig.outputConfig"),
            Demand("kmsKeyId", CUSTOMER_KEY, within="productionVariants[].coreDumpConfig"),
            Demand("kmsKeyId", CUSTOMER_KEY, within="shadowProductionVariants[].coreDumpConfig"),
        )
    },
)

feature_group_cmk = property_rule(
    Control(
        id="feature-group-cmk",
        title="Feature stores are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.HIGH,
        fix="Set kmsKeyId of the store.",
        url=f"{_API}/API_CreateFeatureGroup.html",
    ),
    "Features are data about people or machines; only a customer's own key can be revoked.",
    {
        "aws:sagemaker/featureGroup:FeatureGroup": (
            Demand(
                "securityConfig.kmsKeyId",
                CUSTOMER_KEY,
                within="onlineStoreConfig",
                when=whether("enableOnlineStore"),
            ),
            Demand("s3StorageConfig.kmsKeyId", CUSTOMER_KEY, within="offlineStoreConfig"),
        )
    },
)

monitoring_output_cmk = property_rule(
    Control(
        id="monitoring-output-cmk",
        title="Monitoring results are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.HIGH,
        standards=("CKV_AWS_367",),
        fix="Set kmsKeyId of the output.",
        url=f"{_API}/API_MonitoringOutputConfig.html",
    ),
    "Statistics and violations quote the data that was monitored.",
    {
        DATA_QUALITY_JOB: (Demand("dataQualityJobOutputConfig.kmsKeyId", CUSTOMER_KEY),),
        MONITORING_SCHEDULE: (
            Demand("monitoringOutputConfig.kmsKeyId", CUSTOMER_KEY, within=SCHEDULED_JOB),
        ),
    },
)

monitoring_volume_cmk = property_rule(
    Control(
        id="monitoring-volume-cmk",
        title="Volumes of monitoring jobs are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.HIGH,
        standards=("CKV_AWS_368",),
        fix="Set volumeKmsKeyId of the cluster.",
        url=f"{_API}/API_MonitoringClusterConfig.html",
    ),
    "A job copies captured requests and answers onto its volume.",
    {
        DATA_QUALITY_JOB: (Demand("jobResources.clusterConfig.volumeKmsKeyId", CUSTOMER_KEY),),
        MONITORING_SCHEDULE: (
            Demand(
                "monitoringResources.clusterConfig.volumeKmsKeyId",
                CUSTOMER_KEY,
                within=SCHEDULED_JOB,
            ),
        ),
    },
)

RULES = (
    endpoint_volume_cmk,
    endpoint_data_cmk,
    feature_group_cmk,
    monitoring_output_cmk,
    monitoring_volume_cmk,
)
