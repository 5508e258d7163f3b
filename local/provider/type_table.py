"""What the provider must know of a resource type beyond botocore's model."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from botocore.model import StructureShape

from local.provider import contract
from local.provider.comparison import contains
from local.provider.coverage import PropertyRefused, refused
from local.provider.errors import ProviderError
from local.provider.live import live_properties, plain
from local.provider.mapping import PROVIDER_ONLY, Translation
from local.provider.tags import Tagging
from local.provider.wire import Properties

Record = dict[str, Any]

_UNIQUE = "0" * 26
"""Stands for what is put after a prefix while a name is not generated yet."""


@dataclass(frozen=True, kw_only=True)
class Settling:
    """A record member that says how far a create or an update is, and the values of it.

    Any other value is a failure, with its reason in FailureReason.
    """

    member: str
    pending: frozenset[str]
    done: str


@dataclass(frozen=True, kw_only=True)
class TypeTable:
    """One Pulumi type over the create, read, update and delete operations of its service.

    Request members are found by name in the operation's shape; what cannot be found is refused.
    """

    pulumi_type: str
    service: str
    create: str
    read: str
    delete: str
    key: Mapping[str, str]
    """Properties that identify the resource, each with its member in read, update and delete."""
    used: frozenset[str]
    """Paths of the properties that change what the local cloud does."""
    inert: frozenset[str] = frozenset()
    """Paths of those that it keeps and reads back, and that change nothing on one machine."""
    generated_key: str = ""
    """The member that takes the id which the service generated; empty where the caller names it."""
    update: str | None = None
    """The updating operation; None where the API has none."""
    named_by: str = "name"
    """The property that gets a generated name when the program gives none; empty: none does."""
    prefixed_by: str = ""
    """The property after which a generated name begins instead."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """See mapping.Translation."""
    keyed_by: Mapping[str, str] = field(default_factory=dict)
    """See mapping.Translation."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """See mapping.Translation."""
    not_sent: frozenset[str] = frozenset()
    """Properties that create does not take: a subclass handles them, or they steer Pulumi only."""
    found_at: Mapping[str, str] = field(default_factory=dict)
    """Those of them that can be read back, each with its JMESPath in the record."""
    not_read: frozenset[str] = frozenset()
    """Request members that no read returns, so that they cannot be compared."""
    rolled_back: frozenset[str] = frozenset()
    """Request members to which AWS may have given their old values again, without an error."""
    record: str = "@"
    """JMESPath of the resource in read's answer."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Output properties, each with its JMESPath in the record."""
    computed: Mapping[str, str] = field(default_factory=dict)
    """Output properties made of {id}, {region}, {account}, {gateway} and the inputs' names."""
    moving: frozenset[str] = frozenset()
    """Outputs that an update may change, so that they are unknown at its preview."""
    secrets: frozenset[str] = frozenset()
    """Outputs that are secret."""
    settling: Settling | None = None
    """What to wait for after a create or an update; None: both are over with their call."""
    tagging: Tagging | None = None
    """How the service takes tags; None where the type has none."""
    sleep: Callable[[float], None] = time.sleep
    """Waits between two looks at what settles."""

    @property
    def names(self) -> Translation:
        """The names of the type's properties in the API."""
        noun = self.pulumi_type.rpartition(":")[2]
        return Translation({**self.key, **self.renames}, self.keyed_by, self.defaults, noun)

    def output_names(self) -> list[str]:
        """Names of all output properties."""
        return [*self.outputs, *self.computed, *(["tagsAll"] if self.tagging else [])]

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        """Parameters of `operation` (default: create). Raises mapping.UnknownProperty."""
        shape = self.shape(operation or self.create)
        return self.names.request(shape, self._sent(properties))

    def shape(self, operation: str) -> StructureShape:
        """The input of one of the service's operations."""
        shape: StructureShape = contract.operation(self.service, operation).input_shape
        return shape

    def refuse_unknown(self, properties: Properties) -> None:
        """Raises PropertyRefused for a property that is neither used nor kept."""
        listed = self.used | self.inert | PROVIDER_ONLY | ({"tags"} if self.tagging else set())
        for path in refused(properties, listed):
            raise PropertyRefused(self.pulumi_type, path)

    def faults(self, properties: Properties) -> list[str]:
        """Every way in which the properties break the API's own constraints."""
        named = properties
        if self.prefixed_by and self.named_by not in properties:
            named = properties | {self.named_by: f"{properties[self.prefixed_by]}{_UNIQUE}"}
        return contract.faults(self.service, self.create, self._create_request(named))

    def collides(self, old: Properties, new: Properties) -> bool:
        """Whether both cannot exist at once, since they are identified alike."""
        return not self.generated_key and all(old.get(n) == new.get(n) for n in self.key)

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        """The id Pulumi keeps."""
        if self.generated_key:
            return str(answer["id"])
        return ":".join(str(properties[name]) for name in self.key)

    def address(self, resource_id: str, properties: Properties) -> dict[str, Any]:
        """What names the resource in read and delete."""
        address = {member: properties[name] for name, member in self.key.items()}
        if self.generated_key:
            address[self.generated_key] = resource_id
        return address

    def live_inputs(self, record: Record, properties: Properties) -> Properties:
        """The inputs, but for tags, with the values that the live record has now."""
        live = dict(properties)
        for shape, sent in self.parts(properties):
            readable = self._readable(shape, sent, properties)
            live = {name: value for name, value in live.items() if name not in readable}
            live |= live_properties(self.names, shape, readable, record)
        for name, path in self.found_at.items():
            found = plain(jmespath.search(path, record))
            if name in properties and not contains(found, properties[name]):
                live[name] = found
        return live

    def parts(self, properties: Properties) -> Iterator[tuple[StructureShape, Properties]]:
        """Properties that read back, in parts, each with the shape whose members name them."""
        yield self.shape(self.create), self._sent(properties)

    def compare(self, properties: Properties, record: Record) -> None:
        """A member that was sent and does not read back was silently dropped: never accepted."""
        pairs = [
            (member, value, record.get(member))
            for shape, part in self.parts(properties)
            for member, value in self.names.request(shape, part).items()
            if member not in self.not_read | self.rolled_back
        ]
        pairs += [
            (name, properties[name], plain(jmespath.search(path, record)))
            for name, path in self.found_at.items()
            if properties.get(name) is not None
        ]
        for name, sent, found in pairs:
            if not contains(found, sent):
                raise ProviderError(
                    f"{self.create}: {name} was sent as {sent!r} and reads back as {found!r}; "
                    "the local cloud must not drop it"
                )

    def _create_request(self, properties: Properties) -> dict[str, Any]:
        tags = properties.get("tags") or {}
        return self.request(properties) | (self.tagging.at_create(tags) if self.tagging else {})

    def _sent(self, properties: Properties) -> Properties:
        steering = self.not_sent | ({"tags"} if self.tagging else set()) | {self.prefixed_by}
        defaults = {path: value for path, value in self.defaults.items() if "." not in path}
        sent = defaults | properties
        return {name: value for name, value in sent.items() if name not in steering}

    def _readable(
        self, shape: StructureShape, sent: Properties, properties: Properties
    ) -> Properties:
        return {
            name: value
            for name, value in sent.items()
            if name in properties.keys() - PROVIDER_ONLY
            and self.names.members(shape, name)[0] not in self.not_read
        }
