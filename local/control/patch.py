"""API Gateway's patch operations on a record.

https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from botocore.model import Shape

from local.control.records import Record
from local.control.service import AwsError


def patched(record: Record, operations: Iterable[Mapping[str, str]], shape: Shape) -> Record:
    """The record after the operations. shape: the record's, by which values are typed.

    Raises AwsError for an operation or a path that the record's shape does not have.
    """
    for operation in operations:
        verb, path = operation["op"], operation["path"].lstrip("/").split("/")
        value = operation.get("value", "")
        if path == ["apiStages"] and verb in ("add", "remove"):
            _patch_stages(record, verb, value)
        elif verb == "replace":
            _replace(record, path, value, shape)
        elif verb == "remove":
            _remove(record, path, shape)
        else:
            raise _invalid(f"{verb} of {operation['path']} is not there on the local cloud")
    return record


def _replace(record: Record, path: list[str], value: str, shape: Shape) -> None:
    member, *rest = path
    inner = _member(shape, member)
    if rest:
        _replace(record.setdefault(member, {}), rest, value, inner)
    else:
        record[member] = _typed(value, inner, member)


def _remove(record: Record, path: list[str], shape: Shape) -> None:
    member, *rest = path
    inner = _member(shape, member)
    if rest:
        _remove(record.get(member, {}), rest, inner)
    else:
        record.pop(member, None)


def _member(shape: Shape, member: str) -> Shape:
    """What a step of a path leads to. Raises AwsError where there is no such step."""
    if shape.type_name == "map":
        return shape.value
    if shape.type_name == "structure" and member in shape.members:
        return shape.members[member]
    raise _invalid(f"Invalid patch path {member}: {shape.name} has no such member")


def _typed(value: str, shape: Shape, member: str) -> Any:
    try:
        match shape.type_name:
            case "string":
                return value
            case "boolean":
                return {"true": True, "false": False}[value]
            case "integer" | "long":
                return int(value)
            case "double" | "float":
                return float(value)
    except (KeyError, ValueError) as error:
        raise _invalid(f"Invalid value {value!r}: {member} is of type {shape.type_name}") from error
    raise _invalid(f"Invalid patch path {member}: only a single value can be replaced")


def _patch_stages(record: Record, verb: str, value: str) -> None:
    api, _, stage = value.partition(":")
    others = [s for s in record.get("apiStages", []) if (s["apiId"], s["stage"]) != (api, stage)]
    record["apiStages"] = others + ([{"apiId": api, "stage": stage}] if verb == "add" else [])


def _invalid(message: str) -> AwsError:
    return AwsError("BadRequestException", message)
