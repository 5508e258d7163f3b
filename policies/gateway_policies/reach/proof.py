"""Who can reach what: every way in a stack, and which of them nobody declared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gateway_policies.iam.document import Document, Kind, Principal, Statement
from gateway_policies.iam.holders import Holder, holders
from gateway_policies.iam.overlap import holds
from gateway_policies.iam.places import KEYS, places
from gateway_policies.reach.declared import declared
from gateway_policies.reach.guarded import Guarded, guarded
from gateway_policies.reach.ways import Way, ways
from gateway_policies.resource import Resource, Stack

EVERYBODY_BUT = "everybody but "
"""Stands before what NotPrincipal names."""


@dataclass(frozen=True)
class Reach:
    """A way of somebody to something."""

    principal: str
    """URN of a role, a user or a group of the stack; or whom the policy of a resource names."""
    way: Way


@dataclass(frozen=True)
class Doubt:
    """A policy that is not known at preview."""

    principal: str
    """URN of who has it."""
    resource: Guarded | None
    """What it takes a value from, so that it may be about that."""


@dataclass(frozen=True)
class Proof:
    """Everything that can be told of a stack."""

    holders: Mapping[str, Holder]
    """Roles, users and groups by their URNs."""
    resources: Sequence[Guarded]
    declared: Mapping[str, Sequence[str]]
    """By the name of a role: what its component says that it is there for."""
    reach: Sequence[Reach]
    doubts: Sequence[Doubt]

    @cached_property
    def undeclared(self) -> list[Reach]:
        """Ways that no component declares; none at all where no component declares anything."""
        return [found for found in self.reach if self.declared and self._is_undeclared(found)]

    def declared_for(self, principal: str) -> Sequence[str] | None:
        """What a holder is there for; None where no component says."""
        holder = self.holders.get(principal)
        name = holder.resource.get("name") if holder else None
        return self.declared.get(name) if isinstance(name, str) else None

    def _is_undeclared(self, found: Reach) -> bool:
        if found.principal not in self.holders:  # the resource's own policy lets it in
            return False
        patterns = self.declared_for(found.principal) or ()
        return not any(holds(pattern, found.way.on) for pattern in patterns)


def prove(stack: Stack) -> Proof:
    """Draws every way of a stack."""
    held, resources = holders(stack), guarded(stack)
    reach = [*_of_holders(held, resources), *_of_policies(stack, held, resources)]
    return Proof(held, resources, declared(stack), reach, list(_doubts(held, resources)))


def _of_holders(held: Mapping[str, Holder], resources: Sequence[Guarded]) -> Iterator[Reach]:
    for urn, holder in held.items():
        for document in holder.documents:
            for resource in resources:
                yield from (Reach(urn, way) for way in ways(document, resource))


def _of_policies(
    stack: Stack, held: Mapping[str, Holder], resources: Sequence[Guarded]
) -> Iterator[Reach]:
    """Whom the policies of buckets and keys let in."""
    for source in stack.resources:
        for place in places(source):
            if place.document.kind is not Kind.RESOURCE:
                continue
            for resource in resources:
                if _may_be_about(source, resource):
                    yield from _let_in(place.document, held, resource)


def _may_be_about(source: Resource, resource: Guarded) -> bool:
    """A key's policy says `*` for the key itself; any other names what it is about."""
    if source.type not in KEYS:
        return resource.kind.word == "bucket"
    feeding = source.dependencies.get("keyId", ())
    return resource.urn in (source.urn, *feeding) or source.get("keyId") == resource.name


def _let_in(document: Document, held: Mapping[str, Holder], resource: Guarded) -> Iterator[Reach]:
    for statement in document.allowing:
        one = Document(document.kind, (statement, *_denying(document)), (), ())
        for principal in statement.principals:
            name = _named(principal, held)
            if statement.except_principals:
                name = f"{EVERYBODY_BUT}{name}"
            yield from (Reach(name, way) for way in ways(one, resource))


def _denying(document: Document) -> Iterator[Statement]:
    """What is denied to everybody."""
    for statement in document.statements:
        if not statement.allows and Principal("AWS", "*") in statement.principals:
            yield statement


def _named(principal: Principal, held: Mapping[str, Holder]) -> str:
    """URN of a holder of the stack that a policy names; of another principal, its value."""
    _, colon, path = principal.value.rpartition(":")
    kind, _, name = path.partition("/")
    for urn, holder in held.items():
        if colon and (holder.kind, holder.resource.get("name")) == (kind, name.rpartition("/")[2]):
            return urn
    return principal.value


def _doubts(held: Mapping[str, Holder], resources: Sequence[Guarded]) -> Iterator[Doubt]:
    for urn, holder in held.items():
        for document, fed_by in holder.held:
            if document.unknown:
                about = [Doubt(urn, resource) for resource in resources if resource.urn in fed_by]
                yield from about or [Doubt(urn, None)]
