import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

MODEL: dict[str, Any] = {
    "ModelName": "Iris-Forest",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/execution",
    "EnableNetworkIsolation": True,
    "PrimaryContainer": {
        "Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway:1",
        "ModelDataUrl": "s3://models/forest.tar.gz",
        "Environment": {"WORKERS": "1"},
    },
}
VARIANT = {
    "VariantName": "forest",
    "ModelName": "Iris-Forest",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 2,
    "InitialVariantWeight": 9.0,
}
CONFIGURATION = {
    "EndpointConfigName": "first",
    "KmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/k",
    "ProductionVariants": [VARIANT],
}
ARN = "arn:aws:sagemaker:eu-central-1:123456789012"


@pytest.fixture
def sagemaker(aws):
    return aws.client("sagemaker")


@pytest.fixture
def configured(sagemaker):
    """A client of a SageMaker with two configurations, the second of which is of another model."""
    sagemaker.create_model(**MODEL)
    container = {**MODEL["PrimaryContainer"], "ModelDataUrl": "s3://models/second.tar.gz"}
    sagemaker.create_model(**{**MODEL, "ModelName": "second", "PrimaryContainer": container})
    sagemaker.create_endpoint_config(**CONFIGURATION)
    variants = [{**VARIANT, "ModelName": "second"}]
    sagemaker.create_endpoint_config(EndpointConfigName="second", ProductionVariants=variants)
    return sagemaker


def settled(sagemaker, name="iris"):
    """The endpoint, once nothing is under way."""
    for _ in range(500):
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
        if endpoint["EndpointStatus"] not in ("Creating", "Updating"):
            return endpoint
        time.sleep(0.01)
    raise AssertionError(endpoint)


def create(sagemaker, configuration="first"):
    sagemaker.create_endpoint(EndpointName="iris", EndpointConfigName=configuration)
    return settled(sagemaker)


def update(sagemaker, configuration):
    sagemaker.update_endpoint(EndpointName="iris", EndpointConfigName=configuration)
    return settled(sagemaker)


def refusal(call, **request):
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_a_model_reads_back_whole(sagemaker, now):
    assert sagemaker.create_model(**MODEL)["ModelArn"] == f"{ARN}:model/iris-forest"
    found = sagemaker.describe_model(ModelName="Iris-Forest")
    del found["ResponseMetadata"]
    assert found == {**MODEL, "ModelArn": f"{ARN}:model/iris-forest", "CreationTime": now}


def test_a_configuration_reads_back_whole(configured, now):
    found = configured.describe_endpoint_config(EndpointConfigName="first")
    del found["ResponseMetadata"]
    arn = f"{ARN}:endpoint-config/first"
    assert found == {**CONFIGURATION, "EndpointConfigArn": arn, "CreationTime": now}


def test_an_endpoint_comes_into_service_with_its_variants(configured, runtime):
    endpoint = create(configured)
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointArn"] == f"{ARN}:endpoint/iris"
    assert endpoint["ProductionVariants"] == [
        {
            "VariantName": "forest",
            "CurrentWeight": 9.0,
            "DesiredWeight": 9.0,
            "CurrentInstanceCount": 2,
            "DesiredInstanceCount": 2,
        }
    ]
    [plan] = runtime.fleets["iris"]
    assert (plan.name, plan.weight, plan.instances) == ("forest", 9.0, 2)
    assert plan.model.image == MODEL["PrimaryContainer"]["Image"]
    assert plan.model.environment == {"WORKERS": "1"}
    assert plan.model.execution_role_arn == MODEL["ExecutionRoleArn"]


def test_a_variant_without_a_weight_has_weight_1(configured, runtime):
    variants = [{k: v for k, v in VARIANT.items() if k != "InitialVariantWeight"}]
    configured.create_endpoint_config(EndpointConfigName="plain", ProductionVariants=variants)
    create(configured, "plain")
    assert runtime.fleets["iris"][0].weight == 1.0


def test_an_endpoint_that_cannot_start_fails_with_the_reason(configured, runtime):
    runtime.break_model("s3://models/forest.tar.gz", "no such object")
    endpoint = create(configured)
    assert (endpoint["EndpointStatus"], endpoint["FailureReason"]) == ("Failed", "no such object")


def test_an_error_of_our_own_fails_the_endpoint_instead_of_leaving_it_in_creation(
    configured, runtime
):
    runtime.broken["s3://models/forest.tar.gz"] = OSError(28, "No space left on device")
    assert create(configured)["FailureReason"] == (
        "The local cloud failed: OSError(28, 'No space left on device'). Look into its log."
    )


def test_an_update_puts_another_configuration_in_service(configured, runtime):
    create(configured)
    assert update(configured, "second")["EndpointConfigName"] == "second"
    assert runtime.fleets["iris"][0].model.model_data_url == "s3://models/second.tar.gz"


def test_a_failed_update_leaves_the_old_configuration_in_service(configured, runtime):
    create(configured)
    runtime.break_model("s3://models/second.tar.gz", "it does not ping")
    endpoint = update(configured, "second")
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointConfigName"] == "first"
    assert endpoint["FailureReason"] == "it does not ping"


def test_a_success_forgets_why_the_update_before_it_failed(configured, runtime):
    create(configured)
    runtime.break_model("s3://models/second.tar.gz", "it does not ping")
    update(configured, "second")
    runtime.broken.clear()
    assert "FailureReason" not in update(configured, "second")


def test_an_endpoint_under_way_is_neither_updated_nor_deleted(configured, runtime):
    runtime.gate.clear()
    configured.create_endpoint(EndpointName="iris", EndpointConfigName="first")
    try:
        assert refusal(configured.delete_endpoint, EndpointName="iris") == (
            "ValidationException",
            "Cannot delete endpoint 'iris' while it is Creating.",
        )
        request = {"EndpointName": "iris", "EndpointConfigName": "second"}
        assert refusal(configured.update_endpoint, **request) == (
            "ValidationException",
            "Cannot update endpoint 'iris' while it is Creating.",
        )
    finally:
        runtime.gate.set()
    assert settled(configured)["EndpointStatus"] == "InService"


def test_a_deleted_endpoint_is_out_of_service(configured, runtime):
    create(configured)
    configured.delete_endpoint(EndpointName="iris")
    assert runtime.fleets == {}
    assert refusal(configured.describe_endpoint, EndpointName="iris") == (
        "ValidationException",
        "Could not find endpoint 'iris'.",
    )


def test_models_and_configurations_are_deleted(configured):
    configured.delete_endpoint_config(EndpointConfigName="first")
    configured.delete_model(ModelName="Iris-Forest")
    assert refusal(configured.describe_endpoint_config, EndpointConfigName="first")[1] == (
        "Could not find endpoint configuration 'first'."
    )
    assert refusal(configured.delete_model, ModelName="Iris-Forest")[1] == (
        "Could not find model 'Iris-Forest'."
    )


def test_a_name_is_given_once(configured):
    assert refusal(configured.create_model, **MODEL) == (
        "ValidationException",
        "Cannot create already existing model 'Iris-Forest'",
    )


def test_what_a_configuration_and_an_endpoint_are_made_of_must_exist(sagemaker):
    assert refusal(sagemaker.create_endpoint_config, **CONFIGURATION)[1] == (
        "Could not find model 'Iris-Forest'."
    )
    request = {"EndpointName": "iris", "EndpointConfigName": "first"}
    assert refusal(sagemaker.create_endpoint, **request)[1] == (
        "Could not find endpoint configuration 'first'."
    )


SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}
CANARY = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
    "Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 60}}}  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "request_", "message"),
    [
        (
            "create_model",
            {"ModelName": "m", "ExecutionRoleArn": MODEL["ExecutionRoleArn"], "Containers": []},
            "the local cloud needs PrimaryContainer of models",
        ),
        (
            "create_model",
            {**MODEL, "PrimaryContainer": {"Image": "ml-gateway"}},
            "the local cloud needs ModelDataUrl of containers",
        ),
        (
            "create_endpoint_config",
            {**CONFIGURATION, "ShadowProductionVariants": [VARIANT]},
            "the local cloud does not have ShadowProductionVariants of configurations",
        ),
        (
            "create_endpoint_config",
            {"EndpointConfigName": "c", "ProductionVariants": [{**VARIANT, **SERVERLESS}]},
            "the local cloud does not have ServerlessConfig of variants",
        ),
        (
            "create_endpoint_config",
            {
                "EndpointConfigName": "c",
                "ProductionVariants": [{"VariantName": "a", "ModelName": "m", **SERVERLESS}],
            },
            "the local cloud needs InitialInstanceCount of variants",
        ),
        (
            "create_endpoint",
            {"EndpointName": "e", "EndpointConfigName": "c", "DeploymentConfig": CANARY},
            "the local cloud does not have DeploymentConfig of endpoints",
        ),
    ],
)
def test_what_would_change_nothing_here_is_refused(sagemaker, operation, request_, message):
    assert refusal(getattr(sagemaker, operation), **request_) == ("ValidationException", message)


def test_two_calls_at_once_make_one_model(sagemaker):
    results = []

    def attempt():
        try:
            results.append(sagemaker.create_model(**MODEL)["ModelArn"])
        except ClientError as error:
            results.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [*["ValidationException"] * 3, f"{ARN}:model/iris-forest"]
