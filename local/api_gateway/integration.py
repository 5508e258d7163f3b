"""Parses x-amazon-apigateway-integration of the types AWS and MOCK.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
"""

import re
from collections.abc import Collection, Mapping

from local.api_gateway.json_reader import Node, required
from local.api_gateway.media_types import DEFAULT_CONTENT_TYPE
from local.api_gateway.model import (
    CacheKey,
    Integration,
    IntegrationResponse,
    IntegrationType,
    Passthrough,
    Service,
)
from local.api_gateway.parameters import (
    CONTEXT,
    INTEGRATION_HEADER,
    METHOD_HEADER,
    METHOD_PATH,
    METHOD_QUERY,
    STAGE_VARIABLES,
    Source,
    parse_mapping,
    parse_source,
)
from local.api_gateway.payload import ContentHandling
from local.api_gateway.velocity import TemplateError
from local.api_gateway.vtl import MappingTemplate

MAX_TEMPLATE_BYTES = 300 * 1024
TIMEOUT_MILLISECONDS = (50, 29_000)
"""Both limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""

KEYS = (
    *("type", "httpMethod", "uri", "credentials", "timeoutInMillis", "passthroughBehavior"),
    *("requestTemplates", "requestParameters", "responses", "contentHandling"),
    *("cacheKeyParameters", "cacheNamespace"),
)
RESPONSE_KEYS = ("statusCode", "responseTemplates", "responseParameters", "contentHandling")
HTTP_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH")
REQUEST_HEADER = "integration.request.header"
REQUEST_QUERY = "integration.request.querystring"
RESPONSE_HEADER = "method.response.header"

_URI = re.compile(
    r"arn:aws[a-z-]*:apigateway:[a-z0-9-]+:(?P<service>[a-z0-9.-]+):path/+"
    r"(?P<path>([^{}]|\$\{stageVariables\.[A-Za-z0-9_]+\})+)"
)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")


def parse_integration(
    node: Node, parameters: Collection[Source], responses: Mapping[int, Collection[str]]
) -> Integration:
    """The integration of one operation.

    parameters: what the operation declares. responses: its responses, status -> declared header
    names in lower case. Raises DocumentError.
    """
    members = node.members_of(KEYS)
    type_ = IntegrationType(
        required(members, "type", node, " or ".join(IntegrationType)).one_of(tuple(IntegrationType))
    )
    sources = (METHOD_HEADER, METHOD_QUERY, METHOD_PATH, CONTEXT, STAGE_VARIABLES)
    request = members.get("requestParameters", Node(node.path, {}))
    mapping = parse_mapping(request, (REQUEST_HEADER, REQUEST_QUERY), sources, parameters)
    lowest, highest = TIMEOUT_MILLISECONDS
    timeout = members.get("timeoutInMillis", Node(node.path, highest))
    passthrough = members.get("passthroughBehavior", Node(node.path, Passthrough.WHEN_NO_MATCH))
    answers = required(members, "responses", node, "an object with a default response")
    return Integration(
        type=type_,
        service=_parse_service(node, members) if type_ is IntegrationType.AWS else None,
        timeout_seconds=timeout.integer(lowest, highest) / 1000,
        passthrough=Passthrough(passthrough.one_of(tuple(Passthrough))),
        templates=_parse_templates(members.get("requestTemplates", Node(node.path, {}))),
        headers=mapping[REQUEST_HEADER],
        query=mapping[REQUEST_QUERY],
        responses=tuple(
            _parse_response(pattern, answer, responses)
            for pattern, answer in answers.members().items()
        ),
        content_handling=_content_handling(members),
        cache_key=_cache_key(members, parameters),
    )


def _content_handling(members: Mapping[str, Node]) -> ContentHandling | None:
    handling = members.get("contentHandling")
    return None if handling is None else ContentHandling(handling.one_of(tuple(ContentHandling)))


def _cache_key(members: Mapping[str, Node], declared: Collection[Source]) -> CacheKey:
    places = (METHOD_HEADER, METHOD_QUERY, METHOD_PATH)
    parameters = members.get("cacheKeyParameters", Node("", [])).items()
    return CacheKey(
        parameters=tuple(parse_source(item, places, declared) for item in parameters),
        namespace=members["cacheNamespace"].text() if "cacheNamespace" in members else None,
    )


def _parse_service(node: Node, members: Mapping[str, Node]) -> Service:
    form = "arn:PARTITION:apigateway:REGION:SERVICE:path/PATH, with ${stageVariables.NAME} at most"
    uri = required(members, "uri", node, form)
    parts = _URI.fullmatch(uri.text())
    if parts is None:
        raise uri.error(form)
    if parts["service"] == "lambda":  # its pattern is matched against errorMessage, not the status
        raise uri.error("services that answer with an HTTP status; not lambda with type AWS")
    credentials = required(members, "credentials", node, "the ARN of the role to call as")
    if not _ROLE.fullmatch(credentials.text()):
        raise credentials.error("the ARN of the role to call as")
    method = required(members, "httpMethod", node, ", ".join(HTTP_METHODS))
    return Service(
        name=parts["service"],
        action_path=f"/{parts['path']}",
        method=method.one_of(HTTP_METHODS),
        role_arn=credentials.text(),
    )


def _parse_response(
    pattern: str, node: Node, declared: Mapping[int, Collection[str]]
) -> IntegrationResponse:
    members = node.members_of(RESPONSE_KEYS)
    status_node = required(members, "statusCode", node, "the status of a declared response")
    status = status_node.integer(100, 599)
    if status not in declared:
        raise status_node.error(f"statuses under responses: {', '.join(map(str, declared))}")
    parameters = members.get("responseParameters", Node(node.path, {}))
    sources = (INTEGRATION_HEADER, CONTEXT, STAGE_VARIABLES)
    headers = parse_mapping(parameters, (RESPONSE_HEADER,), sources, None)[RESPONSE_HEADER]
    for name in headers:
        if name not in declared[status]:
            known = ", ".join(declared[status]) or "none"
            raise parameters.error(f"headers declared for {status} ({known}), not {name}")
    templates_node = members.get("responseTemplates", Node(node.path, {}))
    templates = _parse_templates(templates_node)
    if templates and DEFAULT_CONTENT_TYPE not in templates:
        raise templates_node.error(f"templates of which one is for {DEFAULT_CONTENT_TYPE}")
    return IntegrationResponse(
        pattern=_parse_pattern(pattern, node),
        status=status,
        templates=templates,
        headers=headers,
        content_handling=_content_handling(members),
    )


def _parse_pattern(pattern: str, node: Node) -> re.Pattern[str] | None:
    try:
        return None if pattern == "default" else re.compile(pattern)
    except re.error as error:
        raise node.error(f"default or a regular expression ({error})") from error


def _parse_templates(node: Node) -> Mapping[str, MappingTemplate]:
    """Templates by content type, in lower case."""
    templates: dict[str, MappingTemplate] = {}
    for content_type, template in node.members().items():
        if content_type.lower() in templates:
            raise template.error(f"one template for {content_type.lower()}, whatever its case")
        if len(template.text().encode()) > MAX_TEMPLATE_BYTES:
            raise template.error(f"templates of at most {MAX_TEMPLATE_BYTES} bytes")
        try:
            templates[content_type.lower()] = MappingTemplate(template.text())
        except TemplateError as error:
            raise template.error(f"a template that parses ({error})") from error
    return templates
