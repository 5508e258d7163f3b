"""What the account's components make."""

import pulumi
import pulumi_aws as aws
import pytest

from bootstrap.account_key import AccountKey, AccountKeyArgs, secrets_policy, shared_policy
from bootstrap.budget_topic import BudgetTopic, BudgetTopicArgs
from bootstrap.ci_roles import CiRoles
from bootstrap.gateway_logs import GatewayLogs
from bootstrap.image_repository import ImageRepository
from tests.unit.bootstrap.conftest import ACCOUNT, STACK

KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/5f0c"
ISSUER_ARN = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
FROM_BUDGETS = {
    "StringEquals": {"aws:SourceAccount": "123456789012"},
    "ArnLike": {"aws:SourceArn": "arn:aws:budgets::123456789012:*"},
}


@pytest.fixture
def ci(deploy):
    def program():
        roles = CiRoles(
            "dev",
            {
                "account": ACCOUNT,
                "stack": STACK,
                "environment": "dev",
                "repository": "example/ml-gateway",
                "issuer": aws.iam.OpenIdConnectProvider(
                    "github", url="https://issuer", client_id_lists=["us"]
                ),
            },
        )
        return pulumi.Output.all(**roles.arns)

    return deploy(program)


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        ("deploy", "environment:dev"),
        ("preview", "pull_request"),
        ("acceptance", "environment:dev-acceptance"),
    ],
)
def test_a_role_is_assumed_by_exactly_one_kind_of_job(ci, role, subject):
    made = ci.one("aws:iam/role:Role", f"dev-{role}")
    assert made.inputs["path"] == "/ml-gateway/"
    assert any("OpenIdConnectProvider" in urn for urn in made.depends_on)
    [statement] = made.json("assumeRolePolicy")["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Federated": ISSUER_ARN},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": f"repo:example/ml-gateway:{subject}",
            }
        },
    }


@pytest.mark.parametrize("role", ["dev-deploy", "dev-preview"])
def test_a_role_that_was_its_environments_own_child_is_not_made_again(ci, role):
    environment = "ml-gateway-bootstrap:index:CiRoles::dev"
    parts = [r for r in ci.resources if r.name.startswith(role) and r.type.startswith("aws:")]
    assert len(parts) > 2
    for part in parts:
        assert [urn.endswith(environment) for urn in part.former_parents] == [True]


def test_each_role_has_its_own_policies_and_none_of_the_other(ci):
    attached = ci.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert [(a.name, a.inputs["policyArn"]) for a in attached] == [
        (f"dev-{part}", f"arn:dev-{part}")
        for part in (
            "acceptance-acceptance",
            *("deploy-account", "deploy-foundation", "deploy-gateway", "deploy-network"),
            *("deploy-serving", "preview-preview"),
        )
    ]
    assert {a.inputs["role"] for a in attached if "preview" in a.name} == {"ml-gateway-dev-preview"}


def test_the_boundary_has_the_name_that_the_stacks_roles_ask_for(ci):
    boundary = ci.one("aws:iam/policy:Policy", "dev-boundary")
    assert boundary.inputs["name"] == "ml-gateway-dev-boundary"
    assert "path" not in boundary.inputs


def test_a_key_rotates_and_is_protected(deploy):
    args: AccountKeyArgs = {
        "alias": "alias/x",
        "description": "x",
        "policy": secrets_policy(ACCOUNT),
    }
    stack = deploy(lambda: AccountKey("secrets", args).arn)
    key, alias = stack.one("aws:kms/key:Key"), stack.one("aws:kms/alias:Alias")
    assert key.inputs["enableKeyRotation"] is True
    assert alias.inputs["name"] == "alias/x"
    assert key.protected
    assert alias.protected


def test_the_secrets_key_is_lent_to_no_service_and_makes_no_data_keys():
    statements = secrets_policy(ACCOUNT)
    principals = [statement["Principal"] for statement in statements]
    assert principals == [{"AWS": "arn:aws:iam::123456789012:root"}] * 2
    actions = [action for statement in statements for action in statement["Action"]]
    assert {"kms:CreateGrant", "kms:GenerateDataKey", "kms:*"}.isdisjoint(actions)
    assert {"kms:Decrypt", "kms:Encrypt", "kms:PutKeyPolicy"} <= set(actions)


def test_the_shared_key_lets_budgets_of_this_account_publish():
    [budgets] = [s for s in shared_policy(ACCOUNT) if "Service" in s["Principal"]]
    assert budgets["Principal"] == {"Service": "budgets.amazonaws.com"}
    assert budgets["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert budgets["Condition"] == FROM_BUDGETS


def test_statements_of_a_key_policy_have_names_of_their_own():
    for policy in (secrets_policy(ACCOUNT), shared_policy(ACCOUNT)):
        sids = [statement["Sid"] for statement in policy]
        assert len(set(sids)) == len(sids)


def test_images_are_scanned_encrypted_never_moved_and_never_expire_once_tagged(deploy):
    stack = deploy(lambda: ImageRepository("images", {"key_arn": KEY_ARN}).url)
    repository = stack.one("aws:ecr/repository:Repository")
    assert repository.protected
    assert repository.inputs == {
        "name": "ml-gateway",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY_ARN}],
    }
    [rule] = stack.one("aws:ecr/lifecyclePolicy:LifecyclePolicy").json("policy")["rules"]
    assert rule["selection"] == {
        "tagStatus": "untagged",
        "countType": "imageCountMoreThan",
        "countNumber": 10,
    }


def test_budgets_of_this_account_publish_to_an_encrypted_topic(deploy):
    args: BudgetTopicArgs = {"account": ACCOUNT, "key_arn": KEY_ARN, "email": "ml@example.com"}
    stack = deploy(lambda: BudgetTopic("budgets", args).arn)
    assert stack.one("aws:sns/topic:Topic").inputs["kmsMasterKeyId"] == KEY_ARN
    [statement] = stack.one("aws:sns/topicPolicy:TopicPolicy").json("policy")["Statement"]
    assert statement["Principal"] == {"Service": "budgets.amazonaws.com"}
    assert statement["Resource"] == "arn:aws:sns:eu-central-1:123456789012:ml-gateway-budgets"
    assert statement["Condition"] == FROM_BUDGETS
    told = stack.one("aws:sns/topicSubscription:TopicSubscription").inputs
    assert (told["protocol"], told["endpoint"]) == ("email", "ml@example.com")


def test_api_gateways_settings_and_their_role_outlive_the_program(deploy):
    stack = deploy(lambda: GatewayLogs("api-logs", {"account": ACCOUNT}))
    settings = stack.one("aws:apigateway/account:Account")
    assert settings.inputs["cloudwatchRoleArn"] == "arn:api-logs"
    assert "aws:iam/rolePolicy:RolePolicy::api-logs-policy" in settings.depends_on
    _, *made = stack.resources
    assert all(resource.retained for resource in made)
