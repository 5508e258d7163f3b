"""Responses that the gateway gives by itself: their types, defaults and templates.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from local.api_gateway.json_reader import Node
from local.api_gateway.parameters import (
    CONTEXT,
    METHOD_HEADER,
    METHOD_PATH,
    METHOD_QUERY,
    STAGE_VARIABLES,
    Scopes,
    Source,
    parse_mapping,
    substitute,
)
from local.http import HttpResponse

DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'


class ResponseType(StrEnum):
    """Types of gateway responses that a document may define."""

    ACCESS_DENIED = "ACCESS_DENIED"
    API_CONFIGURATION_ERROR = "API_CONFIGURATION_ERROR"
    AUTHORIZER_CONFIGURATION_ERROR = "AUTHORIZER_CONFIGURATION_ERROR"
    AUTHORIZER_FAILURE = "AUTHORIZER_FAILURE"
    BAD_REQUEST_BODY = "BAD_REQUEST_BODY"
    BAD_REQUEST_PARAMETERS = "BAD_REQUEST_PARAMETERS"
    DEFAULT_4XX = "DEFAULT_4XX"
    DEFAULT_5XX = "DEFAULT_5XX"
    EXPIRED_TOKEN = "EXPIRED_TOKEN"  # noqa: S105 - the name of a response
    INTEGRATION_FAILURE = "INTEGRATION_FAILURE"
    INTEGRATION_TIMEOUT = "INTEGRATION_TIMEOUT"
    INVALID_API_KEY = "INVALID_API_KEY"
    INVALID_SIGNATURE = "INVALID_SIGNATURE"
    MISSING_AUTHENTICATION_TOKEN = "MISSING_AUTHENTICATION_TOKEN"  # noqa: S105 - likewise
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    RESOURCE_NOT_FOUND = "RESOURCE_NOT_FOUND"
    THROTTLED = "THROTTLED"
    UNAUTHORIZED = "UNAUTHORIZED"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    WAF_FILTERED = "WAF_FILTERED"


@dataclass(frozen=True)
class Default:
    """What the gateway answers where the document says nothing.

    error_type: the x-amzn-errortype header.
    """

    status: int
    message: str
    error_type: str


DEFAULTS: Mapping[ResponseType, Default] = {
    ResponseType.MISSING_AUTHENTICATION_TOKEN: Default(
        403, "Missing Authentication Token", "MissingAuthenticationTokenException"
    ),
    ResponseType.INVALID_API_KEY: Default(403, "Forbidden", "ForbiddenException"),
    ResponseType.INVALID_SIGNATURE: Default(
        403,
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details.",
        "InvalidSignatureException",
    ),
    ResponseType.EXPIRED_TOKEN: Default(
        403, "The security token included in the request is expired", "ExpiredTokenException"
    ),
    ResponseType.ACCESS_DENIED: Default(
        403, "User is not authorized to access this resource", "AccessDeniedException"
    ),
    ResponseType.THROTTLED: Default(429, "Too Many Requests", "TooManyRequestsException"),
    ResponseType.QUOTA_EXCEEDED: Default(429, "Limit Exceeded", "LimitExceededException"),
    ResponseType.BAD_REQUEST_PARAMETERS: Default(
        400, "Missing required request parameters", "BadRequestException"
    ),
    ResponseType.BAD_REQUEST_BODY: Default(400, "Invalid request body", "BadRequestException"),
    ResponseType.REQUEST_TOO_LARGE: Default(
        413, "HTTP content length exceeded 10485760 bytes.", "RequestTooLargeException"
    ),
    ResponseType.UNSUPPORTED_MEDIA_TYPE: Default(
        415, "Unsupported Media Type", "UnsupportedMediaTypeException"
    ),
    ResponseType.API_CONFIGURATION_ERROR: Default(
        500, "Internal server error", "InternalServerErrorException"
    ),
    ResponseType.INTEGRATION_FAILURE: Default(
        504, "Network error communicating with endpoint", "InternalServerErrorException"
    ),
    ResponseType.INTEGRATION_TIMEOUT: Default(
        504, "Endpoint request timed out", "InternalServerErrorException"
    ),
}
"""The responses that this runtime can give."""


class GatewayError(Exception):
    """A request that the gateway answers by itself.

    detail: for the log, not for the caller. message, error_type: in the place of the type's own.
    validation_error: what is wrong with a body.
    """

    def __init__(
        self,
        type_: ResponseType,
        detail: str = "",
        *,
        message: str | None = None,
        error_type: str | None = None,
        validation_error: str | None = None,
    ) -> None:
        why = detail or message
        super().__init__(f"{type_}: {why}" if why else str(type_))
        self.type = type_
        self.message = message or DEFAULTS[type_].message
        self.error_type = error_type or DEFAULTS[type_].error_type
        self.validation_error = validation_error


@dataclass(frozen=True)
class GatewayResponse:
    """One customised response. status: None keeps the type's own."""

    status: int | None = None
    headers: Mapping[str, Source] = field(default_factory=dict)
    template: str = DEFAULT_TEMPLATE

    def answer(self, error: GatewayError, scopes: Scopes) -> HttpResponse:
        """The response to the caller; $context.error must be set."""
        headers = {
            "content-type": "application/json",
            **scopes.values(self.headers),
            "x-amzn-errortype": error.error_type,
        }
        body = substitute(self.template, scopes).encode("utf-8", "replace")
        return HttpResponse(self.status or DEFAULTS[error.type].status, headers, body)


def select(
    responses: Mapping[ResponseType, GatewayResponse], type_: ResponseType
) -> GatewayResponse:
    """The document's response for the type, else for its family, else the built-in one."""
    if type_ is ResponseType.REQUEST_TOO_LARGE:
        return GatewayResponse()  # not customisable, nor by DEFAULT_4XX
    client = DEFAULTS[type_].status < 500
    family = ResponseType.DEFAULT_4XX if client else ResponseType.DEFAULT_5XX
    return responses.get(type_) or responses.get(family) or GatewayResponse()


def parse_gateway_responses(node: Node) -> Mapping[ResponseType, GatewayResponse]:
    """x-amazon-apigateway-gateway-responses. Raises DocumentError."""
    responses = {}
    for key, response in node.members().items():
        if key not in ResponseType.__members__ or key == ResponseType.REQUEST_TOO_LARGE:
            allowed = [t for t in ResponseType if t is not ResponseType.REQUEST_TOO_LARGE]
            raise response.error(f"the response types {', '.join(allowed)}")
        responses[ResponseType(key)] = _parse(response)
    return responses


def _parse(node: Node) -> GatewayResponse:
    members = node.members_of(("statusCode", "responseParameters", "responseTemplates"))
    prefix = "gatewayresponse.header"
    parameters = members.get("responseParameters", Node(node.path, {}))
    sources = (METHOD_HEADER, METHOD_QUERY, METHOD_PATH, CONTEXT, STAGE_VARIABLES)
    templates = members.get("responseTemplates", Node(node.path, {}))
    template = templates.members_of(("application/json",)).get("application/json")
    status = members.get("statusCode")
    return GatewayResponse(
        status=None if status is None else status.integer(100, 599),
        headers=parse_mapping(parameters, (prefix,), sources, declared=None)[prefix],
        template=DEFAULT_TEMPLATE if template is None else template.text(),
    )
