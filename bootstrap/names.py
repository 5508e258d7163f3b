"""Physical names of what the account holds for all stacks: known before any of it exists."""

from components.bucket_names import published_bucket
from components.context import Context

SECRETS_ALIAS = "alias/ml-gateway-secrets"
"""Key of the secrets in the stacks' state: `secretsprovider: awskms://alias/ml-gateway-secrets`."""

SHARED_ALIAS = "alias/ml-gateway-shared"
"""Key of everything that the account stores for all stacks."""

BUDGET_TOPIC = "ml-gateway-budgets"

ACCOUNT_PATH = "/ml-gateway/"
"""Path of the account's roles. It stands in their ARNs, so that no right to `role/<stack>-*`
reaches them, whatever a stack is called."""


def state_bucket(account: Context) -> str:
    """Name of the bucket that holds the stacks' state."""
    return f"{account.prefix}-state-{account.account_id}-{account.region}"


def artifact_bucket(account: Context) -> str:
    """Name of the bucket that holds published model artifacts."""
    return published_bucket(account)


def bucket_arns(name: str, *keys: str) -> list[str]:
    """ARNs of objects in a bucket, or of the bucket where no key is given."""
    return [f"arn:aws:s3:::{name}/{key}" for key in keys] or [f"arn:aws:s3:::{name}"]
