"""Names of the buckets that a stack's roles reach: known before any of them exists."""

from components.config.stack import NAMESPACE
from components.context import Context


def artifact_bucket(context: Context) -> str:
    """The stack's own bucket of artifacts."""
    return f"{context.prefix}-models-{context.account_id}-{context.region}"


def data_bucket_name(context: Context) -> str:
    """The stack's bucket of captured data, async requests and results."""
    return f"{context.prefix}-data-{context.account_id}-{context.region}"


def page_bucket(context: Context) -> str:
    """The stack's bucket with the files of its web page."""
    return f"{context.prefix}-page-{context.account_id}-{context.region}"


def published_bucket(account: Context) -> str:
    """The account's bucket of published artifacts, which bootstrap/ makes."""
    return f"{NAMESPACE}-artifacts-{account.account_id}-{account.region}"


def default_bucket(account: Context) -> str:
    """SageMaker's own default bucket, where its SDK puts artifacts."""
    return f"sagemaker-{account.region}-{account.account_id}"
