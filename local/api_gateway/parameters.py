"""Parameter mappings: where the value of a header or query parameter comes from.

https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.api_gateway.java_text import to_text
from local.api_gateway.json_reader import Node

STATIC = "static"
CONTEXT = "context"
STAGE_VARIABLES = "stageVariables"
METHOD_HEADER = "method.request.header"
METHOD_QUERY = "method.request.querystring"
METHOD_PATH = "method.request.path"
INTEGRATION_HEADER = "integration.response.header"

_STATIC = re.compile(r"'(?P<value>.*)'", re.DOTALL)
"""Quotes inside count as text: https://github.com/DataBiosphere/azul/pull/6385"""
_PREFIXES = (
    METHOD_HEADER,
    METHOD_QUERY,
    METHOD_PATH,
    INTEGRATION_HEADER,
    STAGE_VARIABLES,
    CONTEXT,
)


@dataclass(frozen=True)
class Source:
    """Where a mapped value comes from: the place and the name there (the value, if static)."""

    place: str
    name: str


@dataclass(frozen=True)
class Parameter:
    """A parameter that an operation declares. name: in the document's spelling."""

    name: str
    source: Source
    required: bool


@dataclass(frozen=True)
class Scopes:
    """The values that mappings can read. Header names are lower case."""

    context: Mapping[str, Any]
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    integration_headers: Mapping[str, str] = field(default_factory=dict)

    def value(self, source: Source) -> str | None:
        """The value, or None where the request or the response carries none."""
        if source.place == STATIC:
            return source.name
        if source.place == CONTEXT:
            return look_up(self.context, source.name)
        places: Mapping[str, Mapping[str, str]] = {
            METHOD_HEADER: self.headers,
            METHOD_QUERY: self.query,
            METHOD_PATH: self.path,
            INTEGRATION_HEADER: self.integration_headers,
            STAGE_VARIABLES: self.stage_variables,
        }
        return places[source.place].get(source.name)

    def values(self, mapping: Mapping[str, Source]) -> dict[str, str]:
        """The mapped values by target; a target whose source is absent is left out."""
        found = {target: self.value(source) for target, source in mapping.items()}
        return {target: value for target, value in found.items() if value is not None}


def look_up(context: Mapping[str, Any], path: str) -> str | None:
    """$context.a.b as text, or None where the context has no such value."""
    value: Any = context
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if value is None or isinstance(value, Mapping) else to_text(value)


def parse_mapping(
    node: Node,
    targets: Collection[str],
    sources: Collection[str],
    declared: Collection[Source] | None,
) -> Mapping[str, Mapping[str, Source]]:
    """The mappings of a responseParameters or requestParameters object, by target prefix.

    targets: prefixes allowed on the left, as "integration.request.header". sources: places
    allowed on the right. declared: the operation's parameters; AWS refuses a mapping from one that
    is not declared (None: any, where no operation is known). Raises DocumentError.
    """
    mappings: dict[str, dict[str, Source]] = {target: {} for target in targets}
    for key, value in node.members().items():
        prefix, _, name = key.rpartition(".")
        if prefix not in mappings or not name:
            raise value.error(f"a mapping to {' or '.join(f'{t}.NAME' for t in targets)}")
        target = name.lower() if prefix.endswith("header") else name
        if target in mappings[prefix]:
            raise value.error(f"one mapping to the header {target}, whatever its case")
        mappings[prefix][target] = parse_source(value, sources, declared)
    return mappings


def parse_source(
    node: Node, places: Collection[str], declared: Collection[Source] | None
) -> Source:
    """One mapped value, as "method.request.header.NAME". Raises DocumentError.

    places and declared: as for `parse_mapping`.
    """
    text = node.text()
    if static := _STATIC.fullmatch(text):
        return Source(STATIC, static["value"])
    for place in _PREFIXES:
        name = text.removeprefix(f"{place}.")
        if place in places and name != text and name:
            source = Source(place, name.lower() if place.endswith("header") else name)
            undeclared = declared is not None and source not in declared
            if place.startswith("method.") and undeclared:
                raise node.error("parameters that the operation declares under parameters")
            return source
    raise node.error(f"'a static value', {', '.join(f'{place}.NAME' for place in places)}")


_IN_URI = re.compile(r"\$\{stageVariables\.(?P<name>[A-Za-z0-9_]+)\}")
_REFERENCE = re.compile(r"\$(context|stageVariables)\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)")


def substitute(template: str, scopes: Scopes) -> str:
    """A gateway response's template: not VTL, only $context.NAME and $stageVariables.NAME.

    A name that has no value gives the empty text; $context.error.validationErrorString is escaped
    as in a JSON string.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
    """

    def value(match: re.Match[str]) -> str:
        value = scopes.value(Source(match[1], match[2])) or ""
        return json.dumps(value)[1:-1] if match[2] == "error.validationErrorString" else value

    return _REFERENCE.sub(value, template)


def substitute_in_uri(template: str, stage_variables: Mapping[str, str]) -> str:
    """An integration's URI with its ${stageVariables.NAME} filled in.

    Raises LookupError for a variable that the stage does not have.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
    """

    def value(match: re.Match[str]) -> str:
        if match["name"] not in stage_variables:
            raise LookupError(f"the stage has no variable {match['name']}")
        return stage_variables[match["name"]]

    return _IN_URI.sub(value, template)
