"""AccountKey: a KMS key that all stacks of the account share, under a name of its own."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.context import Context
from components.iam import Statement, document

BUDGETS = "budgets.amazonaws.com"


class AccountKeyArgs(TypedDict):
    """A shared key."""

    alias: str
    """Its name: `alias/...`."""
    description: str
    """What it encrypts."""
    policy: Sequence[Statement]
    """Who may do what with it."""


class AccountKey(pulumi.ComponentResource):
    """A customer-managed key with yearly rotation, protected: what it encrypts goes with it."""

    arn: pulumi.Output[str]
    """ARN of the key; AWS generates it."""

    def __init__(
        self, name: str, args: AccountKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway-bootstrap:index:AccountKey", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, protect=True)
        key = aws.kms.Key(
            name,
            description=args["description"],
            enable_key_rotation=True,
            policy=document(args["policy"], "aws:kms/key:Key"),
            opts=child,
        )
        aws.kms.Alias(f"{name}-alias", name=args["alias"], target_key_id=key.key_id, opts=child)
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


def secrets_policy(account: Context) -> list[Statement]:
    """What Pulumi does with the key, and no more: no service can use it or be lent it."""
    return [_administration(account), _use(account, ["kms:Decrypt", "kms:Encrypt"])]


def shared_policy(account: Context) -> list[Statement]:
    """Use by S3 and ECR in the caller's name, and by AWS Budgets, which publishes encrypted."""
    granted = _use(account, ["kms:CreateGrant"])
    return [
        _administration(account),
        _use(account, ["kms:Decrypt", "kms:GenerateDataKey"]),
        granted
        | {"Sid": "AccountLends", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
        {
            "Sid": "Budgets",
            "Effect": "Allow",
            "Principal": {"Service": BUDGETS},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": from_budgets(account),
        },
    ]


def from_budgets(account: Context) -> dict[str, Any]:
    """Condition: AWS Budgets acts for a budget of this account.

    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    """
    return {
        "StringEquals": {"aws:SourceAccount": account.account_id},
        "ArnLike": {"aws:SourceArn": f"arn:aws:budgets::{account.account_id}:*"},
    }


def _root(account: Context) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{account.account_id}:root"}


def _administration(account: Context) -> Statement:
    """The account's IAM decides who administers the key; administering is not using.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    return {
        "Sid": "AccountAdministers",
        "Effect": "Allow",
        "Principal": _root(account),
        "Action": [
            "kms:CancelKeyDeletion",
            "kms:CreateAlias",
            "kms:DeleteAlias",
            "kms:Describe*",
            "kms:Disable*",
            "kms:Enable*",
            "kms:Get*",
            "kms:List*",
            "kms:PutKeyPolicy",
            "kms:RevokeGrant",
            "kms:ScheduleKeyDeletion",
            "kms:TagResource",
            "kms:UntagResource",
            "kms:Update*",
        ],
        "Resource": "*",
    }


def _use(account: Context, actions: Sequence[str]) -> Statement:
    """The account's IAM decides who of the account uses the key."""
    return {
        "Sid": "AccountUses",
        "Effect": "Allow",
        "Principal": _root(account),
        "Action": list(actions),
        "Resource": "*",
    }
