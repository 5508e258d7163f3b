"""Tags: each service has operations of its own for them.

As in the real plugin the provider's default tags are merged into a resource's `tags` when its
inputs are checked, and `tagsAll` is the same as `tags`:
https://github.com/pulumi/pulumi-aws/pull/2655
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from botocore.exceptions import ClientError

from local.aws import Aws
from local.provider import contract
from local.provider.errors import ProviderError, is_missing
from local.provider.wire import UNKNOWN, Properties

Tags = Mapping[str, str]

_RESERVED = "aws:"
"""AWS's own tags: no program sets them, so none is told of them."""


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """How one service takes tags.

    address: members that name the resource in the operations below, each with the property or
    output that is the name ("id": the id that Pulumi keeps). pair: the two members of a tag in a
    list of tags; None where the service takes a map. create: the member of the creating operation
    that takes tags; None if none does. found: JMESPath of the tags in `read`'s answer.
    """

    service: str
    tag: str
    untag: str
    read: str
    address: Mapping[str, str]
    pair: tuple[str, str] | None = ("Key", "Value")
    create: str | None = "Tags"
    member: str = "Tags"
    keys: str = "TagKeys"
    found: str = "Tags"

    def at_create(self, tags: Tags) -> dict[str, Any]:
        """What create takes for the tags."""
        return {self.create: self._sent(tags)} if tags and self.create else {}

    def current(self, aws: Aws, names: Mapping[str, Any]) -> dict[str, str]:
        """The tags that the resource has now. names: properties, outputs and id."""
        try:
            answer = aws.call(self.service, self.read, self._address(names))
        except ClientError as error:
            if is_missing(error):
                return {}
            raise
        found = jmespath.search(self.found, answer) or {}
        if self.pair:
            key, value = self.pair
            found = {tag[key]: tag[value] for tag in found}
        return {key: value for key, value in found.items() if not key.startswith(_RESERVED)}

    def change(self, aws: Aws, names: Mapping[str, Any], old: Tags, new: Tags) -> None:
        """Takes off what is gone, and puts on what is new or has another value."""
        gone = sorted(set(old) - set(new))
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        address = self._address(names)
        if gone:
            contract.call(aws, self.service, self.untag, address | {self.keys: gone})
        if changed:
            contract.call(aws, self.service, self.tag, address | {self.member: self._sent(changed)})

    def check(self, aws: Aws, names: Mapping[str, Any], sent: Tags) -> None:
        """Raises ProviderError if the service has other tags than were sent."""
        found = self.current(aws, names)
        if found != dict(sent):
            raise ProviderError(
                f"{self.tag}: tags were sent as {dict(sent)} and read back as {found}; "
                "the local cloud must not drop them"
            )

    def _sent(self, tags: Tags) -> Any:
        if self.pair is None:
            return dict(tags)
        key, value = self.pair
        return [{key: name, value: text} for name, text in tags.items()]

    def _address(self, names: Mapping[str, Any]) -> dict[str, Any]:
        return {member: names[name] for member, name in self.address.items()}


@dataclass(frozen=True, kw_only=True)
class WholeTagging(Tagging):
    """S3 takes all tags of a bucket or an object at once, and none while it is created."""

    create: str | None = None
    member: str = "Tagging"
    found: str = "TagSet"

    def change(self, aws: Aws, names: Mapping[str, Any], old: Tags, new: Tags) -> None:
        """Puts all tags, or takes all off."""
        address = self._address(names)
        if new:
            request = address | {self.member: {"TagSet": self._sent(new)}}
            contract.call(aws, self.service, self.tag, request)
        else:
            contract.call(aws, self.service, self.untag, address)


def default_tags(config: Properties) -> Any:
    """The default tags in a provider's configuration; UNKNOWN if they are not known yet.

    The SDK sends a provider's structures as JSON text.
    """
    given = config.get("defaultTags") or {}
    if isinstance(given, str):
        if UNKNOWN in given:
            return UNKNOWN
        given = json.loads(given)
    return given.get("tags") or {}


def merged(defaults: Any, tags: Any) -> Any:
    """Default tags under the resource's own; UNKNOWN if either is not known yet."""
    if UNKNOWN in (defaults, tags):
        return UNKNOWN
    return {**defaults, **(tags or {})}
