"""The stack's own network: what is in it, and that no way leads out but to AWS's services."""

import pytest

from components.config.network import PrivateNetworkConfig
from components.private_network import network_content
from tests.unit.components.conftest import PRIVATE, private_network

COMPONENT = "ml-gateway:index:PrivateNetwork::network"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SUBNET = "aws:ec2/subnet:Subnet"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
CONTAINERS, DOORS = "id:network-containers", "id:network-vpc-endpoints"


@pytest.fixture
def stack(deploy):
    def program():
        network = private_network()
        return {"subnets": network.subnet_ids, "group": network.security_group_id}

    return deploy(program)


def test_the_vpc_finds_aws_services_by_their_names(stack):
    assert stack.one("aws:ec2/vpc:Vpc").inputs == {
        "cidrBlock": "10.20.0.0/20",
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
        "tags": {"Name": "ml-gateway-prod-private"},
    }


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


def test_the_group_that_every_vpc_has_lets_nothing_through(stack):
    group = stack.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert (group["vpcId"], group["ingress"], group["egress"]) == ("id:network", [], [])


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
        (CONTAINERS, DOORS, "tcp", 443, 443),
        (CONTAINERS, "prefix-list:network-endpoints-s3", "tcp", 443, 443),
    }
    assert rules(stack, INGRESS) == {(DOORS, CONTAINERS, "tcp", 443, 443)}


def test_the_endpoints_are_in_every_subnet_behind_their_own_group(stack):
    endpoint = stack.one(ENDPOINT, "network-endpoints-logs").inputs
    assert endpoint["subnetIds"] == stack.result["subnets"]
    assert endpoint["securityGroupIds"] == [DOORS]


def test_a_group_is_made_anew_before_the_one_in_use_goes(stack):
    groups = stack.all("aws:ec2/securityGroup:SecurityGroup")
    assert [group.inputs["name"] for group in groups] == [
        "ml-gateway-prod-containers",
        "ml-gateway-prod-vpc-endpoints",
    ]
    assert all(group.created_first for group in groups)


def test_what_can_have_a_name_in_the_console_has_the_stacks(stack):
    named = [r for r in stack.resources if "Name" in (r.inputs.get("tags") or {})]
    assert len(named) == 13
    for resource in named:
        assert resource.inputs["tags"]["Name"].startswith("ml-gateway-prod-")


def test_all_are_children_of_the_network_or_of_a_part_of_it(stack):
    parents = {"ml-gateway:index:VpcEndpoints", "ml-gateway:index:FlowLog"}
    assert {stack.one(parent).parent for parent in parents} == {COMPONENT}
    for type_ in ("aws:ec2/vpc:Vpc", SUBNET, INGRESS, EGRESS):
        assert {resource.parent for resource in stack.all(type_)} == {COMPONENT}


def test_a_network_is_told_by_its_addresses_and_zones_in_whatever_order():
    other = PrivateNetworkConfig.model_validate({"cidr": "10.20.0.0/20", "zones": ["a", "b"]})
    assert network_content(PRIVATE) == network_content(other)
    assert network_content(PRIVATE) == {"cidr": "10.20.0.0/20", "zones": ["a", "b"]}
