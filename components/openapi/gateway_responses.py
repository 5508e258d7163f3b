"""What API Gateway answers itself, in the shape of every other error.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from components.config.gateway import Cors
from components.openapi.api import CONTENT_TYPES, JSON, Json
from components.openapi.cors import answer_headers
from components.openapi.errors import RETRY_AFTER_SECONDS, TOO_MANY_REQUESTS, error_body
from components.openapi.invocation import INTEGRATION_TIMEOUT_MS
from container.formats.rows import MAX_ROWS
from container.predictions import Extra

OWN_MESSAGE = "$context.error.messageString"
"""API Gateway's own words, which it puts in quotes: it names the parameters that are missing."""

RESPONSES: dict[str, tuple[str, str]] = {
    "ACCESS_DENIED": (
        "AccessDenied",
        "This principal may not call this route. It needs execute-api:Invoke on it.",
    ),
    "API_CONFIGURATION_ERROR": ("GatewayFailed", "The gateway failed on this request."),
    "AUTHORIZER_CONFIGURATION_ERROR": ("GatewayFailed", "The gateway failed on this request."),
    "AUTHORIZER_FAILURE": ("GatewayFailed", "The gateway failed on this request."),
    # The validator's own words quote the body; what is wanted is said in one sentence.
    "BAD_REQUEST_BODY": (
        "InvalidRequest",
        f'The body is not {{"instances": [[...], ...]}} with 1 to {MAX_ROWS} rows, and include, if '
        f"it is there, a list of {', '.join(Extra)}.",
    ),
    "BAD_REQUEST_PARAMETERS": ("InvalidParameters", OWN_MESSAGE),
    "DEFAULT_4XX": ("RequestRefused", OWN_MESSAGE),
    "DEFAULT_5XX": ("GatewayFailed", "The gateway failed on this request."),
    "EXPIRED_TOKEN": ("ExpiredToken", "The token has expired. Sign the request with a new one."),
    "INTEGRATION_FAILURE": ("ModelUnreachable", "The model could not be reached. Try again."),
    "INTEGRATION_TIMEOUT": (
        "ModelTimeout",
        f"The model took longer than {INTEGRATION_TIMEOUT_MS // 1000} s. Send fewer rows.",
    ),
    "INVALID_API_KEY": ("InvalidApiKey", "Send a valid API key in the header x-api-key."),
    "INVALID_SIGNATURE": ("InvalidSignature", "The signature is wrong. Check key and clock."),
    # Also what a path or method that does not exist gets.
    "MISSING_AUTHENTICATION_TOKEN": (
        "UnknownRoute",
        "No such path or method, or the request is not signed.",
    ),
    "QUOTA_EXCEEDED": ("QuotaExceeded", "The quota of this API key is used up for today."),
    "RESOURCE_NOT_FOUND": ("NotFound", "No such path or method."),
    "THROTTLED": TOO_MANY_REQUESTS,
    "UNAUTHORIZED": ("Unauthorized", "The credentials are not accepted."),
    "UNSUPPORTED_MEDIA_TYPE": (
        "UnsupportedMediaType",
        f"Content-Type: send {', '.join(CONTENT_TYPES[:-1])} or {CONTENT_TYPES[-1]}.",
    ),
    "WAF_FILTERED": ("Filtered", "The firewall refused the request."),
}
"""Code and message by type; all but REQUEST_TOO_LARGE, which cannot be shaped."""

RETRY_AFTER_SECONDS_BY_TYPE = {"THROTTLED": RETRY_AFTER_SECONDS, "QUOTA_EXCEEDED": 3600}
"""A quota begins anew once a day; nobody knows when from outside, so an hour is a fair wait.

After a timeout there is none: the model may still be busy with the request."""


def gateway_responses(cors: Cors | None) -> Json:
    """The customised responses by type."""
    return {kind: _response(kind, *said, cors) for kind, said in RESPONSES.items()}


def _response(kind: str, code: str, message: str, cors: Cors | None) -> Json:
    headers = answer_headers(cors)
    if kind in RETRY_AFTER_SECONDS_BY_TYPE:
        headers["Retry-After"] = f"'{RETRY_AFTER_SECONDS_BY_TYPE[kind]}'"
    body = error_body(code, message).replace(f'"{OWN_MESSAGE}"', OWN_MESSAGE)
    return {
        "responseParameters": {f"gatewayresponse.header.{n}": v for n, v in headers.items()},
        "responseTemplates": {JSON: body},
    }
