"""Parses the OpenAPI 3.0 document that defines a REST API; refuses by name what it lacks.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from local.api_gateway.gateway_responses import parse_gateway_responses
from local.api_gateway.json_reader import DocumentError, Node, required
from local.api_gateway.model import Document, Resource
from local.api_gateway.operation import INTEGRATION, METHODS, VALIDATOR, Components, parse_method
from local.api_gateway.schema import check_models
from local.api_gateway.security import AUTH_TYPE, parse_schemes
from local.api_gateway.validators import NO_CHECKS, parse_validators

GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
API_KEY_SOURCE = "x-amazon-apigateway-api-key-source"
VALIDATORS = "x-amazon-apigateway-request-validators"
BINARY_MEDIA_TYPES = "x-amazon-apigateway-binary-media-types"
POLICY = "x-amazon-apigateway-policy"
FORMAT_VERSION = "x-amazon-apigateway-importexport-version"

ROOT_EXTENSIONS = (
    *(GATEWAY_RESPONSES, API_KEY_SOURCE, VALIDATORS, VALIDATOR),
    *(BINARY_MEDIA_TYPES, POLICY, FORMAT_VERSION),
)
EXTENSIONS = {0: ROOT_EXTENSIONS, 3: (VALIDATOR, INTEGRATION, AUTH_TYPE)}
"""By their depth in the document: at its root, in an operation or a security scheme."""
ROOT_KEYS = (
    *("openapi", "info", "servers", "tags", "externalDocs", "paths", "components"),
    *ROOT_EXTENSIONS,
)

_SEGMENT = re.compile(r"[A-Za-z0-9._:-]+|\{[A-Za-z0-9._:-]+\+?\}")


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
        root_ones, inner_ones = map(", ".join, EXTENSIONS.values())
        raise unknown[0].error(f"at the root the extensions {root_ones}; further in {inner_ones}")
    members = root.members_of(ROOT_KEYS)
    version = required(members, "openapi", root, "3.0.x")
    if not version.text().startswith("3.0."):
        raise version.error("3.0.x")
    members.get(API_KEY_SOURCE, Node("", "HEADER")).one_of(("HEADER",))
    members.get(FORMAT_VERSION, Node("", "1.0")).one_of(("1.0",))
    components = _components(members)
    paths = required(members, "paths", root, "an object of paths")
    resources = tuple(_resource(p, node, components) for p, node in paths.members().items())
    _refuse_siblings(resources, paths)
    info = required(members, "info", root, "an object with a title").members()
    title = required(info, "title", Node("info", {}), "the name of the API").text()
    return Document(
        title=title,
        description=info["description"].text() if "description" in info else None,
        resources=resources,
        gateway_responses=parse_gateway_responses(members.get(GATEWAY_RESPONSES, Node("", {}))),
        binary_media_types=tuple(
            item.text() for item in members.get(BINARY_MEDIA_TYPES, Node("", [])).items()
        ),
        policy=members[POLICY].value if POLICY in members else None,
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


def _extensions(node: Node, depth: int = 0) -> Iterator[Node]:
    """Every x-amazon- key that is unknown where it stands."""
    if isinstance(node.value, dict):
        for key, member in node.members().items():
            if key.lower().startswith("x-amazon-") and key not in EXTENSIONS.get(depth, ()):
                yield member
            yield from _extensions(member, depth + 1)
    elif isinstance(node.value, list):
        for item in node.items():
            yield from _extensions(item, depth + 1)


def _components(members: Mapping[str, Node]) -> Components:
    found = members.get("components", Node("components", {})).members()
    schemas = found.get("schemas", Node("components.schemas", {}))
    check_models(schemas)
    components = Components(
        schemas=schemas,
        schemes=parse_schemes(found.get("securitySchemes", Node("", {}))),
        validators=parse_validators(members.get(VALIDATORS, Node("", {}))),
        checks=NO_CHECKS,
    )
    if VALIDATOR not in members:
        return components
    return replace(components, checks=components.validator(members[VALIDATOR]))


def _resource(path: str, node: Node, components: Components) -> Resource:
    *parents, last = path.removeprefix("/").split("/")
    well_formed = path == "/" or all(map(_SEGMENT.fullmatch, (*parents, last)))
    if not path.startswith("/") or not well_formed or any("+" in part for part in parents):
        raise DocumentError("paths", path, "/, /name, /{name} and a last segment {name+}")
    operations = node.members_of(METHODS)
    methods = {name.upper(): parse_method(op, components) for name, op in operations.items()}
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
