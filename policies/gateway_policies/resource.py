"""What a rule sees of a resource: plain values, with UNKNOWN where preview cannot know better.

The SDK hands out proxies that are neither dict nor list, raise on the first unknown value and
carry every number as a float; nothing of that reaches a rule.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeVar

from pulumi_policy.proxy import UnknownValueError

T = TypeVar("T")


class Unknown(Enum):
    """The type of UNKNOWN, so that a type checker can tell it from a value."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""A value that is set, but only known once what it refers to has been created."""


def plain(value: object) -> object:
    """The value with proxies as dict and list, whole numbers as int, unknown values as UNKNOWN."""
    if isinstance(value, Mapping):
        return plain_properties(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_item(value, index) for index in range(len(value))]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def plain_properties(properties: Mapping[str, object]) -> dict[str, object]:
    """The properties of a resource, or an object in them, with plain values."""
    return {key: _item(properties, key) for key in properties}


def _item(container: Any, key: str | int) -> object:
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN


@dataclass(frozen=True)
class Block:
    """An object inside a resource's properties.

    A block that is itself UNKNOWN answers UNKNOWN for every key. The typed getters raise
    TypeError, naming path and type, for a value that the provider's schema does not allow.
    """

    path: str
    """Where it stands, such as `productionVariants[0]`; empty for the resource itself."""
    values: Mapping[str, object] | Unknown

    def at(self, key: str) -> str:
        """Path of one of its keys."""
        return f"{self.path}.{key}" if self.path else key

    def get(self, key: str) -> object:
        """Value of the key: None if missing, UNKNOWN if not known yet."""
        return UNKNOWN if self.values is UNKNOWN else self.values.get(key)

    def text(self, key: str) -> str | Unknown | None:
        """Value of a key that holds a string."""
        return self._typed(key, str)

    def number(self, key: str) -> int | Unknown | None:
        """Value of a key that holds a whole number."""
        return self._typed(key, int)

    def block(self, key: str) -> "Block | None":
        """The object under the key; an UNKNOWN block if it is not known yet."""
        values: Mapping[str, object] | Unknown | None = self._typed(key, dict)
        return None if values is None else Block(self.at(key), values)

    def blocks(self, key: str) -> "list[Block]":
        """The objects in the list under the key.

        A list that is not known yet counts as one UNKNOWN block, `key[*]`, so that a loop over
        the blocks meets it. The schema has a list here: an element None is no object.
        """
        values: list[object] | Unknown | None = self._typed(key, list)
        if values is UNKNOWN:
            return [Block(f"{self.at(key)}[*]", UNKNOWN)]
        found = []
        for index, value in enumerate(values or []):
            path = f"{self.at(key)}[{index}]"
            if not isinstance(value, dict | Unknown):
                raise _wrong_type(path, value, dict)
            found.append(Block(path, value))
        return found

    def _typed(self, key: str, kind: type[T]) -> T | Unknown | None:
        value = self.get(key)
        # A bool is an int to isinstance, but not to a provider's schema.
        if value is None or value is UNKNOWN:
            return value
        if not isinstance(value, kind) or isinstance(value, bool):
            raise _wrong_type(self.at(key), value, kind)
        return value


def _wrong_type(path: str, value: object, expected: type) -> TypeError:
    return TypeError(f"{path} is of type {type(value).__name__}, expected {expected.__name__}")


@dataclass(frozen=True)
class Resource(Block):
    """A resource, seen as the outermost block of its properties."""

    type: str
    """Type token, such as `aws:iam/role:Role`."""
    urn: str
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Property -> URNs of the resources that feed it. Only a stack's resources have it."""
    parent: str | None = None
    """URN of what it is part of. Only a stack's resources have it."""

    def stated(self) -> "Resource":
        """The resource with what the program says of it alone, for a rule over the stack.

        Such a rule sees outputs. At preview the provider gives UNKNOWN for all that AWS fills in
        itself; what the program says and cannot know yet, some resource feeds.
        """
        if self.values is UNKNOWN:
            return self
        values = {
            key: value if self.dependencies.get(key) else _known(value)
            for key, value in self.values.items()
        }
        return replace(self, values=values)


def _known(value: object) -> object:
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items() if item is not UNKNOWN}
    if isinstance(value, list):
        return [item if item is UNKNOWN else _known(item) for item in value]
    return None if value is UNKNOWN else value


@dataclass(frozen=True)
class Stack:
    """All resources that the stack will hold."""

    resources: Sequence[Resource]

    def of_type(self, token: str) -> list[Resource]:
        """The resources of one type."""
        return list(self._by_type.get(token, ()))

    def of_types(self, tokens: Collection[str]) -> list[Resource]:
        """The resources of several types."""
        return [resource for token in tokens for resource in self._by_type.get(token, ())]

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found
