"""WorkflowRole: a role that jobs of one kind in GitHub's workflows assume.

A workflow shows a token of GitHub's, whose subject says of which repository it is, and whether a
job of an environment or a pull request asks. No key of AWS lies anywhere.
https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from bootstrap.names import ACCOUNT_PATH
from components.context import Context
from components.iam import Statement, document

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


class WorkflowRoleArgs(TypedDict):
    """A role, and who assumes it."""

    account: Context
    """The account, with the project's name as prefix."""
    repository: str
    """The repository as the subject of its tokens names it."""
    job: str
    """The kind of job, as the subject ends: `environment:<name>` or `pull_request`."""
    issuer: pulumi.Resource
    """The identity provider that vouches for GitHub's tokens."""
    policies: Mapping[str, Sequence[Statement]]
    """What it may do, by policy."""


class WorkflowRole(pulumi.ComponentResource):
    """A role with managed policies: an inline one is too small.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    arn: pulumi.Output[str]
    """The role that a workflow asks for."""

    def __init__(
        self, name: str, args: WorkflowRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway-bootstrap:index:WorkflowRole", name, None, opts)
        # The roles of an environment were children of its component itself before.
        before = [pulumi.Alias(parent=opts.parent)] if opts and opts.parent else []
        child = pulumi.ResourceOptions(parent=self, aliases=before)
        physical = f"{args['account'].prefix}-{name}"
        subject = f"repo:{args['repository']}:{args['job']}"
        role = aws.iam.Role(
            name,
            name=physical,
            path=ACCOUNT_PATH,
            assume_role_policy=document(
                [workflow_trust(issuer_arn(args["account"]), subject)], "aws:iam/role:Role"
            ),
            opts=pulumi.ResourceOptions(parent=self, aliases=before, depends_on=[args["issuer"]]),
        )
        for part, statements in args["policies"].items():
            policy = aws.iam.Policy(
                f"{name}-{part}",
                name=f"{physical}-{part}",
                path=ACCOUNT_PATH,
                policy=document(statements),
                opts=child,
            )
            aws.iam.RolePolicyAttachment(
                f"{name}-{part}", role=role.name, policy_arn=policy.arn, opts=child
            )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


def issuer_arn(account: Context) -> str:
    """ARN of the provider of GitHub's tokens: known before it exists, and so are all trusts.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """
    return f"arn:aws:iam::{account.account_id}:oidc-provider/{ISSUER}"


def workflow_trust(issuer_arn: str, subject: str) -> Statement:
    """The statement that lets GitHub's tokens with exactly this subject assume a role."""
    return {
        "Effect": "Allow",
        "Principal": {"Federated": issuer_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": subject}},
    }
