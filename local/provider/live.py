"""What a live record says, in Pulumi's properties: the mapping backwards, so that drift shows."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import StructureShape

from local.provider.comparison import contains
from local.provider.mapping import (
    PROVIDER_ONLY,
    Translation,
    is_block,
    is_pairs,
    pair_members,
    shape_at,
    without,
)
from local.provider.wire import Properties


def live_properties(
    names: Translation,
    shape: StructureShape,
    sent: Mapping[str, Any],
    record: Mapping[str, Any],
    path: str = "",
) -> Properties:
    """The properties that were sent, with the values that `record` has now.

    A value that AWS writes in another way but means the same stays as it was sent; a property
    that the record has lost is left out. Properties that were not sent are not looked for: AWS
    fills in defaults of its own. A map has none, so that it is told whole.
    """
    live: Properties = {}
    for name, value in sent.items():
        if value is None or name in PROVIDER_ONLY:
            live[name] = value
            continue
        members = names.members(shape, name, path)
        found: Any = record
        for member in members:
            found = found.get(member) if isinstance(found, Mapping) else None
        now = live_value(names, shape_at(shape, members), value, found, f"{path}{name}")
        if now is not None:
            live[name] = now
    return live


def live_value(names: Translation, shape: Any, sent: Any, found: Any, path: str) -> Any:
    """One property's live value, in the form in which it was sent. sent: None if it was not."""
    match shape.type_name:
        case "structure" if isinstance(sent, Mapping) and isinstance(found, Mapping):
            return live_properties(names, shape, sent, found, f"{path}.")
        case "structure" if is_block(sent) and isinstance(found, Mapping):
            return [live_properties(names, shape, sent[0], found, f"{path}.")]
        case "list" if isinstance(sent, list) and isinstance(found, list):
            # An item that was not sent is told in the terms of the last that was.
            templates = sent + sent[-1:] * (len(found) - len(sent))
            pairs = zip(templates or [None] * len(found), found, strict=False)
            return [live_value(names, shape.member, item, now, path) for item, now in pairs]
        case "map" if path in names.keyed_by and isinstance(sent, list) and found:
            return _keyed(names, shape, sent, found, path)
        case "map" if isinstance(sent, Mapping) and isinstance(found, Mapping):
            return {
                key: live_value(names, shape.value, sent.get(key), now, path)
                for key, now in found.items()
            }
    if sent is not None and contains(found, names.value(shape, sent, path)):
        return sent
    if found is None:
        return None
    match shape.type_name:
        case "list" if is_pairs(shape, sent):
            name, member = pair_members(shape) or ("", "")
            return {item[name]: item.get(member) for item in found}
        case "list" if sent is not None:
            return live_value(names, shape.member, sent, found[0] if found else None, path)
        case _:
            return _plain(found, sent)


def _keyed(names: Translation, shape: Any, sent: list[Any], found: Any, path: str) -> list[Any]:
    """The items in the order in which they were sent, then those that came."""
    key = names.keyed_by[path]
    templates = {item.get(key): without(item, key) for item in sent}
    spare = next(iter(templates.values()), {})
    order = [name for name in templates if name in found]
    order += [name for name in found if name not in templates]
    return [
        {
            key: name,
            **live_value(names, shape.value, templates.get(name, spare), found[name], path),
        }
        for name in order
    ]


def plain(value: Any) -> Any:
    """A value of a record as it can cross the wire: times as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _plain(found: Any, sent: Any) -> Any:
    value = plain(found)
    if isinstance(sent, str) and not isinstance(value, str):
        return json.dumps(value)
    return value
