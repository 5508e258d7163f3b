"""Documents to judge, and what a rule says of them."""

from collections.abc import Iterable
from typing import Any

from gateway_policies.iam.document import Document, Kind, Statement, parse
from gateway_policies.resource import Resource
from gateway_policies.rule import ResourceRule, Verdict

ROLE_ARN = "arn:aws:iam::111122223333:role/serving"


def policy(*statements: object) -> dict[str, object]:
    """A policy of an identity."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(
    actions: str | Iterable[str], resource: object = "*", **elements: object
) -> dict[str, object]:
    """A statement."""
    named = actions if isinstance(actions, str) else list(actions)
    return {"Effect": "Allow", "Action": named, "Resource": resource, **elements}


def deny(actions: str | Iterable[str], resource: object = "*", **elements: object) -> Any:
    """A statement that denies."""
    return allow(actions, resource, **elements) | {"Effect": "Deny"}


def document(*statements: object, kind: Kind = Kind.IDENTITY) -> Document:
    """A document of these statements."""
    return parse(policy(*statements), kind)


def statement(content: object, kind: Kind = Kind.IDENTITY) -> Statement:
    """The one statement of a document."""
    [found] = document(content, kind=kind).statements
    return found


def judged(
    rule: ResourceRule,
    *statements: object,
    of: str = "aws:iam/policy:Policy",
    name: str = "policy",
) -> list[str]:
    """What a rule forbids in a document, as `path: seen`."""
    resource = Resource("", {name: policy(*statements)}, of, "urn")
    return [
        f"{found.path}: {found.seen}"
        for found in rule.check(resource)
        if found.verdict is Verdict.VIOLATION
    ]
