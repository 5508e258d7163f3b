"""The ways that documents open to what is guarded: an upper bound of what they allow.

A way is drawn where a statement allows it under conditions, and whatever a permissions boundary
says; only a denial without conditions takes a way back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway_policies.iam.document import Document, Statement
from gateway_policies.iam.grants import names_action
from gateway_policies.iam.overlap import holds, names
from gateway_policies.reach.guarded import Arns, Guarded
from gateway_policies.wildcard import is_pattern

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
    return _ways(document, resource, resource.arns)


def _ways(document: Document, resource: Guarded, arns: Arns) -> Iterator[Way]:
    denying = [s for s in document.statements if not s.allows and not s.conditions]
    for statement in document.allowing:
        for element in _elements(statement):
            actions = dict.fromkeys(_actions(statement, element, arns, denying))
            if actions:
                yield Way(resource, tuple(actions), element, bool(statement.conditions))


def _elements(statement: Statement) -> list[str]:
    """What a statement is about; the policy of a resource may leave out that it is about that."""
    if statement.except_resources:
        return [ALL_BUT + " and ".join(statement.resources)]
    return [_VARIABLE.sub("*", element) for element in statement.resources or ("*",)]


def may_open(document: Document, resource: Guarded) -> bool:
    """Whether a document opens a way to a resource whose name is not known, if that fits.

    `key/mrk-*` fits some names. Nobody can have written one out.
    """
    if resource.name is not None:
        return False
    sure = {way.on for way in ways(document, resource)}
    return any(
        way.on not in sure and is_pattern(resource.name_in(way.on))
        for way in _ways(document, resource, resource.arns_with("*"))
    )


def _actions(
    statement: Statement, element: str, arns: Arns, denying: Sequence[Statement]
) -> Iterator[str]:
    for arn, limitable in arns:
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
