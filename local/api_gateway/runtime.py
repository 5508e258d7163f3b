"""A deployed stage of a REST API: requests in, responses out, in the order of the real service.

Not here: authorizers, canaries, WAF, the account's own throttle; a resource policy is kept and
not evaluated. A document that asks for what is not here is refused when it is parsed.
"""

import logging

from local.access import Access, AccessDenied
from local.api_gateway import cache, gateway_responses
from local.api_gateway.access_log import AccessLog
from local.api_gateway.authentication import Authenticator, Caller
from local.api_gateway.backend import Integrations, milliseconds
from local.api_gateway.cache import ResponseCache
from local.api_gateway.call import Call, begin
from local.api_gateway.exchange import safe_headers
from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.model import Document, Method
from local.api_gateway.routing import Match, Router
from local.api_gateway.stage import Stage
from local.api_gateway.usage import Meters
from local.call_log import CallLog
from local.clock import Clock
from local.http import HttpRequest, HttpResponse

MAX_PAYLOAD_BYTES = 10 * 1024 * 1024
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""

INVOKE = "execute-api:Invoke"
_execution_log = logging.getLogger(__name__)


class RestApi:
    """One stage of one API; many threads may call `handle` at once.

    access: what callers who sign may do. calls: notes every call. access_log: None logs nothing.
    """

    def __init__(
        self,
        document: Document,
        stage: Stage,
        *,
        authenticator: Authenticator,
        meters: Meters,
        response_cache: ResponseCache,
        integrations: Integrations,
        clock: Clock,
        access: Access,
        calls: CallLog,
        access_log: AccessLog | None = None,
    ) -> None:
        self._router = Router(document.resources)
        self._gateway_responses = document.gateway_responses
        self._stage = stage
        self._authenticator = authenticator
        self._meters = meters
        self._cache = response_cache
        self._integrations = integrations
        self._clock = clock
        self._access = access
        self._calls = calls
        self._access_log = access_log

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The response to one request; the path starts with the stage ("/live/iris")."""
        call = begin(request, self._match(request.path), self._stage, self._clock())
        try:
            response = self._answer(call)
        except GatewayError as error:
            _execution_log.warning("%s %s", call.context["requestId"], error)
            call.fail(error)
            chosen = gateway_responses.select(self._gateway_responses, error.type)
            response = chosen.answer(error, call.scopes)
        identified = {
            "x-amzn-requestid": call.context["requestId"],
            "x-amz-apigw-id": call.context["extendedRequestId"],
        }
        headers = safe_headers({**response.headers, **identified})
        response = HttpResponse(response.status, headers, response.body)
        self._log(call, response)
        return response

    def _answer(self, call: Call) -> HttpResponse:
        """The stations of a request. Raises GatewayError at the one that refuses it."""
        request = call.request
        path, method = self._method(call)
        caller = self._authenticator.authenticate(method, request, call.context["identity"])
        call.principal = caller.principal
        self._require(call)
        if len(request.body) > MAX_PAYLOAD_BYTES:
            raise GatewayError(ResponseType.REQUEST_TOO_LARGE)
        self._meters.admit(caller.key, self._stage, path, request.method)
        method.validator.check(call.scopes, request.body)
        return self._cached(call, path, method, caller)

    def _require(self, call: Call) -> None:
        """Whether a caller who signed may call the method, by IAM's policies. Raises GatewayError.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
        """
        try:
            self._access.require(call.principal, INVOKE, _arn(self._stage, call.request))
        except AccessDenied as error:
            raise GatewayError(ResponseType.ACCESS_DENIED, str(error)) from error

    def _match(self, path: str) -> Match | None:
        stage, _, rest = path.removeprefix("/").partition("/")
        return self._router.match(f"/{rest}") if stage == self._stage.name else None

    def _method(self, call: Call) -> tuple[str, Method]:
        """The resource's path and the method to execute. Raises GatewayError if there is none."""
        resource = call.match.resource if call.match else None
        method = resource.methods.get(call.request.method) if resource else None
        if resource is None or method is None:
            raise GatewayError(ResponseType.MISSING_AUTHENTICATION_TOKEN, "no such method")
        return resource.path, method

    def _cached(self, call: Call, path: str, method: Method, caller: Caller) -> HttpResponse:
        """Whoever may call may renew what is cached if they are a principal of IAM."""

        def fetch() -> HttpResponse:
            return self._integrations.execute(method.integration, call)

        caching = self._stage.method_settings(path, call.request.method).caching
        if not caching.enabled or not caching.ttl_seconds:
            return fetch()
        key = cache.key_of(path, call.request.method, method.integration.cache_key, call.scopes)
        if not cache.asks_to_renew(call.request.headers):
            return self._cache.answer(key, caching.ttl_seconds, fetch)
        if caller.signed or not caching.authorize:
            return self._cache.renew(key, caching.ttl_seconds, fetch)
        warning = cache.refuse_renewal(caching)
        answer = self._cache.answer(key, caching.ttl_seconds, fetch)
        return HttpResponse(answer.status, {**answer.headers, **warning}, answer.body)

    def _log(self, call: Call, response: HttpResponse) -> None:
        call.context["status"] = response.status
        call.context["responseLength"] = len(response.body)
        call.context["responseLatency"] = milliseconds(call.started, self._clock())
        if self._access_log is not None:
            self._access_log.write(call.context)
        arn = _arn(self._stage, call.request)
        self._calls.record(call.principal, INVOKE, arn, response.status)


def _arn(stage: Stage, request: HttpRequest) -> str:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html"""
    api = f"arn:aws:execute-api:{stage.region}:{stage.account_id}:{stage.api_id}"
    _, _, path = request.path.removeprefix("/").partition("/")
    return f"{api}/{stage.name}/{request.method}/{path}"
