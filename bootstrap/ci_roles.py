"""CiRoles: the roles that workflows assume for a stack, and the limit of the stack's own."""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from bootstrap.access import boundary_statements, deploy_policies, preview_policies
from bootstrap.workflow_role import WorkflowRole
from components.context import Context
from components.iam import boundary_name, document


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
    issuer: pulumi.Resource
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
        child = pulumi.ResourceOptions(parent=self)
        account, stack = args["account"], args["stack"]
        aws.iam.Policy(
            f"{name}-boundary",
            name=boundary_name(stack),
            description=f"The most that a role of {stack.prefix} can ever do",
            policy=document(boundary_statements(account, stack)),
            opts=child,
        )
        self.deploy_arn = WorkflowRole(
            f"{name}-deploy",
            {
                "account": account,
                "repository": args["repository"],
                "job": f"environment:{args['environment']}",
                "issuer": args["issuer"],
                "policies": deploy_policies(account, stack),
            },
            child,
        ).arn
        self.preview_arn = WorkflowRole(
            f"{name}-preview",
            {
                "account": account,
                "repository": args["repository"],
                "job": "pull_request",
                "issuer": args["issuer"],
                "policies": preview_policies(account, stack),
            },
            child,
        ).arn
        self.register_outputs({"deploy": self.deploy_arn, "preview": self.preview_arn})
