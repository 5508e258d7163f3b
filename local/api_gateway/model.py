"""What a deployed OpenAPI document says, as the runtime executes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from local.api_gateway.gateway_responses import GatewayResponse, ResponseType
from local.api_gateway.parameters import Source
from local.api_gateway.payload import ContentHandling
from local.api_gateway.validators import RequestValidator
from local.api_gateway.vtl import MappingTemplate


class IntegrationType(StrEnum):
    """Integrations that the local cloud runs."""

    AWS = "AWS"
    MOCK = "MOCK"


class Passthrough(StrEnum):
    """What happens to a body whose content type has no request template.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
    """

    WHEN_NO_MATCH = "WHEN_NO_MATCH"
    WHEN_NO_TEMPLATES = "WHEN_NO_TEMPLATES"
    NEVER = "NEVER"


@dataclass(frozen=True)
class Service:
    """The AWS service behind an integration of type AWS.

    name: as in the URI, "runtime.sagemaker". action_path: starts with "/" and may name stage
    variables. role_arn: whom the gateway calls as.
    """

    name: str
    action_path: str
    method: str
    role_arn: str


@dataclass(frozen=True)
class IntegrationResponse:
    """An answer to the caller, chosen where `pattern` matches the whole HTTP status.

    pattern: None for the default. templates: by content type; none means that the body passes.
    headers: response header (lower case) -> where its value comes from.
    """

    pattern: re.Pattern[str] | None
    status: int
    templates: Mapping[str, MappingTemplate] = field(default_factory=dict)
    headers: Mapping[str, Source] = field(default_factory=dict)
    content_handling: ContentHandling | None = None


@dataclass(frozen=True)
class CacheKey:
    """What a cached answer depends on. namespace: None for the resource's own."""

    parameters: tuple[Source, ...] = ()
    namespace: str | None = None


@dataclass(frozen=True)
class Integration:
    """How one method's requests are answered. service: None for MOCK."""

    type: IntegrationType
    service: Service | None
    timeout_seconds: float
    passthrough: Passthrough
    templates: Mapping[str, MappingTemplate]
    headers: Mapping[str, Source]
    query: Mapping[str, Source]
    responses: tuple[IntegrationResponse, ...]
    content_handling: ContentHandling | None = None
    cache_key: CacheKey = CacheKey()


@dataclass(frozen=True)
class Method:
    """One method of a resource. signature_required: by SigV4, which AWS calls AWS_IAM."""

    api_key_required: bool
    integration: Integration
    signature_required: bool = False
    validator: RequestValidator = RequestValidator()


@dataclass(frozen=True)
class Resource:
    """One path of the API, as "/models/{name}", and its methods by upper-case name."""

    path: str
    methods: Mapping[str, Method]


@dataclass(frozen=True)
class Document:
    """A REST API. policy: the resource policy, which is kept and not evaluated."""

    title: str
    resources: tuple[Resource, ...]
    gateway_responses: Mapping[ResponseType, GatewayResponse]
    description: str | None = None
    binary_media_types: tuple[str, ...] = ()
    policy: Mapping[str, Any] | None = None
