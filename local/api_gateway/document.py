"""Parses the OpenAPI 3.0 document that defines a REST API; refuses by name what it lacks.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.api_gateway.gateway_responses import parse_gateway_responses
from local.api_gateway.integration import parse_integration
from local.api_gateway.json_reader import DocumentError, Node, required
from local.api_gateway.model import Document, Method, Resource
from local.api_gateway.parameters import METHOD_HEADER, METHOD_PATH, METHOD_QUERY, Source

GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
API_KEY_SOURCE = "x-amazon-apigateway-api-key-source"
INTEGRATION = "x-amazon-apigateway-integration"
EXTENSIONS = (GATEWAY_RESPONSES, API_KEY_SOURCE, INTEGRATION)

ROOT_KEYS = (
    *("openapi", "info", "servers", "tags", "externalDocs", "paths", "components"),
    *(GATEWAY_RESPONSES, API_KEY_SOURCE),
)
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
OPERATION_KEYS = (
    *("operationId", "summary", "description", "tags", "externalDocs", "deprecated"),
    *("parameters", "requestBody", "responses", "security", INTEGRATION),
)
PARAMETER_KEYS = ("name", "in", "required", "description", "schema", "example")
PARAMETER_PLACES = {"header": METHOD_HEADER, "query": METHOD_QUERY, "path": METHOD_PATH}
RESPONSE_KEYS = ("description", "headers", "content")

_SEGMENT = re.compile(r"[A-Za-z0-9._:-]+|\{[A-Za-z0-9._:-]+\+?\}")


@dataclass(frozen=True)
class _Schemes:
    """The security schemes of the document; all that is supported is the API key."""

    names: tuple[str, ...]

    def key_required(self, operation: Mapping[str, Node]) -> bool:
        """Whether the operation's security asks for an API key."""
        security = operation.get("security")
        requirements = [] if security is None else security.items()
        if security is not None and len(requirements) > 1:
            raise security.error("at most one security requirement")
        return any([bool(list(requirement.members_of(self.names))) for requirement in requirements])


def parse_document(text: str) -> Document:
    """The API that the JSON text defines.

    Raises DocumentError, naming the JSON path, for what is not JSON, what this runtime does not
    execute and what AWS would refuse at import.
    """
    try:
        root = Node("", json.loads(text, object_pairs_hook=_without_repeats))
        unknown = list(_extensions(root))
    except (ValueError, RecursionError) as error:
        raise DocumentError("(document)", text, f"a JSON text ({error})") from error
    if unknown:
        raise unknown[0].error(f"the extensions {', '.join(EXTENSIONS)}")
    members = root.members_of(ROOT_KEYS)
    version = required(members, "openapi", root, "3.0.x")
    if not version.text().startswith("3.0."):
        raise version.error("3.0.x")
    if API_KEY_SOURCE in members:
        members[API_KEY_SOURCE].one_of(("HEADER",))
    schemes = _parse_schemes(members.get("components", Node("components", {})))
    paths = required(members, "paths", root, "an object of paths")
    resources = tuple(_parse_resource(p, node, schemes) for p, node in paths.members().items())
    _refuse_siblings(resources, paths)
    return Document(
        resources,
        parse_gateway_responses(members.get(GATEWAY_RESPONSES, Node(GATEWAY_RESPONSES, {}))),
    )


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; JSON leaves open which of two members with one key counts, so none does."""
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            allowed = "objects that have each key once; this key is repeated"
            raise DocumentError("(document)", key, allowed)
        members[key] = value
    return members


def _extensions(node: Node) -> Iterator[Node]:
    """Every unknown x-amazon- key, wherever it stands."""
    if isinstance(node.value, dict):
        for key, member in node.members().items():
            if key.lower().startswith("x-amazon-") and key not in EXTENSIONS:
                yield member
            yield from _extensions(member)
    elif isinstance(node.value, list):
        for item in node.items():
            yield from _extensions(item)


def _parse_schemes(components: Node) -> _Schemes:
    schemes = components.members().get("securitySchemes", Node("", {})).members()
    for scheme in schemes.values():
        members = scheme.members_of(("type", "in", "name", "description"))
        required(members, "type", scheme, "apiKey").one_of(("apiKey",))
        required(members, "in", scheme, "header").one_of(("header",))
        required(members, "name", scheme, "x-api-key").one_of(("x-api-key",))
    return _Schemes(tuple(schemes))


def _parse_resource(path: str, node: Node, schemes: _Schemes) -> Resource:
    *parents, last = path.removeprefix("/").split("/")
    well_formed = path == "/" or all(map(_SEGMENT.fullmatch, (*parents, last)))
    if not path.startswith("/") or not well_formed or any("+" in part for part in parents):
        raise DocumentError("paths", path, "/, /name, /{name} and a last segment {name+}")
    operations = node.members_of(METHODS)
    methods = {name.upper(): _parse_method(op, schemes) for name, op in operations.items()}
    return Resource(path, methods)


def _refuse_siblings(resources: tuple[Resource, ...], paths: Node) -> None:
    """AWS: one resource has at most one child that is a variable."""
    variables: dict[str, str] = {}
    for resource in resources:
        parent = ""
        for segment in resource.path.strip("/").split("/"):
            if segment.startswith("{") and variables.setdefault(parent, segment) != segment:
                allowed = f"one variable below {parent or '/'}, which is {variables[parent]}"
                raise DocumentError(paths.path, resource.path, allowed)
            parent = f"{parent}/{segment}"


def _parse_method(node: Node, schemes: _Schemes) -> Method:
    members = node.members_of(OPERATION_KEYS)
    parameters = members.get("parameters")
    declared = [] if parameters is None else [_declared(item) for item in parameters.items()]
    responses = required(members, "responses", node, "an object of responses")
    integration = required(members, INTEGRATION, node, "an integration")
    return Method(
        api_key_required=schemes.key_required(members),
        integration=parse_integration(integration, declared, _declared_responses(responses)),
    )


def _declared(parameter: Node) -> Source:
    members = parameter.members_of(PARAMETER_KEYS)
    place = required(members, "in", parameter, "header, query, path").one_of(PARAMETER_PLACES)
    name = required(members, "name", parameter, "a name").text()
    return Source(PARAMETER_PLACES[place], name.lower() if place == "header" else name)


def _declared_responses(node: Node) -> Mapping[int, frozenset[str]]:
    """Method responses: status -> the headers (lower case) that an integration may set."""
    declared = {}
    for status, response in node.members().items():
        members = response.members_of(RESPONSE_KEYS)
        headers = members.get("headers", Node("", {})).members()
        code = Node(response.path, status).integer(100, 599)
        declared[code] = frozenset(name.lower() for name in headers)
    return declared
