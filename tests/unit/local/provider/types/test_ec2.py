"""The network's types against moto's EC2: created, changed, drifted, gone."""

import json

import grpc
import pytest

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"

S3 = "com.amazonaws.eu-central-1.s3"
LOGS = "com.amazonaws.eu-central-1.logs"
OPEN = json.dumps({"Version": "2012-10-17", "Statement": []})
CLOSED = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]})
ROLE = "arn:aws:iam::123456789012:role/flow-logs"
LOG_GROUP = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vpc/flows"


def arn(kind, resource):
    return f"arn:aws:ec2:eu-central-1:123456789012:{kind}/{resource.id}"


@pytest.fixture
def vpc(provider):
    return provider.make(
        VPC, {"cidrBlock": "10.20.0.0/20", "enableDnsHostnames": True, "tags": {"stack": "a"}}
    )


@pytest.fixture
def subnets(provider, vpc):
    return [
        provider.make(
            SUBNET,
            {
                "vpcId": vpc.id,
                "cidrBlock": f"10.20.{third}.0/23",
                "availabilityZone": f"eu-central-1{zone}",
                "tags": {"stack": "a"},
            },
        )
        for zone, third in (("a", 0), ("b", 2))
    ]


@pytest.fixture
def table(provider, vpc):
    return provider.make(TABLE, {"vpcId": vpc.id, "routes": [], "tags": {"stack": "a"}})


@pytest.fixture
def groups(provider, vpc):
    return [
        provider.make(GROUP, {"vpcId": vpc.id, "name": name, "description": "d"}) for name in "xy"
    ]


def test_a_vpc_lives_changes_its_attributes_and_goes(vpc):
    assert vpc.is_clean()
    assert vpc.outputs["arn"] == arn("vpc", vpc)
    vpc.change(enableDnsHostnames=None, enableDnsSupport=False, tags={"team": "b"})
    assert vpc.is_clean()
    assert vpc.goes()


def test_attributes_and_tags_that_somebody_changed_show_in_a_refresh(aws, vpc):
    aws.call("ec2", "ModifyVpcAttribute", {"VpcId": vpc.id, "EnableDnsHostnames": {"Value": False}})
    aws.call("ec2", "CreateTags", {"Resources": [vpc.id], "Tags": [{"Key": "new", "Value": "1"}]})
    inputs, _ = vpc.refresh()
    assert inputs["enableDnsHostnames"] is False
    assert inputs["tags"] == {"stack": "a", "new": "1"}
    vpc.inputs = inputs
    vpc.change(tags={"stack": "a"})
    assert vpc.is_clean()


@pytest.mark.parametrize(
    "change", [{"cidrBlock": "10.21.0.0/20"}, {"cidrBlock": "10.20.0.0/16", "tags": {}}]
)
def test_other_addresses_replace_a_vpc_after_another_is_made(provider, vpc, change):
    answer = provider.diff(VPC, vpc.inputs, vpc.inputs | change)
    assert (list(answer.replaces), answer.deleteBeforeReplace) == (["cidrBlock"], False)


def test_a_subnet_lives_changes_and_goes(subnets):
    subnet = subnets[0]
    assert subnet.is_clean()
    assert subnet.outputs["arn"] == arn("subnet", subnet)
    subnet.change(mapPublicIpOnLaunch=True)
    assert subnet.is_clean()
    subnet.change(mapPublicIpOnLaunch=False)
    assert subnet.is_clean()
    assert subnet.goes()


def test_a_subnet_that_somebody_made_public_shows(aws, subnets):
    subnets[0].change(mapPublicIpOnLaunch=False)
    public = {"SubnetId": subnets[0].id, "MapPublicIpOnLaunch": {"Value": True}}
    aws.call("ec2", "ModifySubnetAttribute", public)
    assert subnets[0].refresh()[0]["mapPublicIpOnLaunch"] is True


def test_a_route_that_somebody_adds_is_taken_out_again(aws, table):
    assert table.is_clean()
    assert table.outputs["arn"] == arn("route-table", table)
    gateway = aws.call("ec2", "CreateInternetGateway", {})["InternetGateway"]["InternetGatewayId"]
    vpc_id = table.inputs["vpcId"]
    aws.call("ec2", "AttachInternetGateway", {"InternetGatewayId": gateway, "VpcId": vpc_id})
    request = {"RouteTableId": table.id, "DestinationCidrBlock": "0.0.0.0/0"}
    aws.call("ec2", "CreateRoute", request | {"GatewayId": gateway})
    table.inputs, _ = table.refresh()
    assert table.inputs["routes"] == [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}]
    table.change(routes=[])
    assert table.is_clean()
    assert table.goes()


def test_a_route_of_the_programs_own_is_refused(provider, vpc):
    route = {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}
    _, failures = provider.check(TABLE, {"vpcId": vpc.id, "routes": [route]})
    assert failures == [("", "routes: the local cloud has none but those that EC2 makes itself")]


def test_an_association_moves_to_another_table_and_goes(provider, subnets, table):
    association = provider.make(ASSOCIATION, {"subnetId": subnets[0].id, "routeTableId": table.id})
    assert association.is_clean()
    other = provider.make(TABLE, {"vpcId": table.inputs["vpcId"]})
    association.change(routeTableId=other.id)
    assert association.is_clean()
    assert association.goes()


def gateway(table, **more):
    return {
        "vpcId": table.inputs["vpcId"],
        "serviceName": S3,
        "vpcEndpointType": "Gateway",
        "routeTableIds": [table.id],
        "policy": OPEN,
        "tags": {"stack": "a"},
    } | more


def test_a_gateway_endpoint_has_the_prefix_list_of_its_service(aws, provider, table):
    endpoint = provider.make(ENDPOINT, gateway(table))
    assert endpoint.is_clean()
    lists = aws.call("ec2", "DescribePrefixLists", {})["PrefixLists"]
    [expected] = [found["PrefixListId"] for found in lists if found["PrefixListName"] == S3]
    assert endpoint.outputs["prefixListId"] == expected
    assert endpoint.outputs["arn"] == arn("vpc-endpoint", endpoint)
    assert table.is_clean()  # its route is the endpoint's own
    endpoint.change(policy=CLOSED)
    assert endpoint.is_clean()
    assert endpoint.goes()


def test_an_interface_endpoint_gets_and_loses_subnets_and_groups_in_place(
    aws, provider, subnets, groups
):
    one, two = (subnet.id for subnet in subnets)
    endpoint = provider.make(
        ENDPOINT,
        {
            "vpcId": subnets[0].inputs["vpcId"],
            "serviceName": LOGS,
            "vpcEndpointType": "Interface",
            "privateDnsEnabled": True,
            "subnetIds": [one, two],
            "securityGroupIds": [groups[0].id],
        },
    )
    assert endpoint.is_clean()
    assert endpoint.outputs["prefixListId"] is None
    endpoint.change(subnetIds=[two], securityGroupIds=[groups[1].id])
    assert endpoint.is_clean()
    endpoint.change(subnetIds=[one, two])
    assert endpoint.is_clean()
    request = {"VpcEndpointId": endpoint.id, "RemoveSubnetIds": [one]}
    aws.call("ec2", "ModifyVpcEndpoint", request)
    assert endpoint.refresh()[0]["subnetIds"] == [two]
    assert endpoint.goes()


def test_an_endpoint_that_somebody_deleted_is_gone(aws, provider, table):
    endpoint = provider.make(ENDPOINT, gateway(table))
    aws.call("ec2", "DeleteVpcEndpoints", {"VpcEndpointIds": [endpoint.id]})
    assert endpoint.refresh() == ({}, {})


FLOWS = {
    "iamRoleArn": ROLE,
    "logDestination": LOG_GROUP,
    "logDestinationType": "cloud-watch-logs",
    "maxAggregationInterval": 60,
    "trafficType": "ALL",
    "tags": {"stack": "a"},
}


def test_a_flow_log_lives_changes_its_tags_only_and_goes(provider, vpc):
    log = provider.make(FLOW_LOG, FLOWS | {"vpcId": vpc.id})
    assert log.is_clean()
    assert log.outputs["arn"] == arn("vpc-flow-log", log)
    log.change(tags={"stack": "b"})
    assert log.is_clean()
    answer = provider.diff(FLOW_LOG, log.inputs, log.inputs | {"trafficType": "REJECT"})
    assert list(answer.replaces) == ["trafficType"]
    assert log.goes()


def test_what_is_of_a_vpc_that_is_not_there_is_refused(provider):
    inputs, _ = provider.check(
        SUBNET, {"vpcId": "vpc-0123456789abcdef0", "cidrBlock": "10.0.0.0/24"}
    )
    with pytest.raises(grpc.RpcError, match=r"InvalidVpcID\.NotFound"):
        provider.create(SUBNET, inputs)


def test_what_ec2_does_not_take_is_refused(provider):
    assert provider.check(ENDPOINT, {"vpcId": "vpc-1", "vpcEndpointType": "Bridge"})[1] == [
        ("", "CreateVpcEndpoint.VpcEndpointType: 'Bridge' is none of the 6 allowed values")
    ]
