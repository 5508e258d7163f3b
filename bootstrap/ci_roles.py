"""CiRoles: the roles that GitHub's workflows assume for a stack, and the limit of the stack's own.

A workflow shows a token of GitHub's, whose subject says of which repository it is, and whether a
job of an environment or a pull request asks. No key of AWS lies anywhere.
https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from bootstrap.access import boundary_statements, deploy_policies, preview_policies
from bootstrap.names import ACCOUNT_PATH
from components.context import Context
from components.iam import Statement, boundary_name, document

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


class CiRolesArgs(TypedDict):
    """The roles of one environment."""

    account: Context
    """The account, with the project's name as prefix."""
    stack: Context
    """The environment's stack."""
    environment: str
    """The environment: in GitHub it has the stack's name."""
    repository: str
    """The repository as the subject of its tokens names it."""
    issuer_arn: pulumi.Input[str]
    """The identity provider that vouches for GitHub's tokens."""


class CiRoles(pulumi.ComponentResource):
    """A role that deploys, one that previews, and the boundary of the roles that a deploy makes."""

    deploy_arn: pulumi.Output[str]
    """The role for jobs of the environment."""
    preview_arn: pulumi.Output[str]
    """The role for pull requests; it changes nothing."""

    def __init__(
        self, name: str, args: CiRolesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway-bootstrap:index:CiRoles", name, None, opts)
        account, stack = args["account"], args["stack"]
        aws.iam.Policy(
            f"{name}-boundary",
            name=boundary_name(stack),
            description=f"The most that a role of {stack.prefix} can ever do",
            policy=document(boundary_statements(account, stack)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        job = f"repo:{args['repository']}:environment:{args['environment']}"
        pull_request = f"repo:{args['repository']}:pull_request"
        deploy, preview = deploy_policies(account, stack), preview_policies(account, stack)
        self.deploy_arn = self._role(f"{name}-deploy", args, job, deploy)
        self.preview_arn = self._role(f"{name}-preview", args, pull_request, preview)
        self.register_outputs({"deploy": self.deploy_arn, "preview": self.preview_arn})

    def _role(
        self,
        name: str,
        args: CiRolesArgs,
        subject: str,
        policies: Mapping[str, Sequence[Statement]],
    ) -> pulumi.Output[str]:
        """A role for tokens with this subject, with managed policies: an inline one is too small.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        """
        child = pulumi.ResourceOptions(parent=self)
        physical = f"{args['account'].prefix}-{name}"
        role = aws.iam.Role(
            name,
            name=physical,
            path=ACCOUNT_PATH,
            assume_role_policy=pulumi.Output.from_input(args["issuer_arn"]).apply(
                lambda arn: document([workflow_trust(arn, subject)])
            ),
            opts=child,
        )
        for part, statements in policies.items():
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
        return role.arn


def workflow_trust(issuer_arn: str, subject: str) -> Statement:
    """The statement that lets GitHub's tokens with exactly this subject assume a role."""
    return {
        "Effect": "Allow",
        "Principal": {"Federated": issuer_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": subject}},
    }
