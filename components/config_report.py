"""What a user reads of a mistake in the stack's config: key, value seen, what is allowed, fix."""

import difflib
import json
import re
from collections.abc import Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

SHOWN_CHARACTERS = 120
"""Of a value: an image with its digest fits, a mistake's page of YAML does not."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_/-]{1,60}")
_KEY_ITSELF = "[key]"
"""How pydantic's location ends where a name in a mapping is refused, not its value."""


def mistake(fault: ErrorDetails, model: type[BaseModel], namespace: str) -> str:
    """One line on one fault that pydantic found in a config of `model`."""
    path = fault["loc"]
    seen = _shown(fault["input"])
    # Only a rule of ours refuses names; a key that the user calls "[key]" fails otherwise.
    if fault["type"] == "config_fault" and path[-1] == _KEY_ITSELF:
        path = path[:-2]
        seen = f"the name {seen}"
    allowed, fix = _demand(fault, path, model)
    match fault["type"]:
        case "missing":
            seen = "missing"
        case "extra_forbidden":
            seen = f"unknown key, with the value {seen}"
    return f"{namespace}:{_joined(path)}: {seen}. Allowed: {allowed}. {fix}."


def _demand(
    fault: ErrorDetails, path: Sequence[str | int], model: type[BaseModel]
) -> tuple[str, str]:
    """What is allowed at the path, and the fix."""
    context = fault.get("ctx", {})
    match fault["type"]:
        case "config_fault":
            return context["allowed"], context["fix"]
        case "missing":
            return _wanted(path, model), "Add it"
        case "extra_forbidden":
            known = _keys(_type_at(path[:-1], model)[0])
            close = difflib.get_close_matches(str(path[-1]), known, n=1)
            fix = f"Remove it, or write {close[0]} if that is meant" if close else "Remove it"
            return _listed(known), fix
        case "model_type" | "dict_type":
            return _wanted(path, model), "Write an object"
        case "list_type":
            return _wanted(path, model), "Write a list"
        case "too_short":
            return f"{context['min_length']} or more entries", "Add one"
        case "too_long":
            return f"{context['max_length']} or fewer entries", "Remove some"
        case _:  # a constraint whose words are still pydantic's own
            return _wanted(path, model), fault["msg"]


def _wanted(path: Sequence[str | int], model: type[BaseModel]) -> str:
    """A block's keys, else the docstring of the field."""
    kind, words = _type_at(path, model)
    if keys := _keys(kind):
        return f"an object with {_listed(keys)}"
    return {dict: "an object: ", list: "a list: "}.get(get_origin(kind), "") + words


def _listed(keys: Sequence[str]) -> str:
    return f"the key{'s' if len(keys) > 1 else ''} {', '.join(keys)}"


def _keys(kind: Any) -> list[str]:
    """Keys of a block; none for what is no block."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return list(kind.model_fields)
    return []


def _type_at(path: Sequence[str | int], model: type[BaseModel]) -> tuple[Any, str]:
    """The type at a path through fields, names in mappings and places in lists.

    With it comes the docstring of the last field on the path.
    """
    kind: Any = model
    words = ""
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields[str(part)]
            kind, words = field.annotation, (field.description or "").removesuffix(".")
        else:
            kind = get_args(kind)[-1]
    return kind, words


def _joined(path: Sequence[str | int]) -> str:
    """The path as people write it; a key that would not read plainly stands in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if _PLAIN_KEY.fullmatch(part) else f"[{_shown(part)}]"
    return text.removeprefix(".")


def _shown(value: object) -> str:
    """A value in JSON, ASCII only; what is long is cut, and objects and lists are named only."""
    if value and isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
