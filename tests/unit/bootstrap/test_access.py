"""What deploying, previewing and serving may do, judged by the policy pack's own rules."""

import pytest

from bootstrap.access import (
    acceptance_policies,
    boundary_statements,
    deploy_policies,
    preview_policies,
    publish_policies,
)
from bootstrap.names import ACCOUNT_PATH
from components.context import MAX_PREFIX_LENGTH, Context
from components.iam import document
from gateway_policies.iam.actions import expand
from gateway_policies.iam.wildcard_rules import iam_resource_wildcard
from gateway_policies.resource import Resource
from gateway_policies.wildcard import matches
from tests.unit.bootstrap.conftest import ACCOUNT, STACK, bound_in_vain

MANAGED_CHARACTERS = 6144
MANAGED_PER_ROLE = 10
LONG = Context("123456789012", "ap-southeast-1", "ml-gateway-".ljust(MAX_PREFIX_LENGTH, "x"))

DEPLOY = deploy_policies(ACCOUNT, STACK)
PREVIEW = preview_policies(ACCOUNT, STACK)
PUBLISH = publish_policies(ACCOUNT)
ACCEPTANCE = acceptance_policies(ACCOUNT, STACK)
BOUNDARY = {"boundary": boundary_statements(ACCOUNT, STACK)}
EVERY_POLICY = pytest.mark.parametrize(
    "statements",
    [
        *(*DEPLOY.values(), *PREVIEW.values(), *PUBLISH.values(), *ACCEPTANCE.values()),
        *BOUNDARY.values(),
    ],
    ids=[*DEPLOY, *PREVIEW, *PUBLISH, *ACCEPTANCE, *BOUNDARY],
)


def allowed(statements, action, resource):
    """The statements that allow an action on a resource, whatever their conditions."""
    return [
        statement
        for statement in statements
        if statement["Effect"] == "Allow"
        and any(matches(pattern, action, ignore_case=True) for pattern in statement["Action"])
        and any(matches(pattern, resource) for pattern in statement["Resource"])
    ]


def deploys(action, resource):
    return allowed([s for policy in DEPLOY.values() for s in policy], action, resource)


def previews(action, resource):
    return allowed([s for policy in PREVIEW.values() for s in policy], action, resource)


def publishes(action, resource):
    return allowed([s for policy in PUBLISH.values() for s in policy], action, resource)


@EVERY_POLICY
def test_a_document_passes_the_policy_pack(statements):
    resource = Resource("", {"policy": document(statements)}, "aws:iam/policy:Policy", "urn")
    assert list(iam_resource_wildcard.check(resource)) == []


@EVERY_POLICY
def test_only_actions_that_take_no_resource_are_allowed_on_all(statements):
    everywhere = [s for s in statements if s["Effect"] == "Allow" and "*" in s["Resource"]]
    actions = [found for s in everywhere for a in s["Action"] for found in expand(a)]
    assert [action.name for action in actions if action.arns] == []


@EVERY_POLICY
def test_an_action_that_takes_no_resource_stands_on_all(statements):
    """On an ARN it would never be allowed."""
    assert bound_in_vain([s for s in statements if s["Effect"] == "Allow"]) == []


@EVERY_POLICY
def test_every_action_is_one_that_aws_documents(statements):
    actions = [a for s in statements if s["Effect"] == "Allow" for a in s["Action"]]
    assert [action for action in actions if not expand(action)] == []
    assert [action for action in actions if action.endswith(":*")] == []


def test_documents_fit_even_with_the_longest_names():
    policies = {
        **deploy_policies(ACCOUNT, LONG),
        **preview_policies(ACCOUNT, LONG),
        **acceptance_policies(ACCOUNT, LONG),
        "boundary": boundary_statements(ACCOUNT, LONG),
    }
    sizes = {name: len(document(statements)) for name, statements in policies.items()}
    assert {name: size for name, size in sizes.items() if size > MANAGED_CHARACTERS} == {}
    assert len(DEPLOY) <= MANAGED_PER_ROLE


def test_a_deploy_makes_no_role_without_the_boundary():
    for action in ("iam:CreateRole", "iam:PutRolePolicy"):
        [statement] = deploys(action, "arn:aws:iam::123456789012:role/ml-gateway-dev-iris")
        assert statement["Condition"] == {
            "StringEquals": {
                "iam:PermissionsBoundary": (
                    "arn:aws:iam::123456789012:policy/ml-gateway-dev-boundary"
                )
            }
        }
    for action in ("iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy"):
        assert not deploys(action, "arn:aws:iam::123456789012:role/ml-gateway-dev-iris")
    assert not deploys("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/x")


def test_a_deploy_passes_roles_to_the_services_of_the_stack_alone():
    [statement] = deploys("iam:PassRole", "arn:aws:iam::123456789012:role/ml-gateway-dev-iris")
    services = statement["Condition"]["StringEquals"]["iam:PassedToService"]
    assert services == [
        "apigateway.amazonaws.com",
        "sagemaker.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    ]


@pytest.mark.parametrize(
    "role",
    [
        f"role{ACCOUNT_PATH}ml-gateway-dev-deploy",
        "role/ml-gateway-prod-iris-execution",
        "role/admin",
    ],
)
@pytest.mark.parametrize("action", ["iam:PassRole", "iam:PutRolePolicy", "iam:UpdateRole"])
def test_a_deploy_reaches_neither_itself_nor_others_roles(action, role):
    assert not deploys(action, f"arn:aws:iam::123456789012:{role}")


APIS = "arn:aws:apigateway:eu-central-1::"
OWN = {
    "StringEquals": {"aws:ResourceTag/project": "ml-gateway", "aws:ResourceTag/stack": "dev"},
}
CLAIM = {
    "StringEquals": {"aws:RequestTag/project": "ml-gateway", "aws:RequestTag/stack": "dev"},
    "Null": {"aws:ResourceTag/project": "true"},
}
PLACE = "eu-central-1:123456789012"
STATE = "arn:aws:s3:::ml-gateway-state-123456789012-eu-central-1/.pulumi"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sagemaker:DeleteEndpoint", f"arn:aws:sagemaker:{PLACE}:endpoint/ml-gateway-%s-iris"),
        ("s3:PutObject", "arn:aws:s3:::ml-gateway-%s-models-123456789012-eu-central-1/key"),
        ("s3:GetObject", f"{STATE}/stacks/ml-gateway/%s.json"),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{PLACE}:log-group:/aws/apigateway/ml-gateway-%s-x"),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{PLACE}:log-group:/aws/vpc/ml-gateway-%s-private"),
    ],
)
def test_a_deploy_reaches_its_own_stack_and_no_other(action, resource):
    assert deploys(action, resource % "dev")
    assert not deploys(action, resource % "prod")


def test_what_carries_another_stacks_tag_is_denied_to_a_deploy():
    [denied] = [s for s in DEPLOY["account"] if s["Effect"] == "Deny"]
    assert (denied["Action"], denied["Resource"]) == ("*", "*")
    assert denied["Condition"] == {
        "StringNotEquals": {"aws:ResourceTag/stack": "dev"},
        "Null": {"aws:ResourceTag/stack": "false"},
    }


def test_keys_are_used_by_the_alias_and_taken_over_by_nobody():
    key = "arn:aws:kms:eu-central-1:123456789012:key/5f0c"
    aliases = {
        s["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"]
        for s in deploys("kms:Decrypt", key)
        if "ForAnyValue:StringEquals" in s["Condition"]
    }
    assert aliases == {"alias/ml-gateway-secrets", "alias/ml-gateway-shared"}
    new, own = deploys("kms:TagResource", key)
    assert new["Condition"] == CLAIM
    assert own["Condition"] == OWN
    administering = ("kms:CreateAlias", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
    for action in administering:
        assert [s["Condition"] for s in deploys(action, key)] == [OWN]


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_an_api_is_tagged_as_ones_own_only_while_it_is_nobodys(verb):
    new, own = deploys(f"apigateway:{verb}", f"{APIS}/tags/arn%3Aaws%3Aapigateway")
    assert new["Condition"] == CLAIM
    assert own["Condition"] == OWN


@pytest.mark.parametrize("kind", ["apikeys", "restapis", "usageplans"])
def test_an_api_is_changed_by_the_deploy_whose_tags_it_has(kind):
    for verb in ("DELETE", "GET", "PATCH", "POST", "PUT"):
        statements = deploys(f"apigateway:{verb}", f"{APIS}/{kind}/5f0c")
        assert [s["Condition"] for s in statements] == [OWN]


IMAGES = "arn:aws:ecr:eu-central-1:123456789012:repository/ml-gateway"
ARTIFACT = "arn:aws:s3:::ml-gateway-artifacts-123456789012-eu-central-1/iris/model.tar.gz"


def test_nobody_but_the_publisher_decides_what_runs():
    for action, resource in (("ecr:PutImage", IMAGES), ("s3:PutObject", ARTIFACT)):
        assert publishes(action, resource)
        assert not deploys(action, resource)
    for action in ("ecr:BatchDeleteImage", "s3:DeleteObject", "iam:PassRole"):
        assert not publishes(action, IMAGES)
        assert not publishes(action, ARTIFACT)
    assert deploys("s3:GetObject", ARTIFACT)


def test_a_preview_writes_nothing():
    reading = ("Decrypt", "Describe", "Get", "List")
    actions = [a for policy in PREVIEW.values() for s in policy for a in s["Action"]]
    assert [a for a in actions if not a.partition(":")[2].startswith(reading)] == []
    assert previews("s3:GetObject", f"{STATE}/stacks/ml-gateway/dev.json")
    assert not previews("s3:GetObject", f"{STATE}/stacks/ml-gateway/prod.json")


def test_no_role_of_a_stack_can_ever_touch_iam():
    actions = [a for s in BOUNDARY["boundary"] for a in s["Action"]]
    assert [a for a in actions if a.startswith(("iam:", "sts:", "organizations:"))] == []
