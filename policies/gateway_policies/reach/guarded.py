"""What of a stack is worth a proof of who can reach it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from gateway_policies.iam.actions import catalogue
from gateway_policies.iam.arn import ANYTHING
from gateway_policies.iam.stack_rules import own_accounts
from gateway_policies.resource import Resource, Stack
from gateway_policies.sagemaker import ENDPOINT


class GuardedType(NamedTuple):
    """A type of resource, as the provider and as IAM name it."""

    word: str
    id: str
    """Property with the name that its ARNs end in."""
    templates: Sequence[str]
    """ARN templates of the action data; the name is their first variable besides the place's."""


_SAGEMAKER = "arn:${Partition}:sagemaker:${Region}:${Account}:"
_BUCKET = GuardedType(
    "bucket",
    "bucket",
    ("arn:${Partition}:s3:::${BucketName}", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"),
)
_KEY = GuardedType("key", "keyId", ("arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}",))
TYPES = {
    ENDPOINT: GuardedType("endpoint", "name", (f"{_SAGEMAKER}endpoint/${{EndpointName}}",)),
    "aws:sagemaker/featureGroup:FeatureGroup": GuardedType(
        "feature group", "featureGroupName", (f"{_SAGEMAKER}feature-group/${{FeatureGroupName}}",)
    ),
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:kms/key:Key": _KEY,
    "aws:kms/replicaKey:ReplicaKey": _KEY,
    "aws:kms/externalKey:ExternalKey": _KEY,
}
"""By type token."""

Arns = Sequence[tuple[str, Sequence[str]]]
"""Patterns of ARNs, each with the names of the actions that can be limited to it."""

_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Guarded:
    """An endpoint, a feature group, a bucket or a key of the stack."""

    type: GuardedType
    name: str | None
    """The name that its ARNs end in; None where it is not known yet."""
    urn: str
    place: Mapping[str, str] = field(default_factory=dict, compare=False)
    """`Region` and `Account`, as far as they are known."""

    @cached_property
    def arns(self) -> Arns:
        """Its ARNs. Where its name is not known yet, full wildcards alone meet them."""
        return self.arns_with(ANYTHING)

    def arns_with(self, unnamed: str) -> Arns:
        """The same. unnamed: stands for a name that is not known yet."""
        known = {"Partition": "*", "Region": "*", "Account": "*", **self.place}
        found = []
        for template in self.type.templates:
            named = next(v for v in _VARIABLE.findall(template) if v not in known)
            values = {**known, named: self.name or unnamed}
            parts = [values.get(v, "*") for v in _VARIABLE.findall(template)]
            found.append((_VARIABLE.sub("%s", template) % tuple(parts), actions_on(template)))
        return found

    def name_in(self, element: str) -> str:
        """What an element of Resource has where the name stands in ARNs of this type."""
        before = self.type.templates[0].rpartition(":")[2].partition("$")[0].count("/")
        parts = element.rpartition(":")[2].split("/")
        return parts[before] if len(parts) > before else parts[-1]


def guarded(stack: Stack) -> list[Guarded]:
    """All of a stack."""
    accounts = own_accounts(stack)
    account = {"Account": accounts.pop()} if len(accounts) == 1 else {}
    return [_guarded(resource, account) for resource in stack.of_types(TYPES)]


def _guarded(resource: Resource, account: Mapping[str, str]) -> Guarded:
    region = resource.get("region")
    place = {**account, "Region": region} if isinstance(region, str) else account
    kind = TYPES[resource.type]
    name = resource.get(kind.id)
    # SageMaker's ARNs have names in lower case, whatever case they were given in.
    if isinstance(name, str) and kind.templates[0].startswith(_SAGEMAKER):
        name = name.lower()
    return Guarded(kind, name if isinstance(name, str) else None, resource.urn, place)


@cache
def actions_on(template: str) -> Sequence[str]:
    """Names of the actions that can be limited to resources of a type."""
    return tuple(action.name for action in catalogue().values() if template in action.arns)
