"""A resource type at work: create, read, update and delete, each compared with what was asked."""

from dataclasses import dataclass

import jmespath
from botocore.exceptions import ClientError

from local.aws import Aws
from local.provider import contract
from local.provider.errors import ProviderError, is_missing
from local.provider.live import plain
from local.provider.mapping import PROVIDER_ONLY
from local.provider.type_table import Record, TypeTable
from local.provider.wire import Properties

_POLL_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class ResourceType(TypeTable):
    """What a table's type does over its service's API.

    Subclasses override what no table can say.
    """

    def make(self, aws: Aws, properties: Properties) -> tuple[str, Record]:
        """Creates the resource; answers id and record, once it is settled and reads back as sent.

        Raises ProviderError or ClientError, and then leaves nothing behind, so that the next
        `up` can create it.
        """
        answer = contract.call(aws, self.service, self.create, self._create_request(properties))
        resource_id = self.identify(properties, answer)
        try:
            self.finish(aws, resource_id, properties)
            record = self._settle(aws, resource_id, properties)
            self.compare(properties, record)
            if self.tagging and (tags := properties.get("tags")):
                self.tagging.check(aws, self._tag_names(aws, resource_id, record, properties), tags)
        except (ProviderError, ClientError):
            self.remove(aws, resource_id, properties)
            raise
        return resource_id, record

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """Whatever takes further calls after create, and again after update."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        """The live record, or None if there is none."""
        try:
            answer = aws.call(self.service, self.read, self.address(resource_id, properties))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        record: Record | None = jmespath.search(self.record, answer)
        return record

    def change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> Record:
        """Updates in place. Raises ProviderError if a property did not change with it."""
        if _without_tags(old) != _without_tags(new):
            self.send_change(aws, resource_id, old, new)
            self.finish(aws, resource_id, new)
        record = self._settle(aws, resource_id, new)
        self.compare(new, record)
        before, after = old.get("tags") or {}, new.get("tags") or {}
        if self.tagging and before != after:
            names = self._tag_names(aws, resource_id, record, new)
            self.tagging.change(aws, names, before, after)
            self.tagging.check(aws, names, after)
        return record

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """The updating call."""
        if self.update is None:
            raise ProviderError(f"{self.pulumi_type} has no update")
        request = self.request(new, self.update)
        if self.generated_key:
            request[self.generated_key] = resource_id
        contract.call(aws, self.service, self.update, request)

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

    def attributes(
        self, aws: Aws, resource_id: str, record: Record, properties: Properties
    ) -> Properties:
        """Output properties of a live record, but for its tags."""
        values = properties | {
            "id": resource_id,
            "region": aws.region,
            "account": aws.account_id,
            "gateway": aws.gateway_url,
        }
        found = {name: plain(jmespath.search(path, record)) for name, path in self.outputs.items()}
        return found | {name: text.format(**values) for name, text in self.computed.items()}

    def live(
        self, aws: Aws, resource_id: str, record: Record, properties: Properties
    ) -> Properties:
        """The inputs with the values that the live record and its tags have now."""
        live = self.live_inputs(record, properties)
        if self.tagging:
            live.pop("tags", None)
            names = self._tag_names(aws, resource_id, record, properties)
            tags = self.tagging.current(aws, names)
            if tags or properties.get("tags") is not None:  # an empty map stays one
                live["tags"] = tags
        return live

    def _tag_names(
        self, aws: Aws, resource_id: str, record: Record, properties: Properties
    ) -> Properties:
        attributes = self.attributes(aws, resource_id, record, properties)
        return properties | attributes | {"id": resource_id}

    def _settle(self, aws: Aws, resource_id: str, properties: Properties) -> Record:
        while True:
            record = self.look_up(aws, resource_id, properties)
            if record is None:
                raise ProviderError(f"{self.create}: {resource_id} is not there after the call")
            if self.settling is None:
                return record
            state = record[self.settling.member]
            if state == self.settling.done:
                return record
            if state not in self.settling.pending:
                reason = record.get("FailureReason", "no reason given")
                raise ProviderError(f"{resource_id} is {state}: {reason}")
            self.sleep(_POLL_SECONDS)


def _without_tags(properties: Properties) -> Properties:
    return {k: v for k, v in properties.items() if k not in {"tags", *PROVIDER_ONLY}}
