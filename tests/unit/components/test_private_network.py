"""The stack's own network: what is in it, and that no way leads out but to AWS's services."""

import re

import pytest

from components.config.endpoint import Endpoint
from components.config.network import PrivateNetworkConfig
from components.endpoint.execution_role import ExecutionRole
from components.private_network import PrivateNetwork, network_content
from tests.unit.components.conftest import (
    CONTEXT,
    IMAGE,
    KEY_ARN,
    PRIVATE,
    packed,
    private_network,
    private_vpc,
)

COMPONENT = "ml-gateway:index:PrivateNetwork::network"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SUBNET = "aws:ec2/subnet:Subnet"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
POLICY = "aws:iam/rolePolicy:RolePolicy"
CONTAINERS, ENDPOINTS = "id:network-containers", "id:network-vpc-endpoints"
ON_INSTANCES = {"artifact": "build/f", "instances": {"type": "ml.m5.large", "min": 1, "max": 2}}


@pytest.fixture
def stack(deploy):
    def program():
        network = private_network()
        return {"subnets": network.subnet_ids, "group": network.security_group_id}

    return deploy(program)


def test_each_zone_has_a_private_subnet(stack):
    assert stack.result == {
        "subnets": ["id:network-a", "id:network-b"],
        "group": CONTAINERS,
    }
    for zone, addresses in (("a", "10.20.0.0/23"), ("b", "10.20.2.0/23")):
        assert stack.one(SUBNET, f"network-{zone}").inputs == {
            "vpcId": "id:network",
            "availabilityZone": f"eu-central-1{zone}",
            "cidrBlock": addresses,
            "mapPublicIpOnLaunch": False,
            "tags": {"Name": f"ml-gateway-prod-private-{zone}"},
        }


def test_no_route_leads_anywhere_but_to_s3(stack):
    assert stack.one("aws:ec2/routeTable:RouteTable").inputs["routes"] == []
    routed = stack.all("aws:ec2/routeTableAssociation:RouteTableAssociation")
    assert [association.inputs["subnetId"] for association in routed] == stack.result["subnets"]
    assert {association.inputs["routeTableId"] for association in routed} == {"id:network-routes"}
    for way_out in ("internetGateway:InternetGateway", "natGateway:NatGateway", "eip:Eip"):
        assert stack.all(f"aws:ec2/{way_out}") == []


def rules(stack, kind):
    return {
        (
            rule.inputs["securityGroupId"],
            rule.inputs.get("referencedSecurityGroupId") or rule.inputs.get("prefixListId"),
            rule.inputs["ipProtocol"],
            rule.inputs["fromPort"],
            rule.inputs["toPort"],
        )
        for rule in stack.all(kind)
    }


def test_containers_speak_https_to_the_endpoints_and_to_s3_and_nobody_speaks_to_them(stack):
    assert rules(stack, EGRESS) == {
        (CONTAINERS, ENDPOINTS, "tcp", 443, 443),
        (CONTAINERS, "prefix-list:network-endpoints-s3", "tcp", 443, 443),
    }
    assert rules(stack, INGRESS) == {(ENDPOINTS, CONTAINERS, "tcp", 443, 443)}


def test_the_endpoints_are_in_every_subnet_behind_their_own_group(stack):
    endpoint = stack.one(ENDPOINT, "network-endpoints-logs").inputs
    assert endpoint["subnetIds"] == stack.result["subnets"]
    assert endpoint["securityGroupIds"] == [ENDPOINTS]


def test_a_group_is_made_anew_before_the_one_in_use_goes(stack):
    """Both are in the VPC for a while, so that neither has a name which the other would need."""
    groups = stack.all(GROUP)
    assert [(group.inputs["namePrefix"], group.inputs.get("name")) for group in groups] == [
        ("ml-gateway-prod-containers-", None),
        ("ml-gateway-prod-vpc-endpoints-", None),
    ]
    assert not any(group.deleted_first for group in groups)


def test_ec2_takes_every_description(stack):
    described = [r.inputs["description"] for r in stack.resources if "description" in r.inputs]
    assert len(described) == len([*stack.all(GROUP), *stack.all(INGRESS), *stack.all(EGRESS)])
    taken = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")
    assert [text for text in described if not taken.fullmatch(text)] == []


def test_what_interfaces_are_in_goes_before_the_rights_to_take_them_out(deploy):
    """SageMaker takes them out with its role, some minutes after an endpoint is gone."""
    settings = Endpoint.model_validate({"variants": {"forest": ON_INSTANCES}})

    def program():
        vpc = private_vpc()
        role = ExecutionRole(
            "iris-execution",
            {
                "context": CONTEXT,
                "endpoint_name": "ml-gateway-prod-iris",
                "settings": settings,
                "sources": {"forest": packed("f")},
                "images": {"forest": IMAGE},
                "artifact_bucket": "models",
                "data": None,
                "vpc": vpc,
                "key_arn": KEY_ARN,
            },
        )
        return PrivateNetwork(
            "network", {"context": CONTEXT, "settings": PRIVATE, "vpc": vpc, "roles": [role]}
        ).subnet_ids

    stack = deploy(program)
    policies = [p for p in stack.all(POLICY) if p.name.startswith("iris-execution-")]
    rights = {f"{POLICY}::{policy.name}" for policy in policies}
    assert any("network" in name for name in rights)
    for occupied in (*stack.all(SUBNET), stack.one(GROUP, "network-containers")):
        assert rights | {"aws:iam/role:Role::iris-execution"} <= set(occupied.depends_on)
    for policy in policies:
        assert not [name for name in policy.depends_on if name.startswith((SUBNET, GROUP))]


TAGGED = (
    *("routeTable:RouteTable", "securityGroup:SecurityGroup", "subnet:Subnet"),
    "vpcEndpoint:VpcEndpoint",
)


def test_what_can_have_a_name_in_the_console_has_the_stacks(stack):
    for kind in TAGGED:
        for resource in stack.all(f"aws:ec2/{kind}"):
            assert resource.inputs["tags"]["Name"].startswith("ml-gateway-prod-")


def test_all_are_children_of_the_network_or_of_a_part_of_it(stack):
    for type_ in ("ml-gateway:index:VpcEndpoints", GROUP, SUBNET, INGRESS, EGRESS):
        assert {resource.parent for resource in stack.all(type_)} == {COMPONENT}


def test_a_network_is_told_by_its_addresses_and_zones_in_whatever_order():
    other = PrivateNetworkConfig.model_validate({"cidr": "10.20.0.0/20", "zones": ["a", "b"]})
    assert network_content(PRIVATE) == network_content(other)
    assert network_content(PRIVATE) == {"cidr": "10.20.0.0/20", "zones": ["a", "b"]}
