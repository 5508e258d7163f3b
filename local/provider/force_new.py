"""Which properties replace a resource when they change: facts of the real plugin, kept as data."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from local.provider.wire import UNKNOWN, Properties

_TABLE = Path(__file__).with_name("force_new.json")


@cache
def table() -> dict[str, Any]:
    """The facts: by type the paths that replace, and those whose coming and going does.

    `source` says where they come from, and which type was read in which version.
    """
    facts: dict[str, Any] = json.loads(_TABLE.read_text())
    return facts


def replaces(pulumi_type: str, path: str, old: Properties, new: Properties) -> bool:
    """Whether a change at `path`, written without indices, replaces a resource of the type.

    A block that is not known yet neither comes nor goes; `up` decides when it is known.
    """
    if any(_below(path, listed) for listed in ("region", *table()["replaces"][pulumi_type])):
        return True
    blocks = table()["replaces_when_added_or_removed"].get(pulumi_type, [])
    return any(
        _below(block, path) and {_is_there(old, block), _is_there(new, block)} == {True, False}
        for block in blocks
    )


def _below(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}.")


def _is_there(properties: Properties, path: str) -> bool | None:
    """None if it is not known yet."""
    value: Any = properties
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
        if value == UNKNOWN:
            return None
    return value is not None
