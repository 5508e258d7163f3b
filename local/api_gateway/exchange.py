"""From a method's request to the integration's, and from its response to the method's.

https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-data-transformations.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.integration import DEFAULT_CONTENT_TYPE
from local.api_gateway.java_text import parse_json, to_text
from local.api_gateway.model import Integration, IntegrationResponse, Passthrough
from local.api_gateway.parameters import Scopes
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
    body: str
    override: Mapping[str, Any]


def map_request(integration: Integration, scopes: Scopes, body: bytes) -> IntegrationRequest:
    """The request for the integration.

    The body is text, whatever its bytes: without binary media types the service reads UTF-8.
    Content-Type and Accept are application/json unless mapped, so a CSV route must map its own.
    Raises GatewayError: 415 for a content type without a template, 500 for a template that fails.
    """
    text = body.decode("utf-8", "replace")
    rendered = Rendered(text, {}, {})
    template = _request_template(integration, scopes.headers.get("content-type"))
    if template is not None:
        rendered = _render(
            template,
            TemplateInput(
                body=text,
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
        safe_headers(headers), query, rendered.text, rendered.request_override
    )


def mock_response(request: IntegrationRequest) -> HttpResponse:
    """What a MOCK integration answers: the statusCode that its request template wrote.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
    """
    try:
        status = parse_json(request.body)["statusCode"]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise _configuration_error("the MOCK request has no statusCode") from error
    return HttpResponse(_status(status))


def map_response(
    integration: Integration, response: HttpResponse, scopes: Scopes, override: Mapping[str, Any]
) -> HttpResponse:
    """The response for the caller, chosen by the integration's status.

    override: the request's $context.requestOverride. Raises GatewayError (500) where no response
    matches and there is no default, or where the template fails.
    """
    chosen = _select(integration, response.status)
    scopes = replace(scopes, integration_headers=response.headers)
    text = response.body.decode("utf-8", "replace")
    content_type, template = _response_template(chosen, response.headers.get("content-type"))
    rendered = Rendered(text, {}, {})
    if template is not None:
        context = {**scopes.context, "requestOverride": override}
        rendered = _render(
            template,
            TemplateInput(body=text, context=context, stage_variables=scopes.stage_variables),
        )
    status = rendered.response_override.get("status")
    return HttpResponse(
        status=chosen.status if status is None else _status(status),
        headers={
            "content-type": content_type,
            **scopes.values(chosen.headers),
            **_written_headers(rendered.response_override),
        },
        body=rendered.text.encode("utf-8", "replace"),
    )


def safe_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers whose values cannot end their line: control characters become spaces.

    https://www.rfc-editor.org/rfc/rfc9110#section-5.5
    """
    return {name: _CONTROL.sub(" ", value) for name, value in headers.items()}


def media_type(content_type: str | None) -> str:
    """The type without its parameters, in lower case; application/json where there is none."""
    return (content_type or "").partition(";")[0].strip().lower() or DEFAULT_CONTENT_TYPE


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


def _render(template: MappingTemplate, inputs: TemplateInput) -> Rendered:
    try:
        return template.render(inputs)
    except TemplateError as error:
        raise _configuration_error(f"mapping template {error}") from error


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
