"""Containers in the stack's own network reach AWS's services there, and no internet."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.acceptance.deployed import Endpoint

Aws = Callable[[str], Any]
ANYWHERE = {"0.0.0.0/0", "::/0"}


def vpc_configs(endpoint: Endpoint, aws: Aws) -> Iterator[Mapping[str, Any] | None]:
    """Where each of the endpoint's live models is."""
    sagemaker = aws("sagemaker")
    name = sagemaker.describe_endpoint(EndpointName=endpoint.name)["EndpointConfigName"]
    live = sagemaker.describe_endpoint_config(EndpointConfigName=name)
    for variant in [*live["ProductionVariants"], *live.get("ShadowProductionVariants", [])]:
        yield sagemaker.describe_model(ModelName=variant["ModelName"]).get("VpcConfig")


@pytest.fixture
def vpc_config(private_endpoint: Endpoint, aws: Aws) -> Mapping[str, Any]:
    """Subnets and security groups, which all models of an endpoint share."""
    first, *others = vpc_configs(private_endpoint, aws)
    assert first
    assert all(other == first for other in others)
    return first


@pytest.fixture
def subnets(vpc_config: Mapping[str, Any], aws: Aws) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = aws("ec2").describe_subnets(SubnetIds=vpc_config["Subnets"])[
        "Subnets"
    ]
    return found


def test_its_models_are_in_private_subnets_of_two_zones(private_endpoint, subnets):
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) >= 2
    assert len({subnet["VpcId"] for subnet in subnets}) == 1
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)


def test_no_route_leads_from_them_to_the_internet(private_endpoint, subnets, aws):
    ids = [subnet["SubnetId"] for subnet in subnets]
    filters = [{"Name": "association.subnet-id", "Values": ids}]
    tables = aws("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    associated = {a.get("SubnetId") for table in tables for a in table["Associations"]}
    assert set(ids) <= associated
    routes = [route for table in tables for route in table["Routes"]]
    assert not ANYWHERE & {route.get("DestinationCidrBlock") for route in routes}
    assert not [r for r in routes if r.get("NatGatewayId") or r.get("DestinationIpv6CidrBlock")]
    assert not [r for r in routes if r.get("GatewayId", "").startswith(("igw-", "eigw-"))]


def test_nobody_opens_a_connection_to_them_nor_they_to_anywhere(private_endpoint, vpc_config, aws):
    ids = vpc_config["SecurityGroupIds"]
    for group in aws("ec2").describe_security_groups(GroupIds=ids)["SecurityGroups"]:
        assert group["IpPermissions"] == []
        ways = group["IpPermissionsEgress"]
        assert ways
        assert not ANYWHERE & {r["CidrIp"] for way in ways for r in way.get("IpRanges", [])}
        assert not [way for way in ways if way.get("Ipv6Ranges")]
        assert all((way["FromPort"], way["ToPort"]) == (443, 443) for way in ways)


def test_all_their_traffic_is_logged(private_endpoint, stack, subnets, aws):
    filters = [{"Name": "resource-id", "Values": [subnets[0]["VpcId"]]}]
    [log] = aws("ec2").describe_flow_logs(Filters=filters)["FlowLogs"]
    assert (log["FlowLogStatus"], log["TrafficType"]) == ("ACTIVE", "ALL")
    assert log["LogDestination"].endswith(f":log-group:{stack.flow_log}")
