"""The stack's own KMS key: whoever loses the right to it loses the data."""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.context import Context
from components.iam import document


class EncryptionKeyArgs(TypedDict):
    """The key of a stack."""

    context: Context
    """The stack: its account administers the key."""


class EncryptionKey(pulumi.ComponentResource):
    """A customer-managed key with yearly rotation, for everything the stack stores."""

    arn: pulumi.Output[str]
    """ARN of the key; AWS generates it, so it is unknown at the first preview."""

    def __init__(
        self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:EncryptionKey", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        context = args["context"]
        key = aws.kms.Key(
            name,
            description=f"Data of {context.prefix}",
            enable_key_rotation=True,
            policy=_key_policy(context),
            opts=child,
        )
        aws.kms.Alias(
            f"{name}-alias", name=f"alias/{context.prefix}", target_key_id=key.key_id, opts=child
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


def _key_policy(context: Context) -> str:
    """The account's IAM decides who uses the key; CloudWatch Logs is a service, so named here.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    log_groups = context.arn("logs", "log-group:*")
    statements = [
        {
            "Sid": "AccountDecides",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{context.account_id}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "LogGroupsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{context.region}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        },
    ]
    return document(statements, "aws:kms/key:Key")
