"""Rules for least privilege."""

import json
from collections.abc import Iterator

from pulumi_policy import Severity

from gateway_policies.actions import Action, catalogue, complete, covers, expand
from gateway_policies.document import DocumentError, Statement, parse
from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import Control, Family, Findings, rule, unknown, violation
from gateway_policies.wildcard import is_pattern

ROLE = "aws:iam/role:Role"
IDENTITY_POLICIES = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)
NAMED_ACTIONS = 3
"""Actions that a message names; the others it counts."""

ALLOWED = "the ARNs of the resources that the actions are meant for"
NAME_RESOURCES = (
    'Name the ARNs under Resource; leave "*" to a statement that has only actions without '
    "resource-level permissions."
)


@rule(
    Control(
        id="iam-resource-wildcard",
        title="Actions that can be limited to resources are limited to resources",
        family=Family.IAM,
        severity=Severity.HIGH,
        standards=("CKV_AWS_355", "CKV_AWS_356"),
        fix=NAME_RESOURCES,
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    ),
    types=(*IDENTITY_POLICIES, ROLE),
)
def iam_resource_wildcard(resource: Resource) -> Findings:
    """A permission on every resource reaches what others own, and what is created tomorrow."""
    for path, document in _documents(resource):
        if document is UNKNOWN:
            yield unknown(path, allowed=ALLOWED)
        else:
            yield from _document_findings(path, document)


def _documents(resource: Resource) -> Iterator[tuple[str, object]]:
    if resource.type != ROLE:
        yield "policy", resource.get("policy")
        return
    for inline in resource.blocks("inlinePolicies"):
        # An empty block is the provider's way to say that the role has no inline policies.
        if inline.get("policy"):
            yield inline.at("policy"), inline.get("policy")


def _document_findings(path: str, document: object) -> Findings:
    try:
        statements = parse(document)
    except DocumentError as error:
        yield violation(
            ".".join(filter(None, [path, error.path])),
            seen=error.problem,
            allowed="an identity policy as IAM's grammar has it",
            fix="Correct the document, or build it with a JSON library.",
        )
        return
    for index, statement in enumerate(statements):
        place = f"{path}.Statement[{index}]"
        if statement is UNKNOWN:
            yield unknown(place, allowed=ALLOWED)
        elif statement.allows:
            yield from _statement_findings(place, statement)


def _statement_findings(path: str, statement: Statement) -> Findings:
    if statement.except_resources:
        yield violation(
            f"{path}.NotResource",
            seen=f"everything but {json.dumps(statement.resources)}",
            allowed=ALLOWED,
            fix="Replace NotResource by Resource, or Allow by Deny.",
        )
        return
    wildcards = [resource for resource in statement.resources if is_pattern(complete(resource))]
    if not wildcards:
        return
    actions, undocumented = _granted(statement)
    broad = [
        action.name
        for action in actions
        if any(covers(wildcard, arn) for arn in action.arns for wildcard in wildcards)
    ]
    if broad:
        seen = f"{json.dumps(wildcards)} for {_listed(broad)}"
        yield violation(f"{path}.Resource", seen=seen, allowed=ALLOWED)
    doubtful = [
        action
        for action in undocumented
        if any(covers(wildcard, _any_arn(action)) for wildcard in wildcards)
    ]
    if doubtful:
        yield unknown(
            f"{path}.Action",
            seen=f"{_listed(doubtful)}, not in the action data, on {json.dumps(wildcards)}",
            allowed="actions that AWS documents",
            fix="Correct the action, or name its resources.",
        )


def _granted(statement: Statement) -> tuple[list[Action], list[str]]:
    """The documented actions that a statement allows, and the patterns that match none."""
    matched = {pattern: expand(pattern) for pattern in statement.actions}
    named = {action.name: action for actions in matched.values() for action in actions}
    if statement.except_actions:
        return [action for action in catalogue().values() if action.name not in named], []
    return list(named.values()), [pattern for pattern, actions in matched.items() if not actions]


def _any_arn(action: str) -> str:
    """Template for the resources of a service that only the name of the action tells."""
    service = action.split(":")[0].lower()
    return f"arn:${{Partition}}:{service}:${{Region}}:${{Account}}:${{Resource}}"


def _listed(names: list[str]) -> str:
    first, others = names[:NAMED_ACTIONS], len(names[NAMED_ACTIONS:])
    return ", ".join(first) + (f" and {others} more" if others else "")
