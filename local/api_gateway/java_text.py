"""How the values of a mapping template print: as Java's toString() and as JSON.

Templates run on the JVM, so a number, a map or a list that came from JSON prints the way its
Java class does.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PLAIN_DOUBLE_EXPONENTS = range(-3, 7)
"""Decimal exponents that Double.toString writes without "E".
https://docs.oracle.com/javase/8/docs/api/java/lang/Double.html#toString-double-"""

MAX_JSON_DEPTH = 200
"""Levels of nesting that are read. AWS names no limit; this one is the same on every thread."""


class JsonArray(list[Any]):
    """A list that came out of JSON: it prints as JSON, where a list of the template does not."""


@dataclass(frozen=True)
class Entry:
    """One entry of a map, as entrySet() hands it out."""

    key: Any
    value: Any


def parse_json(text: str) -> Any:
    """The value of a JSON text, its lists as JsonArray.

    Raises ValueError if the text is not JSON (NaN and Infinity are not) or is nested deeper than
    MAX_JSON_DEPTH.
    """
    try:
        return _adopt(json.loads(text, parse_constant=_refuse_constant), MAX_JSON_DEPTH)
    except RecursionError:
        raise _too_deep() from None


def to_text(value: Any) -> str:
    """What the value prints in a template."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, JsonArray):
        return to_json(value)
    if isinstance(value, list | range):
        return f"[{', '.join(map(to_text, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{to_text(key)}={to_text(v)}' for key, v in value.items())}}}"
    if isinstance(value, Entry):
        return f"{to_text(value.key)}={to_text(value.value)}"
    return str(value)


def to_json(value: Any) -> str:
    """The value as compact JSON; numbers as Java writes them."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | range):
        return f"[{','.join(map(to_json, value))}]"
    if isinstance(value, Mapping):
        return f"{{{','.join(_members(value.items()))}}}"
    return to_text(value)


def _members(items: Iterable[tuple[Any, Any]]) -> Iterable[str]:
    return (f"{to_json(to_text(key))}:{to_json(value)}" for key, value in items)


def _double(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    number = Decimal(repr(value))
    scale = number.adjusted()
    if not value or scale in PLAIN_DOUBLE_EXPONENTS:
        return repr(value)
    first, *rest = map(str, number.as_tuple().digits)
    fraction = "".join(rest).rstrip("0") or "0"
    return f"{'-' if value < 0 else ''}{first}.{fraction}E{scale}"


def _adopt(value: Any, levels: int) -> Any:
    """The value with its lists as JsonArray; it may have so many levels of lists and objects."""
    if isinstance(value, list | dict) and not levels:
        raise _too_deep()
    if isinstance(value, list):
        value = JsonArray(value)
        for place, item in enumerate(value):
            value[place] = _adopt(item, levels - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            value[key] = _adopt(item, levels - 1)
    return value


def _too_deep() -> ValueError:
    return ValueError(f"JSON of more than {MAX_JSON_DEPTH} levels")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
