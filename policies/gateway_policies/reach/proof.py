"""Who can reach what: every way in a stack, and which of them nobody declared."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gateway_policies.iam.document import Document, Kind, Principal, Statement
from gateway_policies.iam.holders import Held, Holder, holders
from gateway_policies.iam.overlap import holds
from gateway_policies.iam.places import KEYS, places
from gateway_policies.reach.assumed import assumable
from gateway_policies.reach.declared import Declaration, Declarations, declared
from gateway_policies.reach.guarded import Guarded, guarded
from gateway_policies.reach.principals import Principals
from gateway_policies.reach.ways import Way, may_open, ways
from gateway_policies.resource import Resource, Stack

GRANT = "aws:kms/grant:Grant"
EVERYBODY_BUT = "everybody but "
"""Stands before what NotPrincipal names."""
WHOM_ITS_POLICY_NAMES = "whom its own policy names"


@dataclass(frozen=True)
class Reach:
    """A way of somebody to something."""

    principal: str
    """URN of a role, a user or a group of the stack; or whom the policy of a resource names."""
    way: Way
    through: str = ""
    """URN of the role as which the principal acts; empty for its own policies."""


@dataclass(frozen=True)
class Doubt:
    """A policy that may open a way, or not: nobody can tell at preview."""

    principal: str
    """As that of Reach; or WHOM_ITS_POLICY_NAMES."""
    resource: Guarded | None
    """What it may be about; None where that may be anything."""
    why: str


@dataclass(frozen=True)
class Proof:
    """Everything that can be told of a stack."""

    holders: Mapping[str, Holder]
    """Roles, users and groups by their URNs."""
    resources: Sequence[Guarded]
    declarations: Declarations
    reach: Sequence[Reach]
    doubts: Sequence[Doubt]

    @cached_property
    def undeclared(self) -> list[Reach]:
        """Ways that no component declares; none at all where no component declares anything."""
        return [found for found in self._not_declared if not self._may_be_declared(found)]

    @cached_property
    def perhaps_undeclared(self) -> list[Reach]:
        """Ways that something which is not known yet may declare."""
        return [found for found in self._not_declared if self._may_be_declared(found)]

    def declared_for(self, principal: str) -> Declaration | None:
        """What a role is there for; None where no component says, and for whoever is no role."""
        holder = self.holders.get(principal)
        if holder is None or holder.kind != "role" or not isinstance(holder.name, str):
            return None
        return self.declarations.of_roles.get(holder.name)

    @cached_property
    def _not_declared(self) -> list[Reach]:
        # Whom a resource's own policy lets in by another name is that policy's business.
        judged = [found for found in self.reach if found.principal in self.holders]
        return [found for found in judged if self.declarations and not self._is_declared(found)]

    def _is_declared(self, found: Reach) -> bool:
        declaration = self.declared_for(found.principal) or Declaration()
        return any(holds(pattern, found.way.on) for pattern in declaration.patterns)

    def _may_be_declared(self, found: Reach) -> bool:
        declaration = self.declared_for(found.principal)
        if declaration is None:
            return self.declarations.anonymous
        return declaration.may_hold(found.way.resource.urn)


def prove(stack: Stack) -> Proof:
    """Draws every way of a stack."""
    held, resources = holders(stack), guarded(stack)
    principals = Principals(stack, held)
    shared = list(_shared(stack, resources))
    own = [*_of_holders(held, resources), *_let_in(shared, principals)]
    own += _granted(stack, resources, principals)
    reach = [*own, *_as_others(own, assumable(held, principals))]
    doubts = [*_about_holders(held, resources), *_about_shared(shared)]
    return Proof(held, resources, declared(stack), reach, doubts)


def _of_holders(held: Mapping[str, Holder], resources: Sequence[Guarded]) -> Iterator[Reach]:
    for urn, holder in held.items():
        for document in holder.documents:
            for resource in resources:
                yield from (Reach(urn, way) for way in ways(document, resource))


def _about_holders(held: Mapping[str, Holder], resources: Sequence[Guarded]) -> Iterator[Doubt]:
    for urn, holder in held.items():
        for policy in holder.held:
            if policy.document.unknown:
                yield from _about(urn, policy, resources)
            for resource in resources:
                if may_open(policy.document, resource):
                    yield Doubt(urn, resource, "a pattern that its name may fit")


def _about(urn: str, policy: Held, resources: Sequence[Guarded]) -> Iterator[Doubt]:
    if policy.outside:
        yield Doubt(urn, None, f"{policy.outside}, which is not in the stack")
        return
    why = "a policy that is not known before the update"
    about = [Doubt(urn, resource, why) for resource in resources if resource.urn in policy.fed_by]
    yield from about or [Doubt(urn, None, why)]


def _shared(stack: Stack, resources: Sequence[Guarded]) -> Iterator[tuple[Document, Guarded]]:
    """The policies of buckets and keys, each with what it is about."""
    for source in stack.resources:
        for place in places(source):
            if place.document.kind is Kind.RESOURCE:
                for resource in resources:
                    if _may_be_about(source, place.document, resource):
                        yield place.document, resource


def _let_in(shared: Sequence[tuple[Document, Guarded]], principals: Principals) -> Iterator[Reach]:
    """Whom those policies let in."""
    for document, resource in shared:
        for statement in document.allowing:
            one = Document(document.kind, (statement, *_denying(document)), (), ())
            for principal in statement.principals:
                name = principals.urn(principal) or principal.value
                if statement.except_principals:
                    name = f"{EVERYBODY_BUT}{name}"
                yield from (Reach(name, way) for way in ways(one, resource))


def _about_shared(shared: Sequence[tuple[Document, Guarded]]) -> Iterator[Doubt]:
    for document, resource in shared:
        if document.unknown:
            why = "a policy that is not known before the update"
            yield Doubt(WHOM_ITS_POLICY_NAMES, resource, why)


def _granted(stack: Stack, resources: Sequence[Guarded], principals: Principals) -> Iterator[Reach]:
    """https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"""
    for grant in stack.of_type(GRANT):
        operations, grantee = grant.get("operations"), grant.get("granteePrincipal")
        names = (
            [o for o in operations if isinstance(o, str)] if isinstance(operations, list) else []
        )
        value = grantee if isinstance(grantee, str) else "whom a grant names"
        key, feeding = grant.get("keyId"), grant.dependencies.get("keyId", ())
        for resource in resources:
            named = isinstance(key, str) and key.rpartition("/")[2] == resource.name
            if resource.type.word == "key" and (named or resource.urn in feeding):
                way = Way(resource, [f"kms:{name}" for name in names], f"grant {grant.urn}", False)
                yield Reach(principals.urn(Principal("AWS", value)) or value, way)


def _as_others(own: Sequence[Reach], becoming: Mapping[str, Collection[str]]) -> Iterator[Reach]:
    """What those who may assume a role reach as that role."""
    for urn, roles in becoming.items():
        for found in own:
            if found.principal in roles:
                yield Reach(urn, found.way, through=found.principal)


def _may_be_about(source: Resource, document: Document, resource: Guarded) -> bool:
    """A key's policy says `*` for the key itself; a bucket's names the bucket, if it is known."""
    word = resource.type.word
    if source.type in KEYS:
        feeding = source.dependencies.get("keyId", ())
        mine = resource.urn in (source.urn, *feeding) or source.get("keyId") == resource.name
        return word == "key" and mine
    if word != "bucket" or not source.type.startswith("aws:s3/"):
        return False
    feeding = source.dependencies.get("bucket", ())
    return not document.unknown or resource.urn in feeding or source.get("bucket") == resource.name


def _denying(document: Document) -> Iterator[Statement]:
    """What is denied to everybody."""
    for statement in document.statements:
        everybody = Principal("AWS", "*") in statement.principals
        if not statement.allows and everybody and not statement.except_principals:
            yield statement
