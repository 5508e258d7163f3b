"""Mapping templates: $input, $util, $context and $stageVariables around Velocity.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
"""

import base64
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.api_gateway.java_methods import Scope
from local.api_gateway.java_text import parse_json, to_json, to_text
from local.api_gateway.json_path import MISSING, find
from local.api_gateway.velocity import Program

PARAMETER_PLACES = ("path", "querystring", "header")
"""Where $input.params('x') looks, in this order."""

JAVASCRIPT_ESCAPES = {
    "'": r"\'", '"': r"\"", "\\": r"\\", "/": r"\/",
    "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f",
}  # fmt: skip
"""What Apache Commons Lang's escapeJavaScript writes with a backslash."""


class Headers(dict[str, str]):
    """Headers of the request; a name is found whatever its case.

    The local cloud keeps header names in lower case, so a template that asks for the client's
    spelling still finds its header.
    """

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name.lower() if isinstance(name, str) else name)

    def get(self, name: str, default: Any = None) -> Any:
        """The header's value, or the default."""
        return super().get(name.lower(), default)


@dataclass(frozen=True)
class TemplateInput:
    """What a template sees.

    body: the payload as text; an empty one reads as {}. context: what $context holds, nested
    by dots; the template may write its requestOverride and responseOverride.
    """

    body: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    stage_variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    """A template's text and what it wrote to $context.requestOverride and .responseOverride."""

    text: str
    request_override: Mapping[str, Any]
    response_override: Mapping[str, Any]


class MappingTemplate:
    """One template, parsed once. Raises TemplateError if it does not parse."""

    def __init__(self, source: str) -> None:
        self._program = Program(source)

    def render(self, inputs: TemplateInput) -> Rendered:
        """The template over the inputs. Raises TemplateError, which AWS answers with a 500."""
        request_override: dict[str, Any] = {
            "header": {},
            "querystring": {},
            "path": {},
            **inputs.context.get("requestOverride", {}),
        }
        response_override: dict[str, Any] = {"header": {}}
        overrides = {"requestOverride": request_override, "responseOverride": response_override}
        variables = {
            "input": _input(inputs),
            "util": UTIL,
            "context": dict(inputs.context) | overrides,
            "stageVariables": dict(inputs.stage_variables),
        }
        return Rendered(self._program.render(variables), request_override, response_override)


def _input(inputs: TemplateInput) -> Scope:
    body = inputs.body or "{}"
    parameters: dict[str, Mapping[str, str]] = {
        "path": dict(inputs.path),
        "querystring": dict(inputs.query),
        "header": Headers(inputs.headers),
    }
    document: list[Any] = []  # parsed at the first use, at most once

    def value_at(path: str) -> Any:
        if not document:
            document.append(_parse_or_missing(body))
        return find(path, document[0])

    def as_json(path: str = "$") -> str:
        value = value_at(path)
        return '""' if value is MISSING else to_json(value)

    def as_object(path: str = "$") -> Any:
        value = value_at(path)
        return None if value is MISSING else value

    def parameter(name: str | None = None) -> Any:
        if name is None:
            return parameters
        found = (parameters[place].get(name) for place in PARAMETER_PLACES)
        return next((value for value in found if value is not None), "")

    methods = {"json": as_json, "path": as_object, "params": parameter}
    return Scope("input", {"body": body}, methods)


def _parse_or_missing(body: str) -> Any:
    """A body that is not JSON, or is nested too deeply to be read, has nothing at any path.

    The template is not failed by it.
    """
    try:
        return parse_json(body)
    except ValueError:
        return MISSING


def _escape_javascript(value: Any) -> str:
    return "".join(JAVASCRIPT_ESCAPES.get(char) or _escape_char(char) for char in to_text(value))


def _escape_char(char: str) -> str:
    if " " <= char <= "\x7f":
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex().upper()}" for i in range(0, len(units), 2))


def _url_encode(value: Any) -> str:
    """java.net.URLEncoder: like a form, but "~" is escaped and "*" is not."""
    encoded = urllib.parse.quote_plus(to_text(value), safe="*", errors="replace")
    return encoded.replace("~", "%7E")


UTIL = Scope(
    "util",
    {},
    {
        "escapeJavaScript": _escape_javascript,
        "parseJson": lambda text: parse_json(to_text(text)),
        "urlEncode": _url_encode,
        "urlDecode": lambda text: urllib.parse.unquote_plus(to_text(text)),
        "base64Encode": lambda text: base64.b64encode(_utf8(text)).decode("ascii"),
        "base64Decode": lambda text: base64.b64decode(_utf8(text), validate=True).decode(
            "utf-8", "replace"
        ),
    },
)
"""$util; it keeps no state, so one serves all requests."""


def _utf8(value: Any) -> bytes:
    return to_text(value).encode("utf-8", "replace")
