"""Requests checked against the API's own service model: enums, patterns, lengths, ranges.

botocore itself enforces only required members, types and minima; its models carry the rest.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import regex
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

from local.aws import Aws
from local.provider.errors import ProviderError

_session = botocore.session.get_session()
_SURROGATES = regex.compile(r"\\u[dD]800\\u[dD][cC]00-\\u[dD][bB][fF]{2}\\u[dD][fF]{3}")


@cache
def service_model(service: str) -> ServiceModel:
    """botocore's model of a service, read once."""
    return _session.get_service_model(service)


def operation(service: str, name: str) -> OperationModel:
    """One operation of a service."""
    return service_model(service).operation_model(name)


def faults(service: str, name: str, request: dict[str, Any]) -> list[str]:
    """Every way in which `request` breaks the operation's model; empty if it breaks none."""
    return shape_faults(operation(service, name).input_shape, request, name)


def shape_faults(shape: Shape, value: dict[str, Any], path: str) -> list[str]:
    """Every way in which a structure breaks its shape. path: what it is called."""
    report = ParamValidator().validate(value, shape).generate_report()
    return [*report.splitlines(), *_faults(shape, value, path)]


def call(aws: Aws, service: str, name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Calls an operation that changes something.

    Raises ProviderError, before the call, if the request breaks the operation's model.
    """
    if broken := faults(service, name, request):
        raise ProviderError("\n".join(broken))
    return aws.call(service, name, request)


def _faults(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """What botocore lets pass; a value of the wrong type it has named itself."""
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            yield from _structure_faults(shape, value, path)
        case "list" if isinstance(value, list):
            yield from _size_faults(shape, len(value), path, "items")
            for index, item in enumerate(value):
                yield from _faults(shape.member, item, f"{path}[{index}]")
        case "map" if isinstance(value, dict):
            yield from _size_faults(shape, len(value), path, "entries")
            for key, item in value.items():
                yield from _faults(shape.key, key, f"{path} key {key!r}")
                yield from _faults(shape.value, item, f"{path}.{key}")
        case "string" if isinstance(value, str):
            yield from _string_faults(shape, value, path)
        case "integer" | "long" | "float" | "double" if isinstance(value, int | float):
            maximum = shape.metadata.get("max")
            if maximum is not None and value > maximum:
                yield f"{path}: {value} is over the maximum {maximum}"


def _structure_faults(shape: Shape, value: dict[str, Any], path: str) -> Iterator[str]:
    for member, item in value.items():
        if member in shape.members:
            yield from _faults(shape.members[member], item, f"{path}.{member}")


def _size_faults(shape: Shape, size: int, path: str, unit: str) -> Iterator[str]:
    maximum = shape.metadata.get("max")
    if maximum is not None and size > maximum:
        yield f"{path}: {size} {unit} are over the maximum {maximum}"


def _string_faults(shape: Shape, value: str, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is none of the {len(shape.enum)} allowed values"
    yield from _size_faults(shape, len(value), path, "characters")
    # The pattern is not in Shape.metadata: it must be read from the raw model.
    pattern = shape._shape_model.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"{path}: {value!r} does not match {pattern}"


@cache
def _compiled(pattern: str) -> Any:
    """Smithy patterns are ECMA's; these three spellings are all that the regex package lacks."""
    pattern = _SURROGATES.sub(lambda _: r"\U00010000-\U0010FFFF", pattern)
    pattern = regex.sub(r"\\u\{?([0-9A-Fa-f]{4})\}?", r"\\u\1", pattern)
    pattern = pattern.replace(r"\p{Blank}", r" \t").replace(r"\p{Graph}", r"\p{posix_graph}")
    return regex.compile(pattern)
