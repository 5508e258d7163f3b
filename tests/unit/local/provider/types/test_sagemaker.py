import grpc
import pytest
from botocore.exceptions import ClientError

from local.aws import Aws
from local.provider.types import RESOURCE_TYPES

MODEL = "aws:sagemaker/model:Model"
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
ROLE = "arn:aws:iam::123456789012:role/execution"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000001"
CONTAINER = {
    "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway:1",
    "modelDataUrl": "s3://models/forest.tar.gz",
}
VARIANT = {
    "variantName": "forest",
    "modelName": "forest",
    "instanceType": "ml.m5.large",
    "initialInstanceCount": 1,
    "initialVariantWeight": 9,
}


@pytest.fixture
def model(provider):
    inputs = {"executionRoleArn": ROLE, "primaryContainer": CONTAINER, "tags": {"team": "a"}}
    return provider.make(MODEL, {"name": "forest", "enableNetworkIsolation": True, **inputs})


@pytest.fixture
def configure(provider, model):
    def configure(**more):
        variants = [{**VARIANT, "modelName": model.id}]
        inputs = {"productionVariants": variants, "kmsKeyArn": KEY, **more}
        return provider.make(CONFIGURATION, inputs)

    return configure


def test_a_model_lives_and_only_its_tags_change_in_place(provider, model):
    assert model.is_clean()
    model.change(tags={"team": "b", "cost": "1"})
    assert model.is_clean()
    other = {**model.inputs, "primaryContainer": {**CONTAINER, "modelDataUrl": "s3://models/b"}}
    answer = provider.diff(MODEL, model.inputs, other)
    assert list(answer.detailedDiff) == ["primaryContainer.modelDataUrl"]
    assert list(answer.replaces) == ["primaryContainer"]
    assert model.goes()


def test_a_model_may_come_from_the_registry_and_live_in_a_network(provider):
    package = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/1"
    inputs = {
        "name": "registered",
        "executionRoleArn": ROLE,
        "containers": [{"modelPackageName": package}],
        "vpcConfig": {"subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]},
    }
    _, failures = provider.check(MODEL, inputs)
    assert failures == []


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"shadowProductionVariants": [{**VARIANT, "initialVariantWeight": 4.5}]},
        {
            "productionVariants": [
                {
                    "variantName": "a",
                    "modelName": "forest",
                    "serverlessConfig": {
                        "maxConcurrency": 5,
                        "memorySizeInMb": 2048,
                        "provisionedConcurrency": 2,
                    },
                }
            ]
        },
        {
            "dataCaptureConfig": {
                "enableCapture": True,
                "initialSamplingPercentage": 20,
                "destinationS3Uri": "s3://data/capture",
                "kmsKeyId": KEY,
                "captureOptions": [{"captureMode": "Input"}, {"captureMode": "Output"}],
                "captureContentTypeHeader": {
                    "csvContentTypes": ["text/csv"],
                    "jsonContentTypes": ["application/json"],
                },
            }
        },
        {
            "asyncInferenceConfig": {
                "clientConfig": {"maxConcurrentInvocationsPerInstance": 4},
                "outputConfig": {
                    "s3OutputPath": "s3://data/async/output",
                    "s3FailurePath": "s3://data/async/failure",
                    "kmsKeyId": KEY,
                },
            }
        },
    ],
    ids=["real time", "shadow", "serverless", "captured", "asynchronous"],
)
def test_a_configuration_is_sent_and_read_back_in_every_form(form):
    aws, kind = StoredAws(), RESOURCE_TYPES[CONFIGURATION]
    inputs = {"name": "c", "productionVariants": [VARIANT], "kmsKeyArn": KEY, **form}
    kind.refuse_unknown(inputs)
    assert kind.faults(inputs) == []
    resource_id, record = kind.make(aws, inputs)
    assert resource_id == "c"
    assert kind.live_inputs(record, inputs) == inputs


class StoredAws(Aws):
    """Keeps what was created: here the names are tried, and not what SageMaker does with them."""

    def __init__(self):
        self.record = {}

    def call(self, service, operation, request):
        self.record |= request
        return self.record


def test_a_configuration_lives_and_may_begin_with_a_prefix(provider, configure):
    made = configure()
    assert made.is_clean()
    made.change(tags={"team": "b"})
    assert made.is_clean()
    assert made.goes()
    made = configure(namePrefix="iris-")
    assert made.outputs["name"].startswith("iris-")
    assert made.is_clean()
    assert made.goes()


@pytest.mark.parametrize(
    "policy",
    [
        {
            "blueGreenUpdatePolicy": {
                "terminationWaitInSeconds": 60,
                "maximumExecutionTimeoutInSeconds": 1800,
                "trafficRoutingConfiguration": {
                    "type": "CANARY",
                    "waitIntervalInSeconds": 300,
                    "canarySize": {"type": "CAPACITY_PERCENT", "value": 10},
                },
            },
            "autoRollbackConfiguration": {"alarms": [{"alarmName": "iris-forest-errors"}]},
        },
        {
            "rollingUpdatePolicy": {
                "maximumBatchSize": {"type": "INSTANCE_COUNT", "value": 1},
                "waitIntervalInSeconds": 60,
            }
        },
    ],
    ids=["canary", "rolling"],
)
def test_a_deployment_policy_passes_the_apis_model(provider, policy):
    inputs = {"name": "iris", "endpointConfigName": "c", "deploymentConfig": policy}
    assert provider.check(ENDPOINT, inputs)[1] == []


def test_an_endpoint_moves_to_another_configuration_in_place(provider, configure, runtime):
    first, second = configure(), configure()
    inputs = {"name": "iris", "endpointConfigName": first.id, "tags": {"team": "a"}}
    endpoint = provider.make(ENDPOINT, inputs)
    assert endpoint.outputs["arn"].endswith(":endpoint/iris")
    assert endpoint.is_clean()
    endpoint.change(endpointConfigName=second.id)
    assert endpoint.is_clean()
    endpoint.change(tags={"team": "b"})
    assert endpoint.is_clean()
    assert endpoint.goes()
    assert runtime.fleets == {}


def test_an_endpoint_that_was_rolled_back_is_updated_again_by_the_next_up(
    provider, configure, runtime
):
    first, second = configure(), configure()
    endpoint = provider.make(ENDPOINT, {"name": "iris", "endpointConfigName": first.id})
    runtime.break_model(CONTAINER["modelDataUrl"], "it does not ping")
    endpoint.change(endpointConfigName=second.id)
    assert endpoint.outputs["endpointConfigName"] == first.id
    inputs, _ = endpoint.refresh()
    assert inputs["endpointConfigName"] == first.id
    runtime.broken.clear()
    same = endpoint.inputs
    endpoint.outputs, _ = provider.update(ENDPOINT, "iris", same, same, endpoint.outputs)
    assert endpoint.outputs["endpointConfigName"] == second.id


def test_an_endpoint_that_cannot_start_is_made_again_by_the_next_up(
    provider, configure, runtime, aws
):
    runtime.break_model(CONTAINER["modelDataUrl"], "it does not ping")
    inputs = {"name": "iris", "endpointConfigName": configure().id}
    with pytest.raises(grpc.RpcError) as error:
        provider.make(ENDPOINT, inputs)
    assert error.value.details() == "iris is Failed: it does not ping"
    with pytest.raises(ClientError, match='Could not find endpoint "arn:.*/iris"'):
        aws.call("sagemaker", "DescribeEndpoint", {"EndpointName": "iris"})
    runtime.broken.clear()
    assert provider.make(ENDPOINT, inputs).is_clean()
