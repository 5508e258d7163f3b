"""What components say that their roles are there for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway_policies.resource import UNKNOWN, Resource, Stack

REACHES = "reaches"
"""Output of a component: ARNs, or patterns of ARNs, that its role is there to reach."""
ROLE_ARN = "arn"
"""Output of the same component: the ARN of that role."""


class Declaration(NamedTuple):
    """What one role is there for."""

    patterns: Sequence[str] = ()
    open: bool = False
    """Whether some of it is not known yet."""
    fed_by: frozenset[str] = frozenset()
    """URNs that what is not known comes from; none where that is not told."""

    def may_hold(self, urn: str) -> bool:
        """Whether what is not known may be about a resource."""
        return self.open and (not self.fed_by or urn in self.fed_by)


@dataclass
class Declarations:
    """Those of a whole stack."""

    of_roles: dict[str, Declaration] = field(default_factory=dict)
    """By the name of the role."""
    anonymous: bool = False
    """Whether a component declares for a role that is not known yet."""

    def __bool__(self) -> bool:
        return bool(self.of_roles) or self.anonymous


def declared(stack: Stack) -> Declarations:
    """What the components declare. AWS's own resources declare nothing."""
    found = Declarations()
    for resource in stack.resources:
        arn, reaches = resource.get(ROLE_ARN), resource.get(REACHES)
        if resource.type.startswith("aws:") or not (
            reaches is UNKNOWN or isinstance(reaches, list)
        ):
            continue
        if arn is UNKNOWN:
            found.anonymous = True
        elif isinstance(arn, str) and ":role/" in arn:
            name = arn.rpartition("/")[2]
            before = found.of_roles.get(name, Declaration())
            found.of_roles[name] = _joined(before, _declaration(resource, reaches))
    return found


def _declaration(resource: Resource, reaches: object) -> Declaration:
    items = reaches if isinstance(reaches, list) else [reaches]
    texts = tuple(item for item in items if isinstance(item, str))
    feeding = frozenset(resource.dependencies.get(REACHES, ()))
    return Declaration(texts, UNKNOWN in items, feeding)


def _joined(one: Declaration, other: Declaration) -> Declaration:
    told = [d.fed_by for d in (one, other) if d.open]
    fed_by = frozenset().union(*told) if all(told) else frozenset()
    return Declaration((*one.patterns, *other.patterns), one.open or other.open, fed_by)
