"""Strict reading of a JSON document: every refusal names its place and what is supported."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

MAX_SEEN_LENGTH = 80
"""Characters of an offending value that an error shows."""


class DocumentError(Exception):
    """What a document asks for and the local cloud does not have, or AWS would refuse.

    The message names the JSON path, the value seen and what is supported instead.
    """

    def __init__(self, path: str, seen: Any, supported: str) -> None:
        shown = json.dumps(seen, ensure_ascii=False)
        if len(shown) > MAX_SEEN_LENGTH:
            shown = f"{shown[: MAX_SEEN_LENGTH - 3]}..."
        super().__init__(f"{path}: {shown} is not supported. Supported: {supported}.")


@dataclass(frozen=True)
class Node:
    """One value of a document and its path, by which errors name it."""

    path: str
    value: Any

    def error(self, supported: str) -> DocumentError:
        """The refusal of this value."""
        return DocumentError(self.path, self.value, supported)

    def members(self) -> Mapping[str, "Node"]:
        """The members of an object. Raises DocumentError if it is none."""
        if not isinstance(self.value, dict):
            raise self.error("an object")
        return {key: Node(_join(self.path, key), item) for key, item in self.value.items()}

    def members_of(self, known: Collection[str]) -> Mapping[str, "Node"]:
        """The members of an object that may have only the known keys."""
        members = self.members()
        for key, node in members.items():
            if key not in known:
                raise DocumentError(node.path, node.value, f"the keys {', '.join(known)}")
        return members

    def items(self) -> list["Node"]:
        """The items of a list. Raises DocumentError if it is none."""
        if not isinstance(self.value, list):
            raise self.error("a list")
        return [Node(f"{self.path}[{place}]", item) for place, item in enumerate(self.value)]

    def text(self) -> str:
        """The value of a string."""
        if not isinstance(self.value, str):
            raise self.error("a string")
        return self.value

    def one_of(self, allowed: Collection[str]) -> str:
        """A string out of these, upper and lower case being the same; the allowed spelling."""
        folded = {word.casefold(): word for word in allowed}
        found = folded.get(self.text().casefold())
        if found is None:
            raise self.error(" or ".join(allowed))
        return found

    def integer(self, lowest: int, highest: int) -> int:
        """A whole number, written as a number or as a string of digits."""
        value = self.value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self.error(f"a whole number, {lowest} to {highest}")
        return value

    def number(self) -> float:
        """A number, whole or not."""
        if not isinstance(self.value, int | float) or isinstance(self.value, bool):
            raise self.error("a number")
        return self.value

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.error("true or false")
        return self.value


def required(members: Mapping[str, Node], key: str, owner: Node, allowed: str) -> Node:
    """The member of that key. Raises DocumentError if the owner has none."""
    if key not in members:
        raise DocumentError(_join(owner.path, key), None, allowed)
    return members[key]


def _join(path: str, key: str) -> str:
    simple = key.replace("-", "").replace("_", "").isalnum()
    step = key if simple else f"[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{step}" if path and simple else f"{path}{step}"
