"""What pydantic finds in a config, in the words of our own report."""

from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from components.config.report import Location, Mistake, shown
from components.config.strict import keys_of
from components.config.values import closest

_KEY_ITSELF = "[key]"
"""How pydantic's location ends where a name in a mapping is refused, not its value."""


def mistake_of(fault: ErrorDetails, model: type[BaseModel]) -> Mistake:
    """The mistake that pydantic found in a config of `model`."""
    path = fault["loc"]
    seen = fault.get("ctx", {}).get("seen") or shown(fault["input"])
    # Only a rule of ours refuses names; a key that the user calls "[key]" fails otherwise.
    if fault["type"] == "config_fault" and path[-1] == _KEY_ITSELF:
        path = path[:-2]
        seen = f"the name {seen}"
    match fault["type"]:
        case "missing":
            seen = "missing"
        case "extra_forbidden":
            seen = f"unknown key, with the value {seen}"
    return Mistake(path, seen, *_demand(fault, path, model))


def _demand(fault: ErrorDetails, path: Location, model: type[BaseModel]) -> tuple[str, str]:
    """What is allowed at the path, and the fix."""
    context = fault.get("ctx", {})
    match fault["type"]:
        case "config_fault":
            return context["allowed"], context["fix"]
        case "missing":
            return _wanted(path, model), "Add it"
        case "extra_forbidden":
            known = _keys(_type_at(path[:-1], model)[0])
            meant = closest(path[-1], known)
            fix = f"Remove it, or write {meant} if that is meant" if meant else "Remove it"
            return _listed(known), fix
        case "model_type" | "dict_type":
            return _wanted(path, model), "Write an object"
        case "list_type":
            return _wanted(path, model), "Write a list"
        case "bool_type":
            return "true or false", "Write true or false"
        case "too_short":
            return f"{context['min_length']} or more entries", "Add one"
        case "too_long":
            return f"{context['max_length']} or fewer entries", "Remove some"
        case _:
            return _wanted(path, model), "Correct it"


def _wanted(path: Location, model: type[BaseModel]) -> str:
    """A block's keys, else the docstring of the field."""
    kind, words = _type_at(path, model)
    if keys := _keys(kind):
        return f"an object with {_listed(keys)}"
    return {dict: "an object: ", list: "a list: "}.get(get_origin(kind), "") + words


def _listed(keys: list[str]) -> str:
    return f"the key{'s' if len(keys) > 1 else ''} {', '.join(keys)}"


def _keys(kind: Any) -> list[str]:
    """Keys of a block; none for what is no block."""
    return list(keys_of(kind)) if _is_block(kind) else []


def _is_block(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _type_at(path: Location, model: type[BaseModel]) -> tuple[Any, str]:
    """The type at a path through keys, names in mappings and places in lists.

    With it comes the docstring of the last field on the path.
    """
    kind: Any = model
    words = ""
    for part in path:
        if _is_block(kind):
            field = kind.model_fields[keys_of(kind)[str(part)]]
            kind = _bare(field.annotation)
            words = " ".join((field.description or "").split()).removesuffix(".")
        else:
            kind = _bare(get_args(kind)[-1])
    return kind, words


def _bare(kind: Any) -> Any:
    """A type without what is annotated to it, and without the None beside it."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        kinds = [part for part in get_args(kind) if part is not NoneType]
        return _bare(kinds[0]) if len(kinds) == 1 else kind
    return kind
