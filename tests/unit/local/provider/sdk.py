"""The properties that pulumi_aws has, read from its own types."""

import importlib
import inspect
import typing
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pulumi import _types


@cache
def inputs(token: str) -> dict[str, Any]:
    """A resource's input properties by Pulumi's names, each with its type."""
    resource = _class(token)
    module = inspect.getmodule(resource)
    # Where a block has the name that the arguments would have, they are called otherwise.
    names = (f"{resource.__name__}InitArgs", f"{resource.__name__}Args")
    arguments = next(vars(module)[name] for name in names if name in vars(module))
    return _types.input_type_types(arguments)


@cache
def outputs(token: str) -> frozenset[str]:
    """Names of all properties that a resource has once it exists."""
    return frozenset(_types.resource_types(_class(token)))


def has(token: str, path: str) -> bool:
    """Whether a dotted path leads to an input property of a resource, through lists and blocks."""
    types = inputs(token)
    *outer, last = path.split(".")
    for step in outer:
        if step not in types:
            return False
        block = _block(types[step])
        if block is None:
            return False
        types = _types.input_type_types(block)
    return last in types


def _class(token: str) -> Any:
    _, module, name = token.split(":")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDK warns of its own old classes
        found = importlib.import_module(f"pulumi_aws.{module.split('/')[0]}")
        return getattr(found, name)


def _block(kind: Any) -> Any:
    """The class of a nested block, inside whatever holds it; None for a plain value."""
    if inspect.isclass(kind) and _types.is_input_type(kind):
        return kind
    if typing.get_origin(kind) in (Mapping, dict):
        return None
    if typing.get_origin(kind) in (Sequence, list, typing.Union):
        return next(filter(None, map(_block, typing.get_args(kind))), None)
    return None
