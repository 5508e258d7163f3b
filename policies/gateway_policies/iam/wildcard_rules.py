"""Rules over the resources that identities may act on."""

import json

from pulumi_policy import Severity

from gateway_policies.iam.actions import PERMISSIONS, Action, catalogue, expand
from gateway_policies.iam.arn import complete, covers
from gateway_policies.iam.conditions import narrows_request
from gateway_policies.iam.document import Document, Kind, Statement
from gateway_policies.iam.grants import is_broad
from gateway_policies.iam.places import document_rule
from gateway_policies.resource import Resource
from gateway_policies.rule import Control, Family, Findings, unknown, violation
from gateway_policies.wildcard import is_pattern

NAMED_ACTIONS = 3
"""Actions that a message names; the others it counts."""

ALLOWED = "the ARNs of the resources that the actions are meant for"
NAME_RESOURCES = (
    'Name the ARNs under Resource; leave "*" to a statement that has only actions without '
    "resource-level permissions."
)


@document_rule(
    Control(
        id="iam-resource-wildcard",
        title="Actions that can be limited to resources are limited to resources",
        family=Family.IAM,
        severity=Severity.HIGH,
        standards=("CKV_AWS_111", "CKV_AWS_290", "CKV_AWS_355", "CKV_AWS_356"),
        fix=NAME_RESOURCES,
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    ),
    kinds=(Kind.IDENTITY,),
)
def iam_resource_wildcard(_: Resource, document: Document) -> Findings:
    """A permission on every resource reaches what others own, and what is created tomorrow."""
    for statement in document.allowing:
        yield from _findings(statement)


@document_rule(
    Control(
        id="iam-resource-exposure",
        title="Who may share a resource, or change its policy, may do so to named ones",
        family=Family.IAM,
        severity=Severity.HIGH,
        standards=("CKV_AWS_109", "CKV_AWS_289"),
        fix=NAME_RESOURCES,
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html",
    ),
    kinds=(Kind.IDENTITY,),
)
def iam_resource_exposure(_: Resource, document: Document) -> Findings:
    """Changing who may use a thing is giving it away; on every resource, everything."""
    for statement in document.allowing:
        if statement.except_resources or not any(map(is_pattern, statement.resources)):
            continue
        granted, _unknown = _granted(statement)
        sharing = [
            action.name
            for action in granted
            if action.level == PERMISSIONS and action.arns and is_broad(statement, action)
        ]
        if sharing and not narrows_request(statement):
            yield violation(
                f"{statement.path}.Action", seen=_listed(sharing), allowed="none on any resource"
            )


def _findings(statement: Statement) -> Findings:
    if statement.except_resources:  # which iam-not-resource forbids
        return
    path = statement.path
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
