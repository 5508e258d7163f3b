"""API Gateway's types: they are updated by patch operations, which change single values at paths.

https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.model import StructureShape

from local.aws import Aws
from local.provider import contract
from local.provider.resource_type import ResourceType
from local.provider.wire import Properties

Operation = dict[str, str]

_WHOLE = frozenset({"/accessLogSettings", "/quota", "/throttle"})
"""Structures that are taken off as a whole."""
_ITEM_IN_PATH = "/binaryMediaTypes"
"""The one list whose items stand in the path and not in the value."""


def escape(name: str) -> str:
    """A step of a path: https://www.rfc-editor.org/rfc/rfc6901#section-3."""
    return name.replace("~", "~0").replace("/", "~1")


def operations(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str = ""
) -> Iterator[Operation]:
    """Patch operations that turn `old` members into `new` ones."""
    for name in sorted({*old, *new}):
        before, after, here = old.get(name), new.get(name), f"{path}/{escape(name)}"
        if before == after:
            continue
        if here == "/apiStages":
            yield from _stage_operations(before or [], after or [])
        elif isinstance(before or after, list):
            yield from _list_operations(here, before or [], after or [])
        elif isinstance(before or after, dict) and not (after is None and here in _WHOLE):
            yield from operations(before or {}, after or {}, here)
        elif after is None:
            yield {"op": "remove", "path": here}
        else:
            yield {"op": "replace", "path": here, "value": _text(after)}


def _list_operations(path: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Operation]:
    if path == "/endpointConfiguration/types":  # always one, and only ever replaced
        yield {"op": "replace", "path": f"{path}/{before[0]}", "value": after[0]}
        return
    changes = [("remove", item) for item in before if item not in after]
    changes += [("add", item) for item in after if item not in before]
    for verb, item in changes:
        if path == _ITEM_IN_PATH:
            yield {"op": verb, "path": f"{path}/{escape(item)}"}
        else:
            yield {"op": verb, "path": path, "value": item}


def _stage_operations(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[Operation]:
    """A stage that changes is taken out and put in again, with its methods' throttles."""
    for stage in before:
        if stage not in after:
            yield {"op": "remove", "path": "/apiStages", "value": api_stage(stage)}
    for stage in after:
        if stage not in before:
            yield {"op": "add", "path": "/apiStages", "value": api_stage(stage)}
            for method, limits in sorted(stage.get("throttle", {}).items()):
                for limit, value in sorted(limits.items()):
                    path = f"/apiStages/{api_stage(stage)}/throttle/{method}/{limit}"
                    yield {"op": "replace", "path": path, "value": _text(value)}


def api_stage(stage: Mapping[str, Any]) -> str:
    """A usage plan's stage as patch operations name it."""
    return f"{stage['apiId']}:{stage['stage']}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, kw_only=True)
class Patched(ResourceType):
    """A type that is updated by patch operations.

    after_create: properties that create does not take and a patch sets at once.
    """

    after_create: frozenset[str] = frozenset()

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        """Parameters of create, which takes not all properties."""
        kept = {k: v for k, v in properties.items() if k not in self.after_create}
        return super().request(kept, operation)

    def faults(self, properties: Properties) -> list[str]:
        """Those in what create does not take are named as if it did."""
        later = contract.shape_faults(self._record_shape(), self._later(properties), self.create)
        return [*super().faults(properties), *later]

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """What create does not take; after an update it stands already."""
        record = self.look_up(aws, resource_id, properties) if self.after_create else None
        wanted = self._later(properties)
        found = {name: (record or {}).get(name) for name in wanted}
        self.patch(aws, resource_id, properties, list(operations(found, wanted)))

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """Patches what differs."""
        before, after = self._members(old), self._members(new)
        self.patch(aws, resource_id, new, list(operations(before, after)))

    def parts(self, properties: Properties) -> Iterator[tuple[StructureShape, Properties]]:
        """What create does not take is named by the record's own shape."""
        later = {k: v for k, v in properties.items() if k in self.after_create}
        for shape, sent in super().parts(properties):
            yield shape, {k: v for k, v in sent.items() if k not in later}
        yield self._record_shape(), later

    def patch(
        self, aws: Aws, resource_id: str, properties: Properties, changes: list[Operation]
    ) -> None:
        """Sends patch operations, if there are any."""
        if changes and self.update:
            request = self.address(resource_id, properties) | {"patchOperations": changes}
            contract.call(aws, self.service, self.update, request)

    def _members(self, properties: Properties) -> dict[str, Any]:
        return self.request(properties) | self._later(properties)

    def _later(self, properties: Properties) -> dict[str, Any]:
        later = {k: v for k, v in properties.items() if k in self.after_create}
        return self.names.request(self._record_shape(), later)

    def _record_shape(self) -> StructureShape:
        shape: StructureShape = contract.operation(self.service, self.read).output_shape
        return shape
