"""The REST API as one OpenAPI document: routes in, dictionary out.

Its JSON text is the API: a change of it redeploys. Extensions:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

CONTENT_TYPES = ("application/json", "text/csv")
"""What a route takes and answers."""

INTEGRATION_TIMEOUT_MS = 29_000
"""API Gateway's default limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

RETRY_AFTER_SECONDS = 2

_TEMPLATES = Path(__file__).parent / "templates"
_API_KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}


@dataclass(frozen=True)
class Route:
    """A path that API Gateway maps straight onto a SageMaker endpoint."""

    name: str
    """Name of the operation."""
    path: str
    """Path of the API, such as /iris."""
    integration_uri: str
    """`arn:{partition}:apigateway:{region}:runtime.sagemaker:path/...` of the invocation."""
    role_arn: str
    """Role that API Gateway invokes the endpoint as."""


def build_document(title: str, routes: Sequence[Route]) -> Json:
    """The OpenAPI 3.0 document of an API."""
    return {
        "openapi": "3.0.1",
        "info": {"title": title, "version": "1"},
        "paths": {route.path: {"post": operation(route)} for route in routes},
        "components": {"securitySchemes": {"api-key": _API_KEY}},
        "x-amazon-apigateway-api-key-source": "HEADER",
        "x-amazon-apigateway-gateway-responses": gateway_responses(),
    }


def operation(route: Route) -> Json:
    """One method: a prediction for the rows in the body."""
    return {
        "operationId": route.name,
        "security": [{"api-key": []}],
        "parameters": [
            {"name": name, "in": "header", "schema": {"type": "string"}}
            for name in ("Accept", "Content-Type")
        ],
        "responses": method_responses(),
        "x-amazon-apigateway-integration": integration(route),
    }


def integration(route: Route) -> Json:
    """How the request becomes InvokeEndpoint, and its answer the response."""
    return {
        "type": "aws",
        "httpMethod": "POST",
        "uri": route.integration_uri,
        "credentials": route.role_arn,
        "passthroughBehavior": "never",
        "timeoutInMillis": INTEGRATION_TIMEOUT_MS,
        "requestParameters": {
            f"integration.request.header.{name}": f"method.request.header.{name}"
            for name in ("Accept", "Content-Type")
        },
        # The text goes on as it came: rows are the container's to check, which names the cell.
        "requestTemplates": dict.fromkeys(CONTENT_TYPES, "$input.body"),
        "responses": integration_responses(),
    }


def integration_responses() -> Json:
    """By SageMaker's status, as a pattern; what nothing matches is a failure, never a 200."""
    return {
        r"2\d{2}": {
            "statusCode": "200",
            "responseParameters": {
                f"method.response.header.{name}": f"integration.response.header.{name}"
                for name in ("Content-Type", "x-amzn-Invoked-Production-Variant")
            },
        },
        "413": _failure("413", "PayloadTooLarge", "The body is over 6 MiB. Send fewer rows."),
        "424": _error_response("502", (_TEMPLATES / "model_error.vtl").read_text()),
        "429": _retry("429", "TooManyRequests", "Too many requests. Try again."),
        "503": _retry("503", "ModelUnavailable", "The model cannot answer now. Try again."),
        "default": _failure("502", "ModelFailed", "The model failed on this request."),
    }


def method_responses() -> Json:
    """Every status and header that an integration response uses must be declared."""
    answered = {"200": ("Content-Type", "x-amzn-Invoked-Production-Variant")}
    failed = dict.fromkeys(
        ("400", "413", "415", "429", "502", "503"), ("Content-Type", "Retry-After")
    )
    return {
        status: {
            "description": "Prediction" if status == "200" else "Error",
            "headers": {name: {"schema": {"type": "string"}} for name in names},
        }
        for status, names in (answered | failed).items()
    }


def gateway_responses() -> Json:
    """What API Gateway answers itself, in the shape of every other error."""
    body = '{"error":{"code":"$context.error.responseType","message":$context.error.messageString}}'
    return {
        kind: {"responseTemplates": {"application/json": body}}
        for kind in ("DEFAULT_4XX", "DEFAULT_5XX")
    }


def _failure(status: str, code: str, message: str) -> Json:
    return _error_response(status, f'{{"error":{{"code":"{code}","message":"{message}"}}}}')


def _retry(status: str, code: str, message: str) -> Json:
    retry_after = {"method.response.header.Retry-After": f"'{RETRY_AFTER_SECONDS}'"}
    return _failure(status, code, message) | _headers(retry_after)


def _error_response(status: str, template: str) -> Json:
    return {
        "statusCode": status,
        "responseTemplates": {"application/json": template},
        **_headers({}),
    }


def _headers(more: Mapping[str, str]) -> Json:
    json_body = {"method.response.header.Content-Type": "'application/json'"}
    return {"responseParameters": json_body | dict(more)}
