"""Subnets and security groups that an endpoint's containers are in."""

import grpc
import pytest

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


@pytest.fixture
def place(provider):
    """A subnet and a group."""
    vpc = provider.make(VPC, {"cidrBlock": "10.20.0.0/20"})
    subnet = provider.make(SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.20.0.0/24"})
    group = provider.make(GROUP, {"vpcId": vpc.id, "name": "containers", "description": "d"})
    return subnet, group


def interface(aws, place, description):
    subnet, group = place
    request = {"SubnetId": subnet.id, "Groups": [group.id], "Description": description}
    made = aws.call("ec2", "CreateNetworkInterface", request)["NetworkInterface"]
    return made["NetworkInterfaceId"]


def test_what_an_interface_is_in_stays_until_that_is_gone(aws, place):
    found = interface(aws, place, "SageMaker endpoint iris")
    for made in place:
        violation = f"DependencyViolation: {made.id} has a dependent object: {found}, SageMaker"
        with pytest.raises(grpc.RpcError, match=violation):
            made.goes()
        assert made.refresh() != ({}, {})
    aws.call("ec2", "DeleteNetworkInterface", {"NetworkInterfaceId": found})
    assert all(made.goes() for made in place)


def test_what_moto_keeps_of_a_vpc_endpoint_holds_nothing(aws, place):
    interface(aws, place, "")
    assert all(made.goes() for made in place)
