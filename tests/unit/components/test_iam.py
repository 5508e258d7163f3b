"""IAM documents, and the role of a service."""

import json

import pytest

from components.iam import RefusedDocumentError, ServiceRole, allow, document, trust
from tests.unit.components.conftest import CONTEXT

MODELS = "arn:aws:s3:::models/*"
READ = allow("Read", ["s3:GetObject"], [MODELS])


WRITE = allow("Write", ["s3:PutObject"], [MODELS])


def service_role(*statements):
    return ServiceRole(
        "invoke",
        {
            "context": CONTEXT,
            "role_name": "ml-gateway-prod-invoke",
            "service": "apigateway.amazonaws.com",
            "statements": statements,
            "reaches": [MODELS],
        },
    )


def make_role(deploy, *statements):
    return deploy(lambda: service_role(*(statements or [READ])).name)


def test_a_statement_allows_actions_on_resources():
    assert READ == {
        "Sid": "Read",
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": ["arn:aws:s3:::models/*"],
    }


def test_a_statement_holds_its_conditions_where_it_has_some():
    condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert allow("Read", ["s3:GetObject"], ["*"], condition)["Condition"] == condition


@pytest.mark.parametrize("statements", [[], [READ], [READ, READ]])
def test_a_document_is_the_json_of_its_statements(statements):
    assert json.loads(document(statements)) == {"Version": "2012-10-17", "Statement": statements}


def test_a_document_that_the_policies_refuse_is_not_built():
    with pytest.raises(RefusedDocumentError) as refused:
        document([READ, allow("Everything", ["s3:GetObject"], ["*"])])
    assert "policy.Statement[1].Resource" in str(refused.value)
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    with pytest.raises(RefusedDocumentError, match="assumeRolePolicy"):
        document([everybody], "aws:iam/role:Role")


def test_the_role_says_what_it_is_there_for(deploy):
    component = make_role(deploy).one("ml-gateway:index:ServiceRole")
    assert component.inputs == {
        "arn": "arn:aws:iam::123456789012:role/ml-gateway-prod-invoke",
        "reaches": [MODELS],
    }


def test_only_the_service_assumes_the_role(deploy):
    role = make_role(deploy).one("aws:iam/role:Role")
    assert role.inputs["name"] == "ml-gateway-prod-invoke"
    assert role.json("assumeRolePolicy")["Statement"] == [
        trust("apigateway.amazonaws.com", "123456789012")
    ]


def test_the_role_can_never_do_more_than_the_stacks_boundary_allows(deploy):
    role = make_role(deploy).one("aws:iam/role:Role")
    assert role.inputs["permissionsBoundary"] == (
        "arn:aws:iam::123456789012:policy/ml-gateway-prod-boundary"
    )


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        ("sagemaker.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "123456789012"}}),
        ("apigateway.amazonaws.com", None),  # it names no account: the condition would never hold
    ],
)
def test_a_service_that_names_its_account_is_trusted_for_ours_alone(service, condition):
    statement = trust(service, "123456789012")
    assert statement["Principal"] == {"Service": service}
    assert statement["Action"] == "sts:AssumeRole"
    assert statement.get("Condition") == condition


def test_a_role_has_one_inline_policy_and_no_managed_one(deploy):
    stack = make_role(deploy)
    assert [resource.type for resource in stack.resources] == [
        "ml-gateway:index:ServiceRole",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
    ]
    policy = stack.one("aws:iam/rolePolicy:RolePolicy")
    assert policy.json("policy")["Statement"] == [READ]
    assert policy.inputs["role"] == "ml-gateway-prod-invoke"
    assert "managedPolicyArns" not in stack.one("aws:iam/role:Role").inputs


def test_another_policy_is_made_beside_the_old_one_which_a_roll_back_needs(deploy):
    stacks = [make_role(deploy, *found) for found in ([READ], [READ, WRITE], [READ])]
    policies = [stack.one("aws:iam/rolePolicy:RolePolicy") for stack in stacks]
    for name in ([p.name for p in policies], [p.inputs["name"] for p in policies]):
        assert name[0] == name[2] != name[1]
    assert all(policy.name.startswith("invoke-policy-") for policy in policies)


def test_the_arn_is_known_before_the_role_exists(deploy):
    def program():
        role = service_role(READ)
        assert role.arn == "arn:aws:iam::123456789012:role/ml-gateway-prod-invoke"
        return role.name

    assert deploy(program).result == "ml-gateway-prod-invoke"


def test_role_and_policy_are_children_of_the_component(deploy):
    _, *children = make_role(deploy).resources
    assert {child.parent for child in children} == {"ml-gateway:index:ServiceRole::invoke"}
