"""What the provider must know of a resource type beyond botocore's model, and what follows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from botocore.exceptions import ClientError

from local.aws import Aws
from local.provider import contract, mapping
from local.provider.wire import Properties

_POLL_SECONDS = 0.2


class ProviderError(Exception):
    """The local cloud did not do what was asked; the text says what and why."""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One Pulumi type over the create, read, update and delete operations of its service.

    Subclasses override what no table can say. Request members are found by name in the
    operation's shape; what cannot be found is refused.
    """

    pulumi_type: str
    service: str
    create: str
    read: str
    delete: str
    key: Mapping[str, str]
    """Properties that identify the resource, each with its member in read, update and delete."""
    generated_key: str = ""
    """The member that takes the id which the service generated; empty where the caller names it."""
    update: str | None = None
    """The updating operation; None: every change replaces the resource."""
    named_by: str = "name"
    """The property that gets a generated name when the program gives none; empty: none does."""
    within: str = ""
    """The request member that holds every property but the key."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """Property paths whose member has another name."""
    not_sent: frozenset[str] = frozenset()
    """Properties that create does not take: a subclass handles them, or they steer Pulumi only."""
    not_read: frozenset[str] = frozenset()
    """Request members that no read returns, so that they cannot be compared."""
    record: str = "@"
    """JMESPath of the resource in read's answer."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Output properties, each with its JMESPath in the record."""
    secrets: frozenset[str] = frozenset()
    """Outputs that are secret."""
    settled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """A record member, with the values at which a create or an update is over."""

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        """Parameters of `operation` (default: create). Raises mapping.UnknownProperty."""
        shape = contract.operation(self.service, operation or self.create).input_shape
        noun = self.pulumi_type.rpartition(":")[2]
        sent = {k: v for k, v in properties.items() if k not in self.not_sent}
        if not self.within:
            return mapping.to_request(shape, sent, {**self.key, **self.renames}, noun)
        keys = {k: v for k, v in sent.items() if k in self.key}
        inner = {k: v for k, v in sent.items() if k not in self.key}
        member = shape.members[self.within]
        return mapping.to_request(shape, keys, self.key, noun) | {
            self.within: mapping.to_request(member, inner, self.renames, noun)
        }

    def faults(self, properties: Properties) -> list[str]:
        """Every way in which the properties break the API's own constraints."""
        return contract.faults(self.service, self.create, self.request(properties))

    def replaces(self, name: str) -> bool:
        """Whether a change of property `name` replaces the resource."""
        return self.update is None or name in self.key or name == "region"

    def collides(self, old: Properties, new: Properties) -> bool:
        """Whether both cannot exist at once, since they are identified alike."""
        return not self.generated_key and all(old.get(n) == new.get(n) for n in self.key)

    def make(self, aws: Aws, properties: Properties) -> str:
        """Creates the resource and answers its id, once it is settled and reads back as sent.

        Raises ProviderError or ClientError, and then leaves nothing behind, so that the next
        `up` can create it.
        """
        answer = aws.call(self.service, self.create, self.request(properties))
        resource_id = self.identify(properties, answer)
        try:
            self.finish(aws, resource_id, properties)
            self._compare(properties, self._settle(aws, resource_id, properties))
        except (ProviderError, ClientError):
            self.remove(aws, resource_id, properties)
            raise
        return resource_id

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        """The id Pulumi keeps."""
        if self.generated_key:
            return str(answer["id"])
        return ":".join(str(properties[name]) for name in self.key)

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """Whatever takes further calls after create, and again after update."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Any:
        """The live record, or None if there is none."""
        try:
            answer = aws.call(self.service, self.read, self.address(resource_id, properties))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        return jmespath.search(self.record, answer)

    def change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """Updates in place. Raises ProviderError if a property did not change with it."""
        self.send_change(aws, resource_id, old, new)
        self.finish(aws, resource_id, new)
        self._compare(new, self._settle(aws, resource_id, new))

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """The updating call."""
        if self.update is None:
            raise ProviderError(f"{self.pulumi_type} has no update")
        aws.call(self.service, self.update, self.request(new, self.update))

    def remove(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """Deletes the resource; one that is gone already is no error."""
        try:
            self.send_delete(aws, resource_id, properties)
        except ClientError as error:
            if not is_missing(error):
                raise

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """The deleting call."""
        aws.call(self.service, self.delete, self.address(resource_id, properties))

    def address(self, resource_id: str, properties: Properties) -> dict[str, Any]:
        """What names the resource in read and delete."""
        address = {member: properties[name] for name, member in self.key.items()}
        if self.generated_key:
            address[self.generated_key] = resource_id
        return address

    def attributes(self, aws: Aws, resource_id: str, record: Any, properties: Properties) -> Any:
        """Output properties of a live record."""
        return {name: jmespath.search(path, record) for name, path in self.outputs.items()}

    def _settle(self, aws: Aws, resource_id: str, properties: Properties) -> Any:
        while True:
            record = self.look_up(aws, resource_id, properties)
            if record is None:
                raise ProviderError(f"{self.create}: {resource_id} is not there after the call")
            if all(record[member] in values for member, values in self.settled.items()):
                break
            time.sleep(_POLL_SECONDS)
        if any(record[member] == "Failed" for member in self.settled):
            reason = record.get("FailureReason", "no reason given")
            raise ProviderError(f"{resource_id} failed: {reason}")
        return record

    def _compare(self, properties: Properties, record: Mapping[str, Any]) -> None:
        """A member that was sent and does not read back was silently dropped: never accepted."""
        request = self.request(properties)
        sent = request[self.within] if self.within else request
        for member, value in sent.items():
            if member not in self.not_read and not _contains(record.get(member), value):
                raise ProviderError(
                    f"{self.create}: {member} was sent as {value!r} and reads back as "
                    f"{record.get(member)!r}; the local cloud must not drop it"
                )


def is_missing(error: ClientError) -> bool:
    """Whether an AWS error says that the resource does not exist."""
    code: str = error.response["Error"]["Code"]
    message: str = error.response["Error"]["Message"]
    return (
        code == "404"
        or code.startswith("NoSuch")
        or code.endswith(("NotFoundException", "NotFoundError"))
        or (code == "ValidationException" and message.startswith("Could not find"))
    )


def _contains(found: Any, sent: Any) -> bool:
    if isinstance(sent, dict):
        return isinstance(found, dict) and all(_contains(found.get(k), v) for k, v in sent.items())
    if isinstance(sent, list):
        return (
            isinstance(found, list)
            and len(found) == len(sent)
            and all(_contains(f, s) for f, s in zip(found, sent, strict=True))
        )
    return bool(found == sent)
