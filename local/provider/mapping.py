"""Pulumi's camelCase properties to the members of an API request, by the operation's shape.

Pulumi's names are Terraform's snake case, which are AWS's names with other capitals, so folding
both sides finds most of them; the rest are renames in the type's own table.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape, StructureShape

# Properties that every type has and no API takes.
_PROVIDER_ONLY = frozenset({"region", "__defaults"})


class UnknownProperty(ValueError):
    """A property that no member of the request stands for, or one that another stands for."""

    def __init__(self, path: str, shape: str) -> None:
        super().__init__(f"{path}: the local cloud knows no member of {shape} for it")
        self.property = path


def fold(name: str) -> str:
    """The letters of a name, without case and separators."""
    return re.sub(r"[^0-9a-z]", "", name.lower())


def to_request(
    shape: StructureShape,
    properties: Mapping[str, Any],
    renames: Mapping[str, str],
    noun: str = "",
    path: str = "",
) -> dict[str, Any]:
    """Request parameters for `properties`. Raises UnknownProperty: nothing is ever dropped.

    noun: the type's name, so that `name` finds `EndpointConfigName` and the like.
    """
    request = {}
    for name, value in properties.items():
        if value is None or name in _PROVIDER_ONLY:
            continue
        where = f"{path}{name}"
        member = renames.get(where) or _member(shape, name, noun)
        if member is None or member not in shape.members or member in request:
            raise UnknownProperty(where, shape.name)
        request[member] = _value(shape.members[member], value, renames, where)
    return request


def _member(shape: StructureShape, name: str, noun: str) -> str | None:
    by_fold = {fold(member): member for member in shape.members}
    wanted = fold(name)
    candidates = (wanted, f"{wanted}s", wanted.removesuffix("s"), fold(noun) + wanted)
    return next((by_fold[c] for c in candidates if c in by_fold), None)


def _value(shape: Shape, value: Any, renames: Mapping[str, str], path: str) -> Any:
    """`value` in the shape's type; what cannot be stays as it is, for the contract to name."""
    match shape.type_name:
        case "structure" if isinstance(value, Mapping):
            return to_request(shape, value, renames, path=f"{path}.")
        case "list":
            items = value if isinstance(value, list) else [value]
            return [_value(shape.member, item, renames, path) for item in items]
        case "map" if isinstance(value, Mapping):
            return {key: _value(shape.value, item, renames, path) for key, item in value.items()}
        case "float" | "double" if isinstance(value, int):
            return float(value)
        case "string" if isinstance(value, bool):
            return str(value).lower()
        case "string" if isinstance(value, int | float):
            return str(value)
        case _:
            return value
