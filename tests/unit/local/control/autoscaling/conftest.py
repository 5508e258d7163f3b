"""A client of Application Auto Scaling, and endpoints for it to scale."""

import time
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

MODEL = {
    "ModelName": "m",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/execution",
    "PrimaryContainer": {"Image": "ml-gateway:1", "ModelDataUrl": "s3://models/m.tar.gz"},
}
VARIANT = {
    "VariantName": "forest",
    "ModelName": "m",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 2,
}


@pytest.fixture
def scaling(aws):
    return aws.client("application-autoscaling")


@pytest.fixture
def autoscaling(services):
    """The service itself, whose clock tests ask to look at what is due."""
    return services.autoscaling


@pytest.fixture
def refusal():
    """Code and message with which a call is refused."""

    def refusal(call, **request):
        with pytest.raises(ClientError) as error:
            call(**request)
        return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]

    return refusal


@pytest.fixture
def endpoints(aws):
    """Endpoints by what their one variant is; all have been in service."""
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model(**MODEL)

    def settled(name="iris"):
        for _ in range(500):
            endpoint = sagemaker.describe_endpoint(EndpointName=name)
            if endpoint["EndpointStatus"] == "InService":
                return endpoint
            time.sleep(0.01)
        raise AssertionError(endpoint)

    def create(name="iris", variant=None, **more):
        sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[variant or VARIANT], **more
        )
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        return settled(name)

    def count(name="iris"):
        [variant] = settled(name)["ProductionVariants"]
        return variant["DesiredInstanceCount"]

    return SimpleNamespace(create=create, settled=settled, count=count, sagemaker=sagemaker)
