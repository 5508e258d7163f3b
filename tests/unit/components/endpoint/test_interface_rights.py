"""Where an execution role may make network interfaces, and which it may delete."""

import pytest

from components.endpoint.interface_rights import rights_in_subnets, rights_in_vpc
from tests.unit.components.conftest import CONTEXT

EC2 = "arn:aws:ec2:eu-central-1:123456789012:"
VPC = f"{EC2}vpc/vpc-0000000a"
SUBNETS = [f"{EC2}subnet/subnet-0000000a", f"{EC2}subnet/subnet-0000000b"]
GIVEN = [
    *rights_in_subnets(CONTEXT, ["subnet-0000000a", "subnet-0000000b"], ["sg-0000000c"]),
]
OWN = [*rights_in_vpc(CONTEXT, VPC)]


def rights(statements, action):
    """Resources on which an action is allowed, each with the condition."""
    return [
        (s["Resource"], s.get("Condition")) for s in statements if f"ec2:{action}" in s["Action"]
    ]


def test_interfaces_are_made_in_the_given_subnets_and_groups_alone():
    made = [f"{EC2}network-interface/*", *SUBNETS, f"{EC2}security-group/sg-0000000c"]
    assert rights(GIVEN, "CreateNetworkInterface") == [(made, None)]


def test_interfaces_are_made_in_subnets_and_groups_of_the_given_vpc_alone():
    inside = {"ArnEquals": {"ec2:Vpc": VPC}}
    assert rights(OWN, "CreateNetworkInterface") == [
        ([f"{EC2}network-interface/*"], None),
        ([f"{EC2}security-group/*", f"{EC2}subnet/*"], inside),
    ]


@pytest.mark.parametrize("action", ["CreateNetworkInterfacePermission", "DeleteNetworkInterface"])
@pytest.mark.parametrize(
    ("statements", "inside"), [(GIVEN, {"ec2:Subnet": SUBNETS}), (OWN, {"ec2:Vpc": VPC})]
)
def test_interfaces_elsewhere_are_not_touched(statements, inside, action):
    interfaces = [f"{EC2}network-interface/*"]
    assert rights(statements, action) == [(interfaces, {"ArnEquals": inside})]
