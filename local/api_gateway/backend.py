"""The integration of a method, executed: mapped, called as the role it names, mapped back."""

import logging
from datetime import datetime
from typing import Protocol

from local.api_gateway.call import Call
from local.api_gateway.exchange import (
    IntegrationRequest,
    map_request,
    map_response,
    mock_response,
)
from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.model import Integration, Service
from local.api_gateway.parameters import substitute_in_uri
from local.clock import Clock
from local.http import HttpRequest, HttpResponse
from local.principal import Principal, PrincipalKind

_execution_log = logging.getLogger(__name__)


class Backend(Protocol):
    """The AWS services behind integrations of type AWS."""

    def __call__(
        self, principal: Principal, service: str, request: HttpRequest, timeout_seconds: float
    ) -> HttpResponse:
        """Calls a service as the principal, which is a role.

        service: as in the integration's URI, "runtime.sagemaker"; request.path is its action
        path. Raises TimeoutError after timeout_seconds (504 INTEGRATION_TIMEOUT), PermissionError
        where the role cannot be assumed (500 API_CONFIGURATION_ERROR); any other exception means
        that there was no answer (504 INTEGRATION_FAILURE).
        """


class Integrations:
    """Executes the integrations of an API. binary_media_types: the API's."""

    def __init__(self, backend: Backend, clock: Clock, binary_media_types: tuple[str, ...]) -> None:
        self._backend = backend
        self._clock = clock
        self._binary = binary_media_types

    def execute(self, integration: Integration, call: Call) -> HttpResponse:
        """The answer to the caller. Raises GatewayError where there is none."""
        outgoing = map_request(integration, call.scopes, call.request.body, self._binary)
        if integration.service is None:
            answer = mock_response(outgoing)
        else:
            answer = self._ask(integration.service, integration.timeout_seconds, outgoing, call)
        call.context.setdefault("integration", {})["status"] = answer.status
        return map_response(integration, answer, call.scopes, outgoing.override, self._binary)

    def _ask(
        self, service: Service, timeout_seconds: float, outgoing: IntegrationRequest, call: Call
    ) -> HttpResponse:
        request = HttpRequest(
            method=service.method,
            path=_path(service, call),
            headers=outgoing.headers,
            query=outgoing.query,
            body=outgoing.body,
        )
        role = Principal(PrincipalKind.ROLE, service.role_arn)
        started = self._clock()
        try:
            return self._backend(role, service.name, request, timeout_seconds)
        except TimeoutError as error:
            raise GatewayError(ResponseType.INTEGRATION_TIMEOUT, service.name) from error
        except PermissionError as error:
            raise GatewayError(ResponseType.API_CONFIGURATION_ERROR, str(error)) from error
        except Exception as error:
            request_id = call.context["requestId"]
            _execution_log.exception("%s: %s did not answer", request_id, service.name)
            raise GatewayError(ResponseType.INTEGRATION_FAILURE, service.name) from error
        finally:
            latency = milliseconds(started, self._clock())
            call.context["integrationLatency"] = latency
            call.context["integration"] = {"latency": latency}


def milliseconds(start: datetime, end: datetime) -> int:
    """Time between two readings of the clock, as latencies are logged."""
    return round((end - start).total_seconds() * 1000)


def _path(service: Service, call: Call) -> str:
    try:
        return substitute_in_uri(service.action_path, call.scopes.stage_variables)
    except LookupError as error:
        raise GatewayError(ResponseType.API_CONFIGURATION_ERROR, str(error)) from error
