"""CiRoles: the roles that workflows assume for a stack, and the limit of the stack's own."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from bootstrap.access import (
    acceptance_policies,
    boundary_statements,
    deploy_policies,
    preview_policies,
)
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
    """Roles that deploy, preview and accept, and the boundary of the roles that a deploy makes."""

    arns: Mapping[str, pulumi.Output[str]]
    """By what the role is for: `deploy`, for jobs of the environment; `preview`, for pull requests,
    which changes nothing; `acceptance`, for jobs of the environment's own for that."""

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
        environment = args["environment"]
        jobs = {
            "deploy": (f"environment:{environment}", deploy_policies),
            "preview": ("pull_request", preview_policies),
            "acceptance": (f"environment:{environment}-acceptance", acceptance_policies),
        }
        self.arns = {
            purpose: WorkflowRole(
                f"{name}-{purpose}",
                {
                    "account": account,
                    "repository": args["repository"],
                    "job": job,
                    "issuer": args["issuer"],
                    "policies": policies(account, stack),
                },
                child,
            ).arn
            for purpose, (job, policies) in jobs.items()
        }
        self.register_outputs(dict(self.arns))
