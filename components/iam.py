"""IAM documents as data, and roles that services of this account alone may assume."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.content import content_id
from components.context import Context
from gateway_policies.checked import refusals

Statement = dict[str, Any]


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Any] | None = None,
) -> Statement:
    """A statement that allows `actions` on `resources` where `conditions` hold."""
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    return statement | ({"Condition": conditions} if conditions else {})


class RefusedDocumentError(Exception):
    """A document that the policy pack refuses. Its traceback names the line that builds it."""


def document(
    statements: Sequence[Statement], resource_type: str = "aws:iam/rolePolicy:RolePolicy"
) -> str:
    """The JSON text of a policy document, for a resource of this type.

    Raises RefusedDocumentError for what the policy pack would stop at the resource, where nothing
    tells any more which line of the program it comes from.
    """
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    if found := refusals(resource_type, text):
        raise RefusedDocumentError("\n".join(found))
    return text


NAMES_ITS_ACCOUNT = frozenset({"sagemaker.amazonaws.com", "vpc-flow-logs.amazonaws.com"})
"""Services that say for which account they assume a role, so that no other can use them as its
deputy. API Gateway does not; there, that roles cannot be passed across accounts has to do.

https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html,
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
"""


def trust(service: str, account_id: str) -> Statement:
    """The statement that lets a service assume a role, for this account alone where it can."""
    statement: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if service in NAMES_ITS_ACCOUNT:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
    return statement


def boundary_name(context: Context) -> str:
    """Name of the managed policy that limits what any role of a stack may ever do.

    bootstrap/ makes it. Who deploys may make no role without it: a role that could have any right
    would give it to whoever may make roles.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    return f"{context.prefix}-boundary"


def boundary_arn(context: Context) -> str:
    """ARN of the boundary, known at preview."""
    return f"arn:aws:iam::{context.account_id}:policy/{boundary_name(context)}"


class ServiceRoleArgs(TypedDict):
    """A role for one AWS service."""

    context: Context
    """The stack."""
    role_name: str
    """Physical name, so that the role's ARN is known at preview; 64 characters at most."""
    service: str
    """The service principal that assumes it, such as sagemaker.amazonaws.com."""
    statements: Sequence[Statement]
    """What the role may do, as far as it is known at preview."""
    reaches: Sequence[pulumi.Input[str]]
    """ARNs, or patterns of ARNs, of the endpoints, feature groups, buckets and keys that the role
    is there for. The policy pack refuses a stack in which it reaches another one."""


class ServiceRole(pulumi.ComponentResource):
    """A role of one AWS service, with one inline policy, which is named by what it says.

    Another policy is made before what uses the role changes, and the one before goes when all has:
    until then, and after a roll-back, its rights are needed. An update that fails keeps both.
    """

    name: pulumi.Output[str]
    """Name of the role."""
    arn: str
    """ARN of the role, known at preview."""
    policy: aws.iam.RolePolicy
    """The inline policy: what uses the role depends on it."""

    def __init__(
        self, name: str, args: ServiceRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        context = args["context"]
        arn = f"arn:aws:iam::{context.account_id}:role/{args['role_name']}"
        # Seen by `make who-can` as inputs, by the policies as outputs.
        declaration = {"arn": arn, "reaches": list(args["reaches"])}
        super().__init__("ml-gateway:index:ServiceRole", name, declaration, opts)
        self.arn = arn  # the SDK has made an output of the input, unknown at preview
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            name=args["role_name"],
            assume_role_policy=document(
                [trust(args["service"], context.account_id)], "aws:iam/role:Role"
            ),
            permissions_boundary=boundary_arn(context),
            opts=child,
        )
        identity = content_id(*args["statements"])
        self.policy = aws.iam.RolePolicy(
            f"{name}-policy-{identity}",
            name=f"access-{identity}",
            role=role.name,
            policy=document(args["statements"]),
            opts=child,
        )
        self.name = role.name
        self.register_outputs({"name": self.name, **declaration})
