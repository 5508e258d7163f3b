"""Which properties of a type the local cloud uses, which it only keeps, and which it refuses.

A listed path covers all that lies below it; a path that is not listed is refused, so that no
property of a stack is ever taken for something that it is not.
"""

from collections.abc import Iterator, Mapping
from typing import Any


class PropertyRefused(ValueError):
    """A property that the local cloud does not have."""

    def __init__(self, pulumi_type: str, path: str) -> None:
        super().__init__(f"{path}: the local cloud does not have this property of {pulumi_type}")
        self.property = path


def paths(text: str) -> frozenset[str]:
    """Property paths, written with spaces between them."""
    return frozenset(text.split())


def refused(properties: Mapping[str, Any], listed: frozenset[str]) -> Iterator[str]:
    """The paths in `properties` that no listed path covers."""
    yield from _refused(properties, listed, "")


def _refused(value: Any, listed: frozenset[str], path: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _refused(item, listed, path)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            here = f"{path}.{name}" if path else name
            if item is None or here in listed:
                continue
            if any(known.startswith(f"{here}.") for known in listed):
                yield from _refused(item, listed, here)
            else:
                yield here
