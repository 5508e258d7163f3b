"""The Java methods that a mapping template may call, and nothing else of the objects it holds.

Velocity resolves $a.b and $a.b() by reflection on Java classes. Here a table says which methods
exist, so that no Python attribute is within a template's reach.
https://docs.oracle.com/javase/8/docs/api/java/lang/String.html (and util/List, util/Map)
"""

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from local.api_gateway.java_text import Entry, to_text

Method = Callable[..., Any]


@dataclass(frozen=True)
class Scope:
    """A variable of the service itself ($input, $util): exactly these properties and methods."""

    name: str
    properties: Mapping[str, Any]
    methods: Mapping[str, Method]

    def __str__(self) -> str:
        return f"${self.name}"


def call(target: Any, name: str, arguments: list[Any]) -> Any:
    """$target.name(arguments). None stands for Java's null.

    A method that other Java types have gives null, as on the JVM. Raises ValueError for a method
    that no table knows: the real service may have it, so silence would be a lie.
    """
    if target is None:
        return None
    if isinstance(target, Scope):
        methods = target.methods
        if name not in methods:
            raise ValueError(f"${target.name} has no {name}(). Known: {', '.join(methods)}")
    else:
        methods = _methods_of(target)
        if name not in methods and name not in KNOWN_METHODS:
            raise ValueError(
                f"{name}() is not supported. Known: {', '.join(sorted(KNOWN_METHODS))}"
            )
    method = methods.get(name)
    return None if method is None else method(*_receiver(target), *arguments)


def member(target: Any, name: str) -> Any:
    """$target.name: a property or a map's entry; None where there is none."""
    if isinstance(target, Scope):
        return target.properties.get(name)
    if isinstance(target, Mapping):
        return target.get(name)
    if isinstance(target, Entry) and name in {"key", "value"}:
        return target.key if name == "key" else target.value
    return None


def element(target: Any, key: Any) -> Any:
    """$target[key]: an item of a list by its place or of a map by its key; None where none is."""
    if isinstance(target, list | range):
        inside = isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(target)
        return target[key] if inside else None
    return target.get(key) if isinstance(target, Mapping) else None


def _receiver(target: Any) -> tuple[Any, ...]:
    return () if isinstance(target, Scope) else (target,)


def _methods_of(target: Any) -> Mapping[str, Method]:
    if isinstance(target, str):
        return STRING_METHODS
    if isinstance(target, list):
        return LIST_METHODS
    if isinstance(target, MutableMapping):
        return MAP_METHODS
    return ENTRY_METHODS if isinstance(target, Entry) else OBJECT_METHODS


def _substring(text: str, start: int, end: int | None = None) -> str:
    stop = len(text) if end is None else end
    if not 0 <= start <= stop <= len(text):
        raise ValueError(f"substring({start}, {stop}) is outside a text of length {len(text)}")
    return text[start:stop]


def _java_replacement(replacement: str) -> Callable[[re.Match[str]], str]:
    r"""Java's replacement syntax: $1 is a group, \x is x itself."""

    def expand(match: re.Match[str]) -> str:
        def token(part: re.Match[str]) -> str:
            group = part["group"]
            return part["escaped"] if group is None else match[int(group)] or ""

        return re.sub(r"\\(?P<escaped>.)|\$(?P<group>\d)", token, replacement, flags=re.DOTALL)

    return expand


def _split(text: str, pattern: str) -> list[str]:
    """Java drops trailing empty parts, and a match of width zero at the start."""
    parts, start = [], 0
    for match in re.finditer(pattern, text):
        if match.end() == 0:
            continue
        parts.append(text[start : match.start()])
        start = match.end()
    parts.append(text[start:])
    while start and parts and not parts[-1]:
        parts.pop()
    return parts


def _place(items: list[Any], place: int) -> int:
    """Java counts from the start only. Raises ValueError outside the list."""
    if not 0 <= place < len(items):
        raise ValueError(f"place {place} is outside a list of {len(items)}")
    return place


def _put(target: MutableMapping[Any, Any], key: Any, value: Any) -> Any:
    previous = target.get(key)
    target[key] = value
    return previous


def _set(target: list[Any], place: int, value: Any) -> Any:
    previous = target[_place(target, place)]
    target[place] = value
    return previous


def _add(target: list[Any], value: Any) -> bool:
    target.append(value)
    return True


def _remove(target: list[Any], what: Any) -> Any:
    """remove(int) takes out by place and gives the item; remove(Object) says whether it was in."""
    if isinstance(what, int) and not isinstance(what, bool):
        return target.pop(_place(target, what))
    found = what in target
    if found:
        target.remove(what)
    return found


def _entries(target: Mapping[Any, Any]) -> Iterator[Entry]:
    return (Entry(key, value) for key, value in target.items())


OBJECT_METHODS: Mapping[str, Method] = {
    "toString": to_text,
    "equals": lambda left, right: type(left) is type(right) and left == right,
}
STRING_METHODS: Mapping[str, Method] = {
    **OBJECT_METHODS,
    "length": len,
    "isEmpty": lambda text: not text,
    "contains": lambda text, part: part in text,
    "startsWith": lambda text, prefix: text.startswith(prefix),
    "endsWith": lambda text, suffix: text.endswith(suffix),
    "indexOf": lambda text, part, start=0: text.find(part, start),
    "lastIndexOf": lambda text, part: text.rfind(part),
    "substring": _substring,
    "concat": lambda text, suffix: text + suffix,
    "replace": lambda text, old, new: text.replace(old, new),
    "replaceAll": lambda text, pattern, new: re.sub(pattern, _java_replacement(new), text),
    "replaceFirst": lambda text, pattern, new: re.sub(
        pattern, _java_replacement(new), text, count=1
    ),
    "matches": lambda text, pattern: re.fullmatch(pattern, text) is not None,
    "split": _split,
    "equalsIgnoreCase": lambda left, right: left.casefold() == right.casefold(),
    "toLowerCase": lambda text: text.lower(),
    "toUpperCase": lambda text: text.upper(),
    "trim": lambda text: text.strip("".join(map(chr, range(33)))),
}
LIST_METHODS: Mapping[str, Method] = {
    **OBJECT_METHODS,
    "size": len,
    "isEmpty": lambda items: not items,
    "get": lambda items, place: items[_place(items, place)],
    "set": _set,
    "add": _add,
    "addAll": lambda items, more: items.extend(more) or bool(more),
    "remove": _remove,
    "contains": lambda items, item: item in items,
    "indexOf": lambda items, item: items.index(item) if item in items else -1,
}
MAP_METHODS: Mapping[str, Method] = {
    **OBJECT_METHODS,
    "size": len,
    "isEmpty": lambda mapping: not mapping,
    "get": lambda mapping, key: mapping.get(key),
    "put": _put,
    "putAll": lambda mapping, more: mapping.update(more),
    "remove": lambda mapping, key: mapping.pop(key, None),
    "containsKey": lambda mapping, key: key in mapping,
    "containsValue": lambda mapping, value: value in mapping.values(),
    "keySet": list,
    "values": lambda mapping: list(mapping.values()),
    "entrySet": lambda mapping: list(_entries(mapping)),
}
ENTRY_METHODS: Mapping[str, Method] = {
    **OBJECT_METHODS,
    "getKey": lambda entry: entry.key,
    "getValue": lambda entry: entry.value,
}
KNOWN_METHODS = frozenset().union(STRING_METHODS, LIST_METHODS, MAP_METHODS, ENTRY_METHODS)
