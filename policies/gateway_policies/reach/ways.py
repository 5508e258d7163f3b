"""The ways that policies open to what is guarded: an upper bound of what AWS would allow.

A way is drawn where a statement allows it under conditions, and whatever a permissions boundary
says; so what is not drawn is impossible. Only a denial without conditions takes a way back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway_policies.iam.document import Document, Statement
from gateway_policies.iam.grants import names_action
from gateway_policies.iam.overlap import holds, names
from gateway_policies.reach.guarded import Guarded

ALL_BUT = "all but "
"""Stands before what NotResource names."""

_VARIABLE = re.compile(r"\$\{[^{}]*\}")


@dataclass(frozen=True)
class Way:
    """What a statement lets its holder do with something that is guarded."""

    resource: Guarded
    actions: Sequence[str]
    on: str
    """The element of Resource, with `*` for policy variables; after ALL_BUT one of NotResource."""
    conditional: bool
    """Whether the statement has conditions."""


def ways(document: Document, resource: Guarded) -> Iterator[Way]:
    """All ways that a document opens to a resource, one for each element of its statements."""
    denying = [s for s in document.statements if not s.allows and not s.conditions]
    for statement in document.allowing:
        for element in _elements(statement):
            actions = dict.fromkeys(_actions(statement, element, resource, denying))
            if actions:
                yield Way(resource, tuple(actions), element, bool(statement.conditions))


def _elements(statement: Statement) -> list[str]:
    """What a statement is about; the policy of a resource may leave out that it is about that."""
    if statement.except_resources:
        return [ALL_BUT + " and ".join(statement.resources)]
    return [_VARIABLE.sub("*", element) for element in statement.resources or ("*",)]


def _actions(
    statement: Statement, element: str, resource: Guarded, denying: Sequence[Statement]
) -> Iterator[str]:
    for arn, limitable in resource.arns:
        if not _leads_to(statement, element, arn):
            continue
        for action in limitable:
            if names_action(statement, action) and not any(
                _takes_back(denial, action, element, arn) for denial in denying
            ):
                yield action


def _leads_to(statement: Statement, element: str, arn: str) -> bool:
    if statement.except_resources:
        return not any(holds(excepted, arn) for excepted in statement.resources)
    return names(element, arn)


def _takes_back(denial: Statement, action: str, element: str, arn: str) -> bool:
    return (
        not denial.except_resources
        and names_action(denial, action)
        and any(holds(denied, arn) or holds(denied, element) for denied in denial.resources)
    )
