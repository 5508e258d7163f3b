"""Containers in the stack's own network reach AWS's services there, and no internet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.answers import within
from tests.acceptance.deployed import Endpoint, Stack

Aws = Callable[[str], Any]
TAKEN_OUT_SECONDS = 1200.0
"""SageMaker takes interfaces out some minutes after an endpoint has moved."""
TRAFFIC_LOGGED_SECONDS = 1200.0
"""Ten minutes are the interval, and delivery takes some more.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
"""
NO_TARGETS = ("Destination", "Origin", "State")
"""What else a route says but where it leads."""
SIDES = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}
"""Where the other side of a rule stands."""


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


def test_their_routes_lead_to_one_another_and_to_vpc_endpoints_alone(
    private_endpoint, subnets, aws
):
    ids = [subnet["SubnetId"] for subnet in subnets]
    filters = [{"Name": "association.subnet-id", "Values": ids}]
    tables = aws("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    associated = {a.get("SubnetId") for table in tables for a in table["Associations"]}
    assert set(ids) <= associated
    for route in (route for table in tables for route in table["Routes"]):
        targets = {k: v for k, v in route.items() if v and not k.startswith(NO_TARGETS)}
        assert targets.keys() == {"GatewayId"}
        # EC2 makes a table with the one route inside the VPC.
        inside = route["Origin"] == "CreateRouteTable"
        assert inside or targets["GatewayId"].startswith("vpce-")


@pytest.fixture
def groups(subnets: list[Mapping[str, Any]], aws: Aws) -> Mapping[str, Mapping[str, Any]]:
    """All security groups of their VPC, by id."""
    filters = [{"Name": "vpc-id", "Values": [subnets[0]["VpcId"]]}]
    found = aws("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    return {group["GroupId"]: group for group in found}


@pytest.fixture
def endpoints_group(subnets: list[Mapping[str, Any]], aws: Aws) -> str:
    """The security group that all VPC endpoints with network interfaces share."""
    filters = [{"Name": "vpc-id", "Values": [subnets[0]["VpcId"]]}]
    found = aws("ec2").describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    shared = {group["GroupId"] for endpoint in found for group in endpoint.get("Groups", [])}
    assert len(shared) == 1
    return str(shared.pop())


def rules(permissions: Sequence[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    """Protocol, ports and other side of each rule."""
    return {
        (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"), side[member])
        for rule in permissions
        for sides, member in SIDES.items()
        for side in rule.get(sides, [])
    }


def test_they_call_the_vpc_endpoints_and_s3_alone_and_nobody_calls_them(
    private_endpoint, stack, vpc_config, groups, endpoints_group, aws
):
    [containers] = vpc_config["SecurityGroupIds"]
    lists = aws("ec2").describe_prefix_lists()["PrefixLists"]
    name = f"com.amazonaws.{stack.region}.s3"
    [s3] = [found["PrefixListId"] for found in lists if found["PrefixListName"] == name]
    group = groups[containers]
    assert rules(group["IpPermissions"]) == set()
    assert rules(group["IpPermissionsEgress"]) == {
        ("tcp", 443, 443, endpoints_group),
        ("tcp", 443, 443, s3),
    }


def test_nobody_but_them_calls_the_vpc_endpoints_and_no_other_group_lets_anything_through(
    private_endpoint, vpc_config, groups, endpoints_group
):
    [containers] = vpc_config["SecurityGroupIds"]
    assert rules(groups[endpoints_group]["IpPermissions"]) == {("tcp", 443, 443, containers)}
    assert rules(groups[endpoints_group]["IpPermissionsEgress"]) == set()
    for other in groups.keys() - {containers, endpoints_group}:
        assert groups[other]["IpPermissions"] == groups[other]["IpPermissionsEgress"] == []


@pytest.fixture
def interfaces(vpc_config: Mapping[str, Any], aws: Aws) -> Callable[[], list[Mapping[str, Any]]]:
    """The network interfaces of containers, as they are when it is called."""

    def found() -> list[Mapping[str, Any]]:
        filters = [{"Name": "group-id", "Values": vpc_config["SecurityGroupIds"]}]
        pages = aws("ec2").get_paginator("describe_network_interfaces").paginate(Filters=filters)
        return [interface for page in pages for interface in page["NetworkInterfaces"]]

    return found


def test_they_have_network_interfaces_and_none_was_left_behind(private_endpoint, interfaces):
    def all_in_use() -> bool:
        states = [interface["Status"] for interface in interfaces()]
        return set(states) == {"in-use"}

    assert within(TAKEN_OUT_SECONDS, all_in_use)


def test_all_their_traffic_is_logged(private_endpoint, stack, subnets, interfaces, aws):
    filters = [{"Name": "resource-id", "Values": [subnets[0]["VpcId"]]}]
    [log] = aws("ec2").describe_flow_logs(Filters=filters)["FlowLogs"]
    assert (log["FlowLogStatus"], log["TrafficType"]) == ("ACTIVE", "ALL")
    assert log["LogDestination"].endswith(f":log-group:{stack.flow_log}")

    def delivered() -> bool:
        [log] = aws("ec2").describe_flow_logs(Filters=filters)["FlowLogs"]
        return log["DeliverLogsStatus"] == "SUCCESS" and all(
            _is_logged(stack, f"{interface['NetworkInterfaceId']}-all", aws)
            for interface in interfaces()
        )

    assert within(TRAFFIC_LOGGED_SECONDS, delivered)


def _is_logged(stack: Stack, stream: str, aws: Aws) -> bool:
    """Whether an interface has records. One that nothing came through has such as say so.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
    """
    where = {"logGroupName": stack.flow_log, "logStreamNamePrefix": stream}
    if not aws("logs").describe_log_streams(**where)["logStreams"]:
        return False
    recently = datetime.now(UTC) - timedelta(hours=1)
    pages = (
        aws("logs")
        .get_paginator("filter_log_events")
        .paginate(**where, startTime=int(recently.timestamp() * 1000))
    )
    return any(page["events"] for page in pages)
