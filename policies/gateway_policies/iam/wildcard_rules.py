"""Rules over the resources that identities may act on."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from pulumi_policy import Severity

from gateway_policies.iam.actions import PERMISSIONS, Action, expand, limited_to
from gateway_policies.iam.arn import complete, covers, is_everything
from gateway_policies.iam.conditions import narrows_request, narrows_resource
from gateway_policies.iam.document import Document, Kind, Statement
from gateway_policies.iam.grants import is_every_action
from gateway_policies.iam.places import document_rule
from gateway_policies.resource import Resource
from gateway_policies.rule import Control, Family, Findings, some, unknown, violation
from gateway_policies.wildcard import is_pattern, matches

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
    """A permission on every resource reaches what others own, and what is created tomorrow. Those
    with a certain value of a tag are not every one; a condition of another kind changes nothing.
    """
    for statement in document.allowing:
        if not narrows_resource(statement):
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
        sharing = _granted(statement, _sharing_on)
        if sharing and not narrows_request(statement):
            yield violation(
                f"{statement.path}.Action", seen=some(sharing), allowed="none on any resource"
            )


def _findings(statement: Statement) -> Findings:
    path, wildcards = statement.path, _wildcards(statement)
    if broad := _granted(statement, _limitable_on):
        seen = f"{json.dumps(wildcards)} for {some(broad)}"
        yield violation(f"{path}.Resource", seen=seen, allowed=ALLOWED)
    doubtful = [
        action
        for action in statement.actions
        if not statement.except_actions
        and not expand(action)
        and any(covers(wildcard, _any_arn(action)) for wildcard in wildcards)
    ]
    if doubtful:
        yield unknown(
            f"{path}.Action",
            seen=f"{some(doubtful)}, not in the action data, on {json.dumps(wildcards)}",
            allowed="actions that AWS documents",
            fix="Correct the action, or name its resources.",
        )


def _wildcards(statement: Statement) -> list[str]:
    """Resources that may be more than one. Those of NotResource are another rule's."""
    if statement.except_resources:
        return []
    return [resource for resource in statement.resources if is_pattern(complete(resource))]


Reach = Callable[[str, str], Sequence[str]]
"""Names of some of the actions of a pattern that reach every resource of a type by a wildcard."""


def _granted(statement: Statement, reach: Reach) -> Sequence[str]:
    """What a statement allows by any of its wildcards."""
    # What holds all others stands for them: a union of everything takes its time.
    wildcards = _widest(_wildcards(statement), is_everything)
    if statement.except_actions:
        excepted = {action.name for pattern in statement.actions for action in expand(pattern)}
        return [name for w in wildcards for name in reach("*", w) if name not in excepted]
    pairs = [(p, w) for p in _widest(statement.actions, is_every_action) for w in wildcards]
    if len(pairs) == 1:
        return reach(*pairs[0])
    return list(dict.fromkeys(name for pair in pairs for name in reach(*pair)))


def _widest(patterns: Sequence[str], is_all: Callable[[str], bool]) -> Sequence[str]:
    return next(([pattern] for pattern in patterns if is_all(pattern)), patterns)


@lru_cache(maxsize=16384)
def _limitable_on(pattern: str, resource: str) -> tuple[str, ...]:
    return tuple(a.name for a in _candidates(pattern, resource) if _reaches(resource, a))


@lru_cache(maxsize=16384)
def _sharing_on(pattern: str, resource: str) -> tuple[str, ...]:
    sharing = (a for a in _candidates(pattern, resource) if a.level == PERMISSIONS)
    return tuple(action.name for action in sharing if _reaches(resource, action))


def _candidates(pattern: str, resource: str) -> Iterable[Action]:
    """The actions of a pattern, less those that can have nothing to do with a resource."""
    service = complete(resource).split(":")[2]
    if is_pattern(service) or not is_pattern(pattern):
        return expand(pattern)
    return (a for a in limited_to(service) if matches(pattern, a.name, ignore_case=True))


def _reaches(resource: str, action: Action) -> bool:
    return any(covers(resource, template) for template in action.arns)


def _any_arn(action: str) -> str:
    """Template for the resources of a service that only the name of the action tells."""
    service = action.split(":")[0].lower()
    return f"arn:${{Partition}}:{service}:${{Region}}:${{Account}}:${{Resource}}"
