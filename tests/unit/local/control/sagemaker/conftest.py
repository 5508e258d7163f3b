"""A client of the control plane, with models and configurations to make endpoints of."""

import time
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/execution"
REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway"
CONTAINER = {
    "Image": f"{REPOSITORY}:1",
    "ModelDataUrl": "s3://models/forest.tar.gz",
    "Environment": {"WORKERS": "1"},
}
MODEL = {
    "ModelName": "Iris-Forest",
    "ExecutionRoleArn": ROLE,
    "PrimaryContainer": CONTAINER,
}
VARIANT = {
    "VariantName": "forest",
    "ModelName": "Iris-Forest",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 2,
    "InitialVariantWeight": 9.0,
}


@pytest.fixture
def sagemaker(aws):
    return aws.client("sagemaker")


@pytest.fixture
def configure(sagemaker):
    """Makes a configuration of two models, the second of which is `second`."""
    sagemaker.create_model(**MODEL)
    container = {**CONTAINER, "ModelDataUrl": "s3://models/second.tar.gz"}
    sagemaker.create_model(**{**MODEL, "ModelName": "second", "PrimaryContainer": container})

    def configure(name, *variants, **more):
        sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=list(variants) or [VARIANT], **more
        )

    return configure


@pytest.fixture
def refusal():
    """Code and message with which a call is refused."""

    def refusal(call, **request):
        with pytest.raises(ClientError) as error:
            call(**request)
        return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]

    return refusal


@pytest.fixture
def iris(sagemaker, configure):
    """The endpoint iris of the configuration first, beside a configuration second."""
    configure("first")
    configure("second", {**VARIANT, "ModelName": "second"})

    def settled():
        for _ in range(500):
            endpoint = sagemaker.describe_endpoint(EndpointName="iris")
            if endpoint["EndpointStatus"] not in ("Creating", "Updating"):
                return endpoint
            time.sleep(0.01)
        raise AssertionError(endpoint)

    def create(configuration="first", **more):
        sagemaker.create_endpoint(EndpointName="iris", EndpointConfigName=configuration, **more)
        return settled()

    def update(configuration="second", **more):
        sagemaker.update_endpoint(EndpointName="iris", EndpointConfigName=configuration, **more)
        return settled()

    def scale(**desired):
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="iris",
            DesiredWeightsAndCapacities=[{"VariantName": "forest", **desired}],
        )
        return settled()

    return SimpleNamespace(create=create, update=update, scale=scale, settled=settled)
