"""What a document allows in the end: its Allow statements, less what it denies everywhere."""

from collections.abc import Iterator
from typing import NamedTuple

from gateway_policies.iam.actions import Action, catalogue
from gateway_policies.iam.arn import ANYTHING, covers, is_everything
from gateway_policies.iam.document import Document, Statement
from gateway_policies.wildcard import matches


class Grant(NamedTuple):
    """An action that a statement allows."""

    action: Action
    statement: Statement
    broad: bool
    """Whether it reaches every resource of a type, or takes none and is allowed on any."""


def grants(document: Document, name: str) -> Iterator[Grant]:
    """How a document allows an action; nothing if it denies it everywhere.

    name: as AWS documents it, in any case; an action that AWS does not document takes no resource.
    """
    action = catalogue().get(name.lower()) or Action(name, "", ())
    if any(_denies_everywhere(s, action) for s in document.statements if not s.allows):
        return
    for statement in document.allowing:
        if names_action(statement, action.name):
            yield Grant(action, statement, is_broad(statement, action))


def allows_broadly(document: Document, name: str) -> bool:
    """Whether an action is allowed on every resource of a type."""
    return any(grant.broad for grant in grants(document, name))


def names_action(statement: Statement, name: str) -> bool:
    """Whether a statement is about an action."""
    named = name.lower() in statement.exact_actions or any(
        matches(pattern, name, ignore_case=True) for pattern in statement.action_patterns
    )
    return named is not statement.except_actions and bool(statement.actions)


def is_broad(statement: Statement, action: Action) -> bool:
    """Whether a statement reaches every resource of one of an action's types."""
    if statement.except_resources:
        return not any(is_everything(resource) for resource in statement.resources)
    if not action.arns:
        return any(is_everything(resource) for resource in statement.resources)
    return any(
        covers(resource, template) for resource in statement.resources for template in action.arns
    )


def is_every_action(pattern: str) -> bool:
    """Whether a pattern of actions matches any action of any service."""
    return matches(pattern, f"{ANYTHING}:{ANYTHING}")


def whole_service(pattern: str) -> bool:
    """Whether a pattern matches whatever a service can do: `s3:*`, `kms:**`, `*`."""
    service, colon, _ = pattern.partition(":")
    return matches(pattern, f"{service}:{ANYTHING}" if colon else f"{ANYTHING}:{ANYTHING}")


def _denies_everywhere(statement: Statement, action: Action) -> bool:
    return (
        not statement.conditions
        and not statement.except_resources
        and names_action(statement, action.name)
        and any(is_everything(resource) for resource in statement.resources)
    )
