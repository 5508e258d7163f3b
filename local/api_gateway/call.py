"""One request on its way through a stage, and $context, in which it leaves its traces.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.api_gateway.gateway_responses import GatewayError
from local.api_gateway.parameters import Scopes
from local.api_gateway.routing import Match
from local.api_gateway.stage import Stage
from local.http import HttpRequest
from local.principal import ANONYMOUS, Principal


@dataclass
class Call:
    """A request and what is known of it so far. match: None for a path that is no resource's."""

    request: HttpRequest
    match: Match | None
    started: datetime
    context: dict[str, Any]
    scopes: Scopes
    principal: Principal = ANONYMOUS

    def fail(self, error: GatewayError) -> None:
        """Notes in $context why the gateway answers by itself."""
        self.context["error"] = {
            "message": error.message,
            "messageString": json.dumps(error.message),
            "responseType": error.type.value,
            "validationErrorString": error.validation_error,
        }


def begin(request: HttpRequest, match: Match | None, stage: Stage, started: datetime) -> Call:
    """A request that has just come."""
    context = _context(request, match, stage, started)
    scopes = Scopes(
        context=context,
        stage_variables=stage.variables,
        headers=request.headers,
        query=request.query,
        path=match.parameters if match else {},
    )
    return Call(request, match, started, context, scopes)


def _context(
    request: HttpRequest, match: Match | None, stage: Stage, started: datetime
) -> dict[str, Any]:
    identity = {"sourceIp": request.source_ip, "userAgent": request.headers.get("user-agent")}
    context = {
        "accountId": stage.account_id,
        "apiId": stage.api_id,
        "stage": stage.name,
        "requestId": str(uuid.uuid4()),
        "extendedRequestId": f"{secrets.token_urlsafe(11)}=",
        "requestTime": started.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(started.timestamp() * 1000),
        "protocol": "HTTP/1.1",
        "domainName": request.headers.get("host"),
        "httpMethod": request.method,
        "path": request.path,
        "resourcePath": match.resource.path if match else None,
        "identity": {name: value for name, value in identity.items() if value is not None},
    }
    if stage.traced:
        epoch = int(started.timestamp())
        context["xrayTraceId"] = f"1-{epoch:08x}-{secrets.token_hex(12)}"
    return context
