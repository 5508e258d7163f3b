"""JSON of others, read strictly: what is there has the type that it should have."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class JsonError(Exception):
    """What is wrong with it, without its full stop."""


@dataclass(frozen=True)
class JsonObject:
    """An object. Its getters raise JsonError; null counts as missing, as Go writes it."""

    values: Mapping[str, Any]

    @classmethod
    def parse(cls, text: str) -> "JsonObject":
        """The object that a text is."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise JsonError(f"it is no JSON ({error})") from error
        return cls.of(value, "it")

    @classmethod
    def of(cls, value: Any, name: str) -> "JsonObject":
        """An object of what was found under a name."""
        if not isinstance(value, dict):
            raise _wrong_type(name, value, "an object")
        return cls(value)

    def object(self, key: str) -> "JsonObject | None":
        """The object under a key; None if there is none."""
        value = self.values.get(key)
        return None if value is None else self.of(value, key)

    def needed(self, key: str) -> "JsonObject":
        """The object under a key."""
        return self.of(self.values.get(key), key)

    def members(self, key: str) -> Mapping[str, Any]:
        """The members of the object under a key; none if it is missing."""
        found = self.object(key)
        return found.values if found else {}

    def flag(self, key: str) -> bool:
        """Whether true stands under a key."""
        return self.values.get(key) is True

    def text(self, key: str, default: str | None = None) -> str:
        """The text under a key. default: where it may be missing."""
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise _wrong_type(key, value, "a text")
        return value

    def items(self, key: str) -> "Sequence[Any]":
        """The list under a key; empty if it is missing."""
        value = self.values.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise _wrong_type(key, value, "a list")
        return value

    def texts(self, key: str) -> Sequence[str]:
        """The texts in the list under a key."""
        return [str(item) for item in self.items(key)]


def _wrong_type(name: str, value: Any, wanted: str) -> JsonError:
    return JsonError(f"{name} is {json.dumps(value)[:80]}, and not {wanted}")
