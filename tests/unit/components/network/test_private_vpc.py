"""The stack's own VPC: closed by itself, and its traffic logged."""

import pytest

from tests.unit.components.conftest import KEY_ARN, private_vpc

COMPONENT = "ml-gateway:index:PrivateVpc::network"


@pytest.fixture
def stack(deploy):
    def program():
        vpc = private_vpc()
        return {"id": vpc.id, "arn": vpc.arn, "content": vpc.content}

    return deploy(program)


def test_the_vpc_finds_aws_services_by_their_names(stack):
    assert stack.one("aws:ec2/vpc:Vpc").inputs == {
        "cidrBlock": "10.20.0.0/20",
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
        "tags": {"Name": "ml-gateway-prod-private"},
    }


def test_a_vpc_is_told_by_its_addresses(stack):
    assert stack.result == {
        "id": "id:network",
        "arn": "arn:network",
        "content": {"cidr": "10.20.0.0/20"},
    }


def test_the_group_that_every_vpc_has_lets_nothing_through(stack):
    group = stack.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert (group["vpcId"], group["ingress"], group["egress"]) == ("id:network", [], [])
    assert group["tags"] == {"Name": "ml-gateway-prod-unused"}


def test_its_traffic_is_logged_under_the_stacks_key(stack):
    assert stack.one("aws:ec2/flowLog:FlowLog").inputs["vpcId"] == "id:network"
    assert stack.one("aws:cloudwatch/logGroup:LogGroup").inputs["kmsKeyId"] == KEY_ARN
    for type_ in ("aws:ec2/vpc:Vpc", "ml-gateway:index:FlowLog"):
        assert stack.one(type_).parent == COMPONENT
