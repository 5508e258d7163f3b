"""What a deploy may do with networks: with its own stack's everything, with others' nothing."""

import pytest

from bootstrap.network_rights import CHANGES, CREATED, network
from gateway_policies.iam.actions import expand
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
        if f"ec2:{action}" in s["Action"] and f"{EC2}{kind}/*" in s["Resource"]
    ]


@pytest.mark.parametrize(("action", "kind"), CREATED.items())
def test_what_is_made_has_the_stacks_tags_and_is_made_in_what_has_them(action, kind):
    assert conditions(action, kind) == [{"StringEquals": ASKED}, {"StringEquals": OWN}]


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


@pytest.mark.parametrize("kind", ["security-group", "security-group-rule"])
def test_what_aws_makes_without_tags_is_tagged_unless_it_is_another_projects(kind):
    new = {"StringEquals": ASKED, "Null": {"aws:ResourceTag/project": "true"}}
    assert new in conditions("CreateTags", kind)


def test_no_way_to_the_internet_can_be_made():
    actions = {action for s in STATEMENTS.values() for action in s["Action"]}
    assert not [
        action
        for action in actions
        if any(word in action for word in ("Gateway", "Address", "CreateRoute", "Peering"))
        and action != "ec2:CreateRouteTable"
    ]


@pytest.mark.parametrize("action", CHANGES)
def test_each_change_is_one_of_what_the_statement_names(action):
    """An action on a kind that is missing would be refused by AWS at the first deploy."""
    patterns = STATEMENTS["ChangeNetwork"]["Resource"]
    kinds = {pattern.removeprefix(EC2).partition("/")[0] for pattern in patterns}
    [documented] = expand(f"ec2:{action}")
    assert any(arn.rpartition(":")[2].partition("/")[0] in kinds for arn in documented.arns)


def test_names_of_services_lead_to_an_endpoint_by_ec2s_own_doing_only():
    [condition] = [
        s["Condition"] for s in STATEMENTS.values() if s["Action"][0].startswith("route53:")
    ]
    assert condition == {"Bool": {"aws:ViaAWSService": "true"}}
