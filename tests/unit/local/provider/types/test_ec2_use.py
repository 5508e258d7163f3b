"""Subnets and security groups that a live endpoint's containers are in."""

import grpc
import pytest

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
MODEL = "aws:sagemaker/model:Model"
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
CONTAINER = {
    "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway:1",
    "modelDataUrl": "s3://models/forest.tar.gz",
}


@pytest.fixture
def place(provider):
    """Makes a subnet and a group of its own."""
    vpc = provider.make(VPC, {"cidrBlock": "10.20.0.0/20"})

    def place(name, addresses):
        subnet = provider.make(SUBNET, {"vpcId": vpc.id, "cidrBlock": addresses})
        group = provider.make(GROUP, {"vpcId": vpc.id, "name": name, "description": "d"})
        return subnet, group

    return place


@pytest.fixture
def configure(provider):
    """A configuration whose one model is in a subnet and a group; its name."""

    def configure(name, subnet, group):
        vpc = {"subnets": [subnet.id], "securityGroupIds": [group.id]}
        provider.make(
            MODEL,
            {
                "name": name,
                "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
                "primaryContainer": CONTAINER,
                "vpcConfig": vpc,
            },
        )
        variant = {
            "variantName": "forest",
            "modelName": name,
            "instanceType": "ml.m5.large",
            "initialInstanceCount": 1,
        }
        return provider.make(CONFIGURATION, {"name": name, "productionVariants": [variant]}).id

    return configure


def test_what_a_live_endpoint_is_in_stays_until_the_endpoint_is_elsewhere_or_gone(
    aws, provider, place, configure
):
    before, after = place("before", "10.20.0.0/24"), place("after", "10.20.1.0/24")
    endpoint = provider.make(
        ENDPOINT, {"name": "iris", "endpointConfigName": configure("before", *before)}
    )
    for made in before:
        violation = f"DependencyViolation: {made.id} .* of the endpoint iris"
        with pytest.raises(grpc.RpcError, match=violation):
            made.goes()
        assert made.refresh() != ({}, {})
    endpoint.change(endpointConfigName=configure("after", *after))
    assert all(made.goes() for made in before)
    with pytest.raises(grpc.RpcError, match="DependencyViolation"):
        after[0].goes()
    assert endpoint.goes()
    assert all(made.goes() for made in after)


def test_an_endpoint_whose_model_somebody_deleted_holds_nothing(aws, provider, place, configure):
    subnet, group = place("before", "10.20.0.0/24")
    provider.make(ENDPOINT, {"name": "iris", "endpointConfigName": configure("x", subnet, group)})
    aws.call("sagemaker", "DeleteModel", {"ModelName": "x"})
    assert subnet.goes()
