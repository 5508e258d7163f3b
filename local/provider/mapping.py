"""Pulumi's camelCase properties to the members of an API request, by the operation's shape.

Pulumi's names are Terraform's snake case, which are AWS's names with other capitals, so folding
both sides finds most of them; the rest are renames in the type's own table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from local.provider.errors import ProviderError

PROVIDER_ONLY = frozenset({"region", "__defaults"})
"""Properties that no API takes: where a resource lives, and what Check noted."""

_PAIRS = (("Key", "Value"), ("Name", "Value"), ("TagKey", "TagValue"))
_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


class UnknownProperty(ValueError):
    """A property that no member of the request stands for, or one that another stands for."""

    def __init__(self, path: str, shape: str) -> None:
        super().__init__(f"{path}: the local cloud knows no member of {shape} for it")
        self.property = path


def fold(name: str) -> str:
    """The letters of a name, without case and separators."""
    return re.sub(r"[^0-9a-z]", "", name.lower())


def pair_members(shape: Shape) -> tuple[str, str] | None:
    """The two members of a list that stands for a map, such as Key and Value; else None."""
    if isinstance(shape, ListShape) and isinstance(shape.member, StructureShape):
        return next((pair for pair in _PAIRS if set(pair) == set(shape.member.members)), None)
    return None


@dataclass(frozen=True)
class Translation:
    """The names of one resource type.

    renames: members of properties whose letters differ, by the property's path; a dot leads into
    a structure that Pulumi does not have. keyed_by: paths of lists that the API takes as a map,
    each with the property that is the map's key. defaults: values of properties by path that the
    real provider sends where the program gives none, and that differ from the API's own. noun:
    the type's name, so that `name` finds `EndpointConfigName` and the like.
    """

    renames: Mapping[str, str] = field(default_factory=dict)
    keyed_by: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    noun: str = ""

    def request(
        self, shape: StructureShape, properties: Mapping[str, Any], path: str = ""
    ) -> dict[str, Any]:
        """Request parameters for `properties`.

        Raises UnknownProperty or ProviderError: nothing is ever dropped.
        """
        request: dict[str, Any] = {}
        for name, value in (self._defaults_at(path) | dict(properties)).items():
            if value is None or name in PROVIDER_ONLY:
                continue
            where = f"{path}{name}"
            *outer, member = self.members(shape, name, path)
            inner: Any = request
            for step in outer:
                inner = inner.setdefault(step, {})
            if member in inner:
                raise UnknownProperty(where, shape.name)
            inner[member] = self.value(shape_at(shape, [*outer, member]), value, where)
        return request

    def members(self, shape: StructureShape, name: str, path: str = "") -> Sequence[str]:
        """The member that stands for a property, after those that lead to it.

        Raises UnknownProperty if there is none.
        """
        renamed = self.renames.get(f"{path}{name}")
        found = renamed or self._folded(shape, name, "" if path else self.noun)
        if found is None or shape_at(shape, found.split(".")) is None:
            raise UnknownProperty(f"{path}{name}", shape.name)
        return found.split(".")

    def value(self, shape: Any, value: Any, path: str) -> Any:
        """`value` in the shape's type; what cannot be stays as it is, for the contract to name."""
        match shape.type_name:
            case "structure" if isinstance(value, Mapping):
                return self.request(shape, value, f"{path}.")
            case "structure" if is_block(value):
                return self.request(shape, value[0], f"{path}.")
            case "list" if is_pairs(shape, value):
                name, member = pair_members(shape) or ("", "")
                # Sorted: the wire keeps no order, and two requests of one map must be alike.
                return [{name: key, member: _text(item)} for key, item in sorted(value.items())]
            case "list":
                items = value if isinstance(value, list) else [value]
                return [self.value(shape.member, item, path) for item in items]
            case "map" if path in self.keyed_by and is_blocks(value):
                return self._keyed(shape, value, path)
            case "map" if isinstance(value, Mapping):
                return {key: self.value(shape.value, item, path) for key, item in value.items()}
            case _:
                return _scalar(shape, value)

    def _keyed(
        self, shape: Any, items: Sequence[Mapping[str, Any]], path: str
    ) -> dict[Any, dict[str, Any]]:
        """A list of blocks as a map. Raises ProviderError where two have one key: one would go."""
        key = self.keyed_by[path]
        found: dict[Any, dict[str, Any]] = {}
        for item in items:
            name = item.get(key)
            if name in found:
                raise ProviderError(f"{path}.{key}: {name!r} is given twice. Leave one out.")
            found[name] = self.value(shape.value, without(item, key), path)
        return found

    def _defaults_at(self, path: str) -> dict[str, Any]:
        """What a block at `path` has by default; the resource's own defaults are its table's."""
        return {
            where.removeprefix(path): value
            for where, value in self.defaults.items()
            if path and where.rpartition(".")[0] == path.removesuffix(".")
        }

    def _folded(self, shape: StructureShape, name: str, noun: str) -> str | None:
        by_fold = {fold(member): member for member in shape.members}
        wanted = fold(name)
        candidates = (wanted, f"{wanted}s", wanted.removesuffix("s"), fold(noun) + wanted)
        return next((by_fold[c] for c in candidates if c in by_fold), None)


def shape_at(shape: StructureShape, members: Sequence[str]) -> Any:
    """The shape at the end of a way through structures; None if there is no such way."""
    found: Any = shape
    for member in members:
        found = getattr(found, "members", {}).get(member)
    return found


def is_block(value: Any) -> bool:
    """Whether `value` is a list of one block, which is how Pulumi writes some structures."""
    return is_blocks(value) and len(value) == 1


def is_blocks(value: Any) -> bool:
    """Whether `value` is a list of blocks."""
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def is_pairs(shape: Shape, value: Any) -> bool:
    """Whether `value` is a map that the API takes as a list of pairs."""
    pair = pair_members(shape)
    if pair is None or not isinstance(value, Mapping):
        return False
    return not {fold(key) for key in value} <= {fold(member) for member in pair} or not value


def without(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The item less one property."""
    return {key: value for key, value in item.items() if key != name}


def _text(value: Any) -> Any:
    """A number or a boolean as text; anything else as it is."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _scalar(shape: Shape, value: Any) -> Any:
    if shape.type_name == "string":
        return _text(value)
    number = _NUMBERS.get(shape.type_name)
    if number is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    try:
        return number(value) if isinstance(value, str) or number is float else value
    except ValueError:
        return value
