"""API Gateway's patch operations on a record.

https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from botocore.model import Shape

from local.control.records import Record
from local.control.service import AwsError

Operation = Mapping[str, str]


def steps(operation: Operation) -> list[str]:
    """The steps of an operation's path; "~1" stands for "/".

    https://www.rfc-editor.org/rfc/rfc6901#section-3
    """
    path = operation["path"].removeprefix("/").split("/")
    return [step.replace("~1", "/").replace("~0", "~") for step in path]


def patched(record: Record, operations: Iterable[Operation], shape: Shape) -> Record:
    """The record after the operations. shape: the record's, by which values are typed.

    Raises AwsError for an operation or a path that the record's shape does not have.
    """
    for operation in operations:
        verb, path = operation["op"], steps(operation)
        value = operation.get("value", "")
        if verb == "replace":
            _replace(record, path, value, shape)
        elif verb in ("add", "remove") and _is_list(shape, path):
            _change_list(record, verb, path)
        elif verb == "remove":
            _remove(record, path, shape)
        else:
            raise invalid(f"{verb} of {operation['path']} is not there on the local cloud")
    return record


def typed(value: str, shape: Shape, member: str) -> Any:
    """The value of a patch operation in the type of its member. Raises AwsError."""
    try:
        match shape.type_name:
            case "string":
                if getattr(shape, "enum", None) and value not in shape.enum:
                    raise invalid(
                        f"Invalid value {value!r}: {member} is one of {', '.join(shape.enum)}"
                    )
                return value
            case "boolean":
                return {"true": True, "false": False}[value]
            case "integer" | "long":
                return int(value)
            case "double" | "float":
                return float(value)
    except (KeyError, ValueError) as error:
        raise invalid(f"Invalid value {value!r}: {member} is of type {shape.type_name}") from error
    raise invalid(f"Invalid patch path {member}: only a single value can be replaced")


def invalid(message: str) -> AwsError:
    """What AWS answers to a patch that it does not take."""
    return AwsError("BadRequestException", message)


def _replace(record: Record, path: Sequence[str], value: str, shape: Shape) -> None:
    member, *rest = path
    inner = _member(shape, member)
    if inner.type_name == "list" and rest:
        items = record.setdefault(member, [])
        record[member] = [value if item == rest[0] else item for item in items]
    elif rest:
        _replace(record.setdefault(member, {}), rest, value, inner)
    else:
        record[member] = typed(value, inner, member)


def _remove(record: Record, path: Sequence[str], shape: Shape) -> None:
    member, *rest = path
    inner = _member(shape, member)
    if rest:
        _remove(record.get(member, {}), rest, inner)
    else:
        record.pop(member, None)


def _is_list(shape: Shape, path: Sequence[str]) -> bool:
    return len(path) == 2 and _member(shape, path[0]).type_name == "list"


def _change_list(record: Record, verb: str, path: Sequence[str]) -> None:
    """Items of a list stand in the path, as in /binaryMediaTypes/image~1png."""
    member, item = path
    others = [other for other in record.get(member, []) if other != item]
    record[member] = others + ([item] if verb == "add" else [])


def _member(shape: Shape, member: str) -> Shape:
    """What a step of a path leads to. Raises AwsError where there is no such step."""
    if shape.type_name == "map":
        return shape.value
    if shape.type_name == "structure" and member in shape.members:
        return shape.members[member]
    raise invalid(f"Invalid patch path {member}: {shape.name} has no such member")
