"""Roles, users and groups of a stack, each with all of its policies."""

import re
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
}
"""Resources that give a policy to one holder: the property that names it."""

EXCLUSIVE = "aws:iam/policyAttachment:PolicyAttachment"
"""Gives a managed policy to holders in lists, `roles`, `users` and `groups`."""
MANAGED = "aws:iam/policy:Policy"


class Held(NamedTuple):
    """A policy of a holder."""

    document: Document
    fed_by: Sequence[str]
    """URNs of the resources that it takes values from."""


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
    def kind(self) -> str:
        """`role`, `user` or `group`."""
        return HOLDERS[self.resource.type]


def holders(stack: Stack) -> Mapping[str, Holder]:
    """Every holder of the stack, by its URN."""
    found = {resource.urn: Holder(resource) for resource in stack.of_types(HOLDERS)}
    named = {(h.kind, h.resource.get("name")): h for h in found.values() if h.resource.get("name")}
    managed = {policy.urn: policy for policy in stack.of_type(MANAGED)}
    for holder in found.values():
        holder.held += _documents_of(holder.resource, managed, "managedPolicyArns")
    for resource in stack.of_types([*GIVING, EXCLUSIVE]):
        given = list(_documents_of(resource, managed, "policyArn"))
        for holder in _receivers(resource, named, found):
            holder.held += given
    return found


def _documents_of(
    resource: Resource, managed: Mapping[str, Resource], attaching: str
) -> Iterator[Held]:
    """Identity policies in a resource, and those that it names in the property `attaching`."""
    for source in (resource, *_fed(resource, attaching, managed)):
        for place in places(source):
            if place.document.kind is Kind.IDENTITY:
                top = re.split(r"[.[]", place.path, maxsplit=1)[0]
                yield Held(place.document, source.dependencies.get(top, ()))


def _fed(resource: Resource, name: str, by: Mapping[str, Resource]) -> Iterator[Resource]:
    return (by[urn] for urn in resource.dependencies.get(name, ()) if urn in by)


def _receivers(
    resource: Resource, named: Mapping[tuple[str, object], Holder], found: Mapping[str, Holder]
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
    return {GIVING[token]: GIVING[token]}
