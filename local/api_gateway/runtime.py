"""A deployed stage of a REST API: requests in, responses out, in the order of the real service.

Not here: stage throttles and quotas, validators, caches, authorizers, IAM authentication, canaries.
A document that asks for one is refused when it is parsed.
"""

import hmac
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from local.api_gateway import gateway_responses
from local.api_gateway.access_log import AccessLog
from local.api_gateway.exchange import (
    IntegrationRequest,
    map_request,
    map_response,
    mock_response,
    safe_headers,
)
from local.api_gateway.gateway_responses import DEFAULTS, GatewayError, ResponseType
from local.api_gateway.model import Document, Integration, Method, Service
from local.api_gateway.parameters import Scopes
from local.api_gateway.routing import Match, Router
from local.call_log import CallLog
from local.clock import Clock
from local.http import HttpRequest, HttpResponse
from local.principal import ANONYMOUS, Principal, PrincipalKind

MAX_PAYLOAD_BYTES = 10 * 1024 * 1024
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""

_execution_log = logging.getLogger(__name__)


class Backend(Protocol):
    """The AWS services behind integrations of type AWS."""

    def __call__(
        self, principal: Principal, service: str, request: HttpRequest, timeout_seconds: float
    ) -> HttpResponse:
        """Calls a service as the principal, which is a role.

        service: as in the integration's URI, "runtime.sagemaker"; request.path is its action
        path. Raises TimeoutError after timeout_seconds (504 INTEGRATION_TIMEOUT); any other
        exception means that there was no answer (504 INTEGRATION_FAILURE).
        """


@dataclass(frozen=True)
class Stage:
    """A stage. Its name is the first segment of every request's path, as on execute-api."""

    name: str
    api_id: str
    account_id: str
    region: str
    variables: Mapping[str, str] = field(default_factory=dict)


class RestApi:
    """One stage of one API; many threads may call `handle` at once.

    keys: API key value -> key id, the keys of this stage's usage plans. It is read at every
    request, so a key added later is known. calls: notes every call. access_log: None logs nothing.
    """

    def __init__(
        self,
        document: Document,
        stage: Stage,
        *,
        backend: Backend,
        keys: Mapping[str, str],
        clock: Clock,
        calls: CallLog,
        access_log: AccessLog | None = None,
    ) -> None:
        self._router = Router(document.resources)
        self._gateway_responses = document.gateway_responses
        self._stage = stage
        self._backend = backend
        self._keys = keys
        self._clock = clock
        self._calls = calls
        self._access_log = access_log

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The response to one request; the path starts with the stage ("/live/iris")."""
        started = self._clock()
        match = self._match(request.path)
        context = self._context(request, match, started)
        scopes = Scopes(
            context=context,
            stage_variables=self._stage.variables,
            headers=request.headers,
            query=request.query,
            path=match.parameters if match else {},
        )
        caller = ANONYMOUS
        try:
            method = self._method(request, match)
            caller = self._authenticate(request, method, context)
            if len(request.body) > MAX_PAYLOAD_BYTES:
                raise GatewayError(ResponseType.REQUEST_TOO_LARGE)
            response = self._execute(method, request, scopes, context)
        except GatewayError as error:
            _execution_log.warning("%s %s", context["requestId"], error)
            response = self._gateway_response(error.type, scopes, context)
        headers = safe_headers({**response.headers, "x-amzn-requestid": context["requestId"]})
        response = HttpResponse(response.status, headers, response.body)
        self._log(context, response, started)
        self._calls.record(caller, "execute-api:Invoke", self._arn(request), response.status)
        return response

    def _arn(self, request: HttpRequest) -> str:
        """https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html"""
        stage = self._stage
        api = f"arn:aws:execute-api:{stage.region}:{stage.account_id}:{stage.api_id}"
        _, _, path = request.path.removeprefix("/").partition("/")
        return f"{api}/{stage.name}/{request.method}/{path}"

    def _match(self, path: str) -> Match | None:
        stage, _, rest = path.removeprefix("/").partition("/")
        return self._router.match(f"/{rest}") if stage == self._stage.name else None

    def _context(
        self, request: HttpRequest, match: Match | None, started: datetime
    ) -> dict[str, Any]:
        """$context of templates, gateway responses and the access log.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
        """
        identity = {
            "sourceIp": request.source_ip,
            "userAgent": request.headers.get("user-agent"),
        }
        return {
            "accountId": self._stage.account_id,
            "apiId": self._stage.api_id,
            "stage": self._stage.name,
            "requestId": str(uuid.uuid4()),
            "requestTime": started.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "requestTimeEpoch": int(started.timestamp() * 1000),
            "protocol": "HTTP/1.1",
            "httpMethod": request.method,
            "path": request.path,
            "resourcePath": match.resource.path if match else None,
            "identity": {name: value for name, value in identity.items() if value is not None},
        }

    def _method(self, request: HttpRequest, match: Match | None) -> Method:
        """The method to execute. Raises GatewayError if there is none."""
        method = match.resource.methods.get(request.method) if match else None
        if method is None:
            raise GatewayError(ResponseType.MISSING_AUTHENTICATION_TOKEN)
        return method

    def _authenticate(
        self, request: HttpRequest, method: Method, context: dict[str, Any]
    ) -> Principal:
        """Who calls. Raises GatewayError if the method wants a key and this request has none.

        Every key is compared, in constant time.
        """
        if not method.api_key_required:
            return ANONYMOUS
        given = request.headers.get("x-api-key", "").encode("utf-8", "surrogatepass")
        found = [
            key_id
            for value, key_id in tuple(self._keys.items())
            if hmac.compare_digest(value.encode(), given)
        ]
        if not found:
            raise GatewayError(ResponseType.INVALID_API_KEY)
        context["identity"]["apiKeyId"] = found[0]
        return Principal(PrincipalKind.API_KEY, found[0])

    def _execute(
        self, method: Method, request: HttpRequest, scopes: Scopes, context: dict[str, Any]
    ) -> HttpResponse:
        integration = method.integration
        outgoing = map_request(integration, scopes, request.body)
        if integration.service is None:
            answer = mock_response(outgoing)
        else:
            answer = self._call(integration.service, integration, outgoing, context)
        context["integration"] = {"status": answer.status}
        return map_response(integration, answer, scopes, outgoing.override)

    def _call(
        self,
        service: Service,
        integration: Integration,
        outgoing: IntegrationRequest,
        context: dict[str, Any],
    ) -> HttpResponse:
        request = HttpRequest(
            method=service.method,
            path=service.action_path,
            headers=outgoing.headers,
            query=outgoing.query,
            body=outgoing.body.encode("utf-8", "replace"),
        )
        role = Principal(PrincipalKind.ROLE, service.role_arn)
        started = self._clock()
        try:
            return self._backend(role, service.name, request, integration.timeout_seconds)
        except TimeoutError as error:
            raise GatewayError(ResponseType.INTEGRATION_TIMEOUT, service.name) from error
        except Exception as error:
            _execution_log.exception("%s: %s did not answer", context["requestId"], service.name)
            raise GatewayError(ResponseType.INTEGRATION_FAILURE, service.name) from error
        finally:
            context["integrationLatency"] = self._milliseconds_since(started)

    def _gateway_response(
        self, type_: ResponseType, scopes: Scopes, context: dict[str, Any]
    ) -> HttpResponse:
        context["error"] = {"message": DEFAULTS[type_].message, "responseType": type_.value}
        return gateway_responses.select(self._gateway_responses, type_).answer(type_, scopes)

    def _log(self, context: dict[str, Any], response: HttpResponse, started: datetime) -> None:
        context["status"] = response.status
        context["responseLength"] = len(response.body)
        context["responseLatency"] = self._milliseconds_since(started)
        if self._access_log is not None:
            self._access_log.write(context)

    def _milliseconds_since(self, start: datetime) -> int:
        return round((self._clock() - start).total_seconds() * 1000)
