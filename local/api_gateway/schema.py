"""Request models: JSON Schema draft 4 as API Gateway takes it out of an OpenAPI document.

What is wrong with a body is worded as AWS words it, by the Java library json-schema-validator.
minItems and maxItems are read and not enforced: AWS leaves them out at import.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from local.api_gateway.json_reader import Node

REFERENCE = "#/components/schemas/"
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")

_NAME = re.compile("[A-Za-z0-9]+")
_SUBSCHEMAS = ("properties", "additionalProperties", "items")
_NOT_ENFORCED = ("title", "description", "minItems", "maxItems")

Model = Callable[[Any], list[str]]
"""Takes a JSON value, answers what is wrong with it: nothing if it fits."""


def check_models(schemas: Node) -> None:
    """Raises DocumentError if a schema of components.schemas cannot be a model."""
    for name, schema in schemas.members().items():
        if not _NAME.fullmatch(name):
            raise schema.error(f"model names of letters and digits, not {name}")
        _Reader(schemas, within=(name,)).model(schema)


def parse_model(schema: Node, schemas: Node) -> Model:
    """The model that a schema defines. schemas: components.schemas, which it may refer to.

    Raises DocumentError.
    """
    return _Reader(schemas).model(schema)


class _Reader:
    """Turns schemas into checks. A reference is followed at once, so none may be circular."""

    def __init__(self, schemas: Node, within: tuple[str, ...] = ()) -> None:
        self._schemas = schemas
        self._within = within

    def model(self, node: Node) -> Model:
        """What is inside a value is looked at only where the value itself is right, as on AWS."""
        if "$ref" in node.members():
            return self._referenced(node.members_of(("$ref",))["$ref"])
        members = node.members_of((*_KEYWORDS, *_SUBSCHEMAS, *_NOT_ENFORCED))
        properties = {
            name: self.model(schema)
            for name, schema in members.get("properties", Node("", {})).members().items()
        }
        additional = members.get("additionalProperties", Node("", True))
        checks = [read(members[key]) for key, read in _KEYWORDS.items() if key in members]
        if additional.value is False:
            checks.append(_closed(properties))
        other = _anything if isinstance(additional.value, bool) else self.model(additional)
        item = self.model(members["items"]) if "items" in members else _anything

        def faults(value: Any) -> list[str]:
            found = [fault for check in checks for fault in check(value)]
            if found:
                return found
            if isinstance(value, dict):
                return [f for name, v in value.items() for f in properties.get(name, other)(v)]
            return [f for v in value for f in item(v)] if isinstance(value, list) else []

        return faults

    def _referenced(self, reference: Node) -> Model:
        named = {f"{REFERENCE}{name}": node for name, node in self._schemas.members().items()}
        target = reference.text()
        if target not in named:
            raise reference.error(" or ".join(named) or "no reference, for there are no schemas")
        name = target.removeprefix(REFERENCE)
        if name in self._within:
            raise reference.error("references that do not lead back to where they stand")
        return _Reader(self._schemas, (*self._within, name)).model(named[target])


def _anything(value: Any) -> list[str]:
    return []


def _closed(properties: Mapping[str, Model]) -> Model:
    def faults(value: Any) -> list[str]:
        unknown = sorted(value.keys() - properties.keys()) if isinstance(value, dict) else []
        if not unknown:
            return []
        return [
            f"object instance has properties which are not allowed by the schema: {_json(unknown)}"
        ]

    return faults


def _type(node: Node) -> Model:
    nodes = node.items() if isinstance(node.value, list) else [node]
    for item in nodes:
        if item.value not in TYPES:
            raise item.error(" or ".join(TYPES))
    allowed = {item.text() for item in nodes}
    if "number" in allowed:
        allowed.add("integer")
    text = f"any allowed primitive type (allowed: {_json(sorted(allowed))})"

    def faults(value: Any) -> list[str]:
        type_ = _type_of(value)
        return [] if type_ in allowed else [f"instance type ({type_}) does not match {text}"]

    return faults


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}
    return "null" if value is None else names.get(type(value), "array")


def _required(node: Node) -> Model:
    names = {item.text() for item in node.items()}

    def faults(value: Any) -> list[str]:
        missing = sorted(names - value.keys()) if isinstance(value, dict) else []
        return [f"object has missing required properties ({_json(missing)})"] if missing else []

    return faults


def _enum(node: Node) -> Model:
    allowed = [(_type_of(item.value) == "boolean", item.value) for item in node.items()]

    def faults(value: Any) -> list[str]:
        if (isinstance(value, bool), value) in allowed:  # for Python, true is 1
            return []
        seen, possible = _json(value), _json(node.value)
        return [f"instance value ({seen}) not found in enum (possible values: {possible})"]

    return faults


def _limit(is_broken: Callable[[float, float], bool], text: str) -> Callable[[Node], Model]:
    def read(node: Node) -> Model:
        limit = node.number()

        def faults(value: Any) -> list[str]:
            if _type_of(value) not in ("integer", "number") or not is_broken(value, limit):
                return []
            return [text.format(limit=_json(limit), value=_json(value))]

        return faults

    return read


def _length(is_broken: Callable[[int, int], bool], text: str) -> Callable[[Node], Model]:
    def read(node: Node) -> Model:
        limit = node.integer(0, 2**31 - 1)

        def faults(value: Any) -> list[str]:
            if not isinstance(value, str) or not is_broken(len(value), limit):
                return []
            return [text.format(value=_json(value), length=len(value), limit=limit)]

        return faults

    return read


def _pattern(node: Node) -> Model:
    try:
        pattern = re.compile(node.text())
    except re.error as error:
        raise node.error(f"a regular expression ({error})") from error

    def faults(value: Any) -> list[str]:
        if not isinstance(value, str) or pattern.search(value):
            return []
        return [f'ECMA 262 regex "{pattern.pattern}" does not match input string {_json(value)}']

    return faults


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_KEYWORDS: Mapping[str, Callable[[Node], Model]] = {
    "type": _type,
    "required": _required,
    "enum": _enum,
    "minimum": _limit(
        lambda value, limit: value < limit,
        "numeric instance is lower than the required minimum (minimum: {limit}, found: {value})",
    ),
    "maximum": _limit(
        lambda value, limit: value > limit,
        "numeric instance is greater than the required maximum (maximum: {limit}, found: {value})",
    ),
    "minLength": _length(
        lambda length, limit: length < limit,
        "string {value} is too short (length: {length}, required minimum: {limit})",
    ),
    "maxLength": _length(
        lambda length, limit: length > limit,
        "string {value} is too long (length: {length}, maximum allowed: {limit})",
    ),
    "pattern": _pattern,
}
"""What is said of a value itself, in the order in which its faults are told."""
