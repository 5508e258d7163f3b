"""What of a stack is worth a proof of who can reach it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from gateway_policies.iam.actions import catalogue
from gateway_policies.iam.arn import ANYTHING
from gateway_policies.resource import Resource, Stack
from gateway_policies.sagemaker import ENDPOINT


class Kind(NamedTuple):
    """A kind of resource, as the provider and as IAM name it."""

    word: str
    id: str
    """Property with the name that its ARNs end in."""
    templates: Sequence[str]
    """ARN templates of the action data, with the name as their first variable after the account."""


_BUCKET = Kind(
    "bucket",
    "bucket",
    ("arn:${Partition}:s3:::${BucketName}", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"),
)
_KEY = Kind("key", "keyId", ("arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}",))
KINDS = {
    ENDPOINT: Kind(
        "endpoint",
        "name",
        ("arn:${Partition}:sagemaker:${Region}:${Account}:endpoint/${EndpointName}",),
    ),
    "aws:sagemaker/featureGroup:FeatureGroup": Kind(
        "feature group",
        "featureGroupName",
        ("arn:${Partition}:sagemaker:${Region}:${Account}:feature-group/${FeatureGroupName}",),
    ),
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:kms/key:Key": _KEY,
    "aws:kms/replicaKey:ReplicaKey": _KEY,
}
"""Kinds by resource type."""

_PLACE = re.compile(r"\$\{(?:Partition|Region|Account)\}")
_VARIABLE = re.compile(r"\$\{\w+\}")


@dataclass(frozen=True)
class Guarded:
    """An endpoint, a feature group, a bucket or a key of the stack."""

    kind: Kind
    name: str | None
    """The name that its ARNs end in; None where it is not known yet."""
    urn: str

    @property
    def arns(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Patterns of its ARNs in any account, each with the actions that can be limited to it.

        A name that is not known yet is none that anybody can have written: wildcards meet it alone.
        """
        for template in self.kind.templates:
            pattern = _VARIABLE.sub(self.name or ANYTHING, _PLACE.sub("*", template), count=1)
            yield _VARIABLE.sub("*", pattern), actions_on(template)


def guarded(stack: Stack) -> list[Guarded]:
    """All of a stack."""
    return [
        Guarded(KINDS[resource.type], _name(resource), resource.urn)
        for resource in stack.of_types(KINDS)
    ]


def _name(resource: Resource) -> str | None:
    kind = KINDS[resource.type]
    value = resource.get(kind.id)
    if not isinstance(value, str):
        return None
    # SageMaker's ARNs have names in lower case, whatever case they were given in.
    return value.lower() if ":sagemaker:" in kind.templates[0] else value


@cache
def actions_on(template: str) -> Sequence[str]:
    """Names of the actions that can be limited to resources of a type."""
    return tuple(action.name for action in catalogue().values() if template in action.arns)
