"""Roles, users and groups of a stack, each with all of its policies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway_policies.iam.document import Document, Kind
from gateway_policies.iam.places import ROLE, places
from gateway_policies.resource import UNKNOWN, Resource, Stack

HOLDERS = {ROLE: "role", "aws:iam/user:User": "user", "aws:iam/group:Group": "group"}
"""What can have policies: the word for it, by resource type."""

GIVING = {
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:iam/userPolicy:UserPolicy": "user",
    "aws:iam/groupPolicy:GroupPolicy": "group",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "user",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "group",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "roleName",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "userName",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "groupName",
}
"""Resources that give policies to one holder: the property that names it."""

EXCLUSIVE = "aws:iam/policyAttachment:PolicyAttachment"
"""Gives a managed policy to holders in lists, `roles`, `users` and `groups`."""
MANAGED = "aws:iam/policy:Policy"
NOT_NAMED = "a policy that is not known yet"
ATTACHING = ("managedPolicyArns", "policyArn", "policyArns")
"""Properties that name managed policies."""


class Held(NamedTuple):
    """A policy of a holder."""

    document: Document
    fed_by: Sequence[str] = ()
    """URNs of the resources that it takes values from."""
    outside: str = ""
    """ARN of a managed policy that is none of the stack's, or NOT_NAMED: no document is known."""


@dataclass(eq=False)
class Holder:
    """A role, a user or a group."""

    resource: Resource
    held: list[Held] = field(default_factory=list)
    """Its inline policies, and the attached ones that are resources of the stack."""

    @property
    def documents(self) -> list[Document]:
        """Its policies."""
        return [held.document for held in self.held]

    @property
    def name(self) -> object:
        """Its name, where that is known."""
        return self.resource.get("name")

    @property
    def kind(self) -> str:
        """`role`, `user` or `group`."""
        return HOLDERS[self.resource.type]


def holders(stack: Stack) -> Mapping[str, Holder]:
    """Every holder of the stack, by its URN."""
    found = {resource.urn: Holder(resource) for resource in stack.of_types(HOLDERS)}
    named = {(h.kind, h.name): h for h in found.values() if isinstance(h.name, str)}
    managed = _Managed(stack)
    for holder in found.values():
        holder.held += _held(holder.resource, managed)
    for resource in stack.of_types([*GIVING, EXCLUSIVE]):
        given = list(_held(resource, managed))
        for holder in _receivers(resource, named, found):
            holder.held += given
    return found


class _Managed:
    """Managed policies of the stack, by what an attachment names them by."""

    def __init__(self, stack: Stack) -> None:
        self._by_urn = {policy.urn: policy for policy in stack.of_type(MANAGED)}
        self._by_name = {
            name: policy
            for policy in self._by_urn.values()
            if isinstance(name := policy.get("name"), str)
        }

    def of(self, resource: Resource) -> Iterator[Resource | str]:
        """The policies that a resource attaches; the ARN of one that the stack does not have."""
        for name in ATTACHING:
            value = resource.get(name)
            for arn in value if isinstance(value, list) else [value]:
                if isinstance(arn, str):
                    yield self._by_arn(arn) or arn
            if value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value):
                feeding = resource.dependencies.get(name, ())
                found = [self._by_urn[urn] for urn in feeding if urn in self._by_urn]
                yield from found
                if not found:
                    yield NOT_NAMED

    def _by_arn(self, arn: str) -> Resource | None:
        owner, _, name = arn.partition(":policy/")
        return None if owner.endswith(":aws") else self._by_name.get(name.rpartition("/")[2])


def _held(resource: Resource, managed: _Managed) -> Iterator[Held]:
    """Identity policies in a resource, and those that it attaches."""
    yield from _inside(resource)
    for policy in managed.of(resource):
        if isinstance(policy, str):
            yield Held(Document(Kind.IDENTITY, (), ("",), ()), outside=policy)
        else:
            yield from _inside(policy)


def _inside(resource: Resource) -> Iterator[Held]:
    for place in places(resource):
        if place.document.kind is Kind.IDENTITY:
            yield Held(place.document, place.fed_by(resource))


def _receivers(
    resource: Resource, named: Mapping[tuple[str, str], Holder], found: Mapping[str, Holder]
) -> Iterator[Holder]:
    for kind, name in _naming(resource.type).items():
        value = resource.get(name)
        texts = value if isinstance(value, list) else [value]
        known = [
            named[kind, text] for text in texts if isinstance(text, str) and (kind, text) in named
        ]
        yield from known
        if UNKNOWN in texts or not known:
            fed = (found[urn] for urn in resource.dependencies.get(name, ()) if urn in found)
            yield from (holder for holder in fed if holder not in known)


def _naming(token: str) -> Mapping[str, str]:
    """The property that names the holders, by their kind."""
    if token == EXCLUSIVE:
        return {kind: f"{kind}s" for kind in HOLDERS.values()}
    return {GIVING[token].removesuffix("Name"): GIVING[token]}
