"""Parses one operation of a document: parameters, models, security, integration, responses.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local.api_gateway.integration import parse_integration
from local.api_gateway.json_reader import Node, required
from local.api_gateway.model import Method
from local.api_gateway.parameters import (
    METHOD_HEADER,
    METHOD_PATH,
    METHOD_QUERY,
    Parameter,
    Source,
)
from local.api_gateway.schema import Model, parse_model
from local.api_gateway.security import Scheme, parse_requirement
from local.api_gateway.validators import Checks, RequestValidator

INTEGRATION = "x-amazon-apigateway-integration"
VALIDATOR = "x-amazon-apigateway-request-validator"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
KEYS = (
    *("operationId", "summary", "description", "tags", "externalDocs", "deprecated"),
    *("parameters", "requestBody", "responses", "security", VALIDATOR, INTEGRATION),
)
PARAMETER_KEYS = ("name", "in", "required", "description", "schema", "example")
PARAMETER_PLACES = {"header": METHOD_HEADER, "query": METHOD_QUERY, "path": METHOD_PATH}
RESPONSE_KEYS = ("description", "headers", "content")


@dataclass(frozen=True)
class Components:
    """What operations share. checks: of the document's own validator, where one is named."""

    schemas: Node
    schemes: Mapping[str, Scheme]
    validators: Mapping[str, Checks]
    checks: Checks

    def validator(self, name: Node) -> Checks:
        """The validator of that name. Raises DocumentError if there is none."""
        if name.text() not in self.validators:
            known = " or ".join(self.validators) or "no validator, for none is defined"
            raise name.error(known)
        return self.validators[name.text()]


def parse_method(node: Node, components: Components) -> Method:
    """The method that an operation defines. Raises DocumentError."""
    members = node.members_of(KEYS)
    parameters = _parameters(members.get("parameters", Node("", [])))
    security = parse_requirement(members.get("security"), components.schemes)
    responses = _declared_responses(required(members, "responses", node, "an object of responses"))
    models = _models(members.get("requestBody", Node("", {})), components.schemas)
    checks = components.checks
    if VALIDATOR in members:
        checks = components.validator(members[VALIDATOR])
    integration = required(members, INTEGRATION, node, "an integration")
    return Method(
        api_key_required=Scheme.API_KEY in security,
        signature_required=Scheme.SIGNATURE in security,
        validator=_validator(checks, parameters, models),
        integration=parse_integration(integration, [p.source for p in parameters], responses),
    )


def _validator(
    checks: Checks, parameters: Sequence[Parameter], models: Mapping[str, Model]
) -> RequestValidator:
    wanted = tuple(p for p in parameters if p.required) if checks.parameters else ()
    return RequestValidator(wanted, models if checks.body else {})


def _parameters(node: Node) -> list[Parameter]:
    parameters: list[Parameter] = []
    for item in node.items():
        parameter = _parameter(item)
        if parameter.source in (other.source for other in parameters):
            raise item.error("parameters declared once, whatever the case of a header's name")
        parameters.append(parameter)
    return parameters


def _parameter(node: Node) -> Parameter:
    members = node.members_of(PARAMETER_KEYS)
    place = required(members, "in", node, "header, query, path").one_of(PARAMETER_PLACES)
    name = required(members, "name", node, "a name").text()
    source = Source(PARAMETER_PLACES[place], name.lower() if place == "header" else name)
    return Parameter(name, source, "required" in members and members["required"].boolean())


def _models(body: Node, schemas: Node) -> Mapping[str, Model]:
    """Models by content type, in lower case; that a body is required has no meaning to AWS."""
    members = body.members_of(("description", "required", "content"))
    models = {}
    for content_type, content in members.get("content", Node("", {})).members().items():
        media = content.members_of(("schema", "example", "examples"))
        if "schema" in media:
            models[content_type.lower()] = parse_model(media["schema"], schemas)
    return models


def _declared_responses(node: Node) -> Mapping[int, frozenset[str]]:
    """Method responses: status -> the headers (lower case) that an integration may set."""
    declared = {}
    for status, response in node.members().items():
        members = response.members_of(RESPONSE_KEYS)
        headers = members.get("headers", Node("", {})).members()
        code = Node(response.path, status).integer(100, 599)
        declared[code] = frozenset(name.lower() for name in headers)
    return declared
