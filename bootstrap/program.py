"""What the program does: reads the config, makes what all stacks of the account share."""

import pulumi
import pulumi_aws as aws
from pulumi.runtime import get_config_env

from bootstrap.access import publish_policies
from bootstrap.account_key import AccountKey, secrets_policy, shared_policy
from bootstrap.budget_topic import BudgetTopic
from bootstrap.ci_roles import CiRoles
from bootstrap.config import PUBLISH, AccountConfig, load_config
from bootstrap.gateway_logs import GatewayLogs
from bootstrap.image_repository import ImageRepository
from bootstrap.names import SECRETS_ALIAS, SHARED_ALIAS, artifact_bucket, state_bucket
from bootstrap.workflow_role import AUDIENCE, ISSUER, WorkflowRole
from components.config.provider import REGION
from components.config.stack import NAMESPACE as PROJECT
from components.config.stack import ConfigError
from components.context import Context, stack_prefix
from components.private_bucket import PrivateBucket

OLD_VERSION_DAYS = 90
"""How long an overwritten state, or an artifact that was deleted, can be brought back."""


def main() -> None:
    """Every mistake in the config is named before the first resource."""
    values = get_config_env()
    try:
        config = load_config(values)
    except ConfigError as error:
        raise pulumi.RunError(str(error)) from error
    assemble(config, values[REGION])


def assemble(config: AccountConfig, region: str) -> None:
    """Makes everything, and exports where it is."""
    # No tag `stack`: by that one the stacks' roles tell what is theirs.
    tags = {"project": pulumi.get_project()}
    provider = aws.Provider("aws", region=region, default_tags={"tags": tags})
    identity = aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=provider))
    account = Context(identity.account_id, region, PROJECT)
    opts = pulumi.ResourceOptions(provider=provider)

    AccountKey(
        "secrets",
        {
            "alias": SECRETS_ALIAS,
            "description": "Secrets in the state of ml-gateway's stacks",
            "policy": secrets_policy(account),
        },
        opts,
    )
    shared = AccountKey(
        "shared",
        {
            "alias": SHARED_ALIAS,
            "description": "State, images, artifacts and notices of ml-gateway",
            "policy": shared_policy(account),
        },
        opts,
    )
    buckets = {"state": state_bucket(account), "artifacts": artifact_bucket(account)}
    for name, bucket_name in buckets.items():
        PrivateBucket(
            name,
            {
                "bucket_name": bucket_name,
                "key_arn": shared.arn,
                "force_destroy": False,
                "expiring": {},
                "noncurrent_days": OLD_VERSION_DAYS,
            },
            opts,
        )
    images = ImageRepository("images", {"key_arn": shared.arn}, opts)
    topic = BudgetTopic(
        "budgets", {"account": account, "key_arn": shared.arn, "email": config.notify}, opts
    )
    GatewayLogs("api-logs", {"account": account}, opts)
    pulumi.export("backend", f"s3://{buckets['state']}?region={region}")
    pulumi.export("secretsProvider", f"awskms://{SECRETS_ALIAS}?region={region}")
    pulumi.export("artifactBucket", buckets["artifacts"])
    pulumi.export("imageRepository", images.url)
    pulumi.export("budgetTopic", topic.arn)
    issuer = aws.iam.OpenIdConnectProvider(
        "github", url=f"https://{ISSUER}", client_id_lists=[AUDIENCE], opts=opts
    )
    publisher = WorkflowRole(
        PUBLISH,
        {
            "account": account,
            "repository": config.repository,
            "job": f"environment:{PUBLISH}",
            "issuer": issuer,
            "policies": publish_policies(account),
        },
        opts,
    )
    pulumi.export("publisher", publisher.arn)
    pulumi.export("roles", roles(config, account, issuer, opts))


def roles(
    config: AccountConfig,
    account: Context,
    issuer: pulumi.Resource,
    opts: pulumi.ResourceOptions,
) -> dict[str, dict[str, pulumi.Output[str]]]:
    """Makes the roles of every environment. Their ARNs, by environment and purpose."""
    made = {}
    for environment in config.environments:
        prefix = stack_prefix(PROJECT, environment)
        ci = CiRoles(
            environment,
            {
                "account": account,
                "stack": Context(account.account_id, account.region, prefix),
                "environment": environment,
                "repository": config.repository,
                "issuer": issuer,
            },
            opts,
        )
        made[environment] = dict(ci.arns)
    return made
