"""From a method's request to the integration's, and from its response to the method's.

https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-data-transformations.html
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.java_text import parse_json, to_text
from local.api_gateway.media_types import DEFAULT_CONTENT_TYPE, is_binary, media_type
from local.api_gateway.model import Integration, IntegrationResponse, Passthrough
from local.api_gateway.parameters import Scopes
from local.api_gateway.payload import Payload, becomes_binary, convert, encode
from local.api_gateway.velocity import TemplateError
from local.api_gateway.vtl import MappingTemplate, Rendered, TemplateInput
from local.http import HttpResponse

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True)
class IntegrationRequest:
    """What goes to the integration. Header names are lower case.

    override: $context.requestOverride, which the response's template can read.
    """

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    override: Mapping[str, Any]


def map_request(
    integration: Integration,
    scopes: Scopes,
    body: bytes,
    binary_media_types: Collection[str] = (),
) -> IntegrationRequest:
    """The request for the integration.

    Content-Type and Accept are application/json unless mapped, so a CSV route must map its own.
    Raises GatewayError: 415 for a content type without a template, 500 for a template that fails
    or a payload that is not what the integration converts.
    """
    content_type = scopes.headers.get("content-type")
    binary = is_binary(binary_media_types, content_type)
    to_binary = becomes_binary(integration.content_handling, otherwise=binary)
    payload = _converted(body, is_binary=binary, to_binary=to_binary)
    template = _request_template(integration, content_type)
    payload, rendered = _render(
        template,
        payload,
        TemplateInput(
            path=scopes.path,
            query=scopes.query,
            headers=scopes.headers,
            context=scopes.context,
            stage_variables=scopes.stage_variables,
        ),
    )
    headers = {
        "content-type": DEFAULT_CONTENT_TYPE,
        "accept": DEFAULT_CONTENT_TYPE,
        **scopes.values(integration.headers),
        **_written_headers(rendered.request_override),
    }
    written = rendered.request_override.get("querystring", {})
    query = scopes.values(integration.query) | {
        to_text(name): to_text(value) for name, value in _object(written).items()
    }
    return IntegrationRequest(
        safe_headers(headers), query, encode(payload), rendered.request_override
    )


def mock_response(request: IntegrationRequest) -> HttpResponse:
    """What a MOCK integration answers: the statusCode that its request template wrote.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
    """
    try:
        status = parse_json(request.body.decode())["statusCode"]
    except (ValueError, TypeError, LookupError) as error:
        raise _configuration_error("the MOCK request has no statusCode") from error
    return HttpResponse(_status(status))


def map_response(
    integration: Integration,
    response: HttpResponse,
    scopes: Scopes,
    override: Mapping[str, Any],
    binary_media_types: Collection[str] = (),
) -> HttpResponse:
    """The response for the caller, chosen by the integration's status.

    override: the request's $context.requestOverride. Raises GatewayError (500) where no response
    matches and there is no default, or where the template or a conversion fails.
    """
    chosen = _select(integration, response.status)
    scopes = replace(scopes, integration_headers=response.headers)
    answered = response.headers.get("content-type")
    accepts_binary = is_binary(binary_media_types, scopes.headers.get("accept"))
    payload = _converted(
        response.body,
        is_binary=is_binary(binary_media_types, answered),
        to_binary=becomes_binary(chosen.content_handling, otherwise=accepts_binary),
    )
    content_type, template = _response_template(chosen, answered)
    context = {**scopes.context, "requestOverride": override}
    payload, rendered = _render(
        template, payload, TemplateInput(context=context, stage_variables=scopes.stage_variables)
    )
    status = rendered.response_override.get("status")
    return HttpResponse(
        status=chosen.status if status is None else _status(status),
        headers={
            "content-type": content_type,
            **scopes.values(chosen.headers),
            **_written_headers(rendered.response_override),
        },
        body=encode(payload),
    )


def safe_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers whose values cannot end their line: control characters become spaces.

    https://www.rfc-editor.org/rfc/rfc9110#section-5.5
    """
    return {name: _CONTROL.sub(" ", value) for name, value in headers.items()}


def _request_template(integration: Integration, content_type: str | None) -> MappingTemplate | None:
    template = integration.templates.get(media_type(content_type))
    refused = integration.passthrough is Passthrough.NEVER or (
        integration.passthrough is Passthrough.WHEN_NO_TEMPLATES and integration.templates
    )
    if template is None and refused:
        raise GatewayError(ResponseType.UNSUPPORTED_MEDIA_TYPE)
    return template


def _response_template(
    response: IntegrationResponse, content_type: str | None
) -> tuple[str, MappingTemplate | None]:
    """The answer's content type and its template: for the integration's type, else for JSON."""
    for candidate in (media_type(content_type), DEFAULT_CONTENT_TYPE):
        if candidate in response.templates:
            return candidate, response.templates[candidate]
    return DEFAULT_CONTENT_TYPE, None


def _select(integration: Integration, status: int) -> IntegrationResponse:
    default = None
    for response in integration.responses:
        if response.pattern is None:
            default = response
        elif response.pattern.fullmatch(str(status)):
            return response
    if default is None:
        raise _configuration_error(f"no integration response matches {status}, and no default")
    return default


def _render(
    template: MappingTemplate | None, payload: Payload, inputs: TemplateInput
) -> tuple[Payload, Rendered]:
    """The payload after its template, if it has one, and what that wrote to the overrides.

    inputs: all that the template sees but the body.
    """
    if template is None:
        return payload, Rendered("", {}, {})
    if isinstance(payload, bytes):
        raise _configuration_error("a template for a binary payload, which is passed through only")
    try:
        rendered = template.render(replace(inputs, body=payload))
    except TemplateError as error:
        raise _configuration_error(f"mapping template {error}") from error
    return rendered.text, rendered


def _converted(body: bytes, *, is_binary: bool, to_binary: bool) -> Payload:
    try:
        return convert(body, is_binary=is_binary, to_binary=to_binary)
    except ValueError as error:
        raise _configuration_error(f"a payload that is to become binary: {error}") from error


def _written_headers(override: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        to_text(k).lower(): to_text(v) for k, v in _object(override.get("header", {})).items()
    }
    for name in headers:
        if not _HEADER_NAME.fullmatch(name):
            raise _configuration_error(f"{name!r} is no header name")
    return headers


def _object(value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise _configuration_error("an override of headers or querystring is no map")
    return value


def _status(value: Any) -> int:
    text = to_text(value)
    if not re.fullmatch("[1-5][0-9]{2}", text):
        raise _configuration_error(f"{text[:20]!r} is no HTTP status")
    return int(text)


def _configuration_error(detail: str) -> GatewayError:
    return GatewayError(ResponseType.API_CONFIGURATION_ERROR, detail)
