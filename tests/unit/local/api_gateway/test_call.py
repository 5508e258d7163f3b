import re
from dataclasses import replace
from datetime import UTC, datetime

from local.api_gateway.call import begin
from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.model import Resource
from local.api_gateway.routing import Match
from local.api_gateway.stage import Stage
from local.http import HttpRequest

STAGE = Stage("live", "api123", "123456789012", "eu-central-1", variables={"tier": "gold"})
STARTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
REQUEST = HttpRequest(
    "POST",
    "/live/models/iris",
    headers={"host": "127.0.0.1:80", "user-agent": "curl"},
    query={"q": "1"},
    source_ip="10.0.0.1",
)
MATCH = Match(Resource("/models/{name}", {}), {"name": "iris"})


def test_the_context_tells_of_the_request_and_its_stage():
    call = begin(REQUEST, MATCH, STAGE, STARTED)
    generated = {name: call.context.pop(name) for name in ("requestId", "extendedRequestId")}
    assert all(generated.values())
    assert call.context == {
        "accountId": "123456789012",
        "apiId": "api123",
        "stage": "live",
        "requestTime": "01/Mar/2026:12:00:00 +0000",
        "requestTimeEpoch": 1772366400000,
        "protocol": "HTTP/1.1",
        "domainName": "127.0.0.1:80",
        "httpMethod": "POST",
        "path": "/live/models/iris",
        "resourcePath": "/models/{name}",
        "identity": {"sourceIp": "10.0.0.1", "userAgent": "curl"},
    }
    assert (call.scopes.path, call.scopes.query) == ({"name": "iris"}, {"q": "1"})
    assert call.scopes.stage_variables == {"tier": "gold"}


def test_a_path_that_is_nobodys_has_no_resource():
    assert begin(REQUEST, None, STAGE, STARTED).context["resourcePath"] is None


def test_no_two_requests_share_an_id():
    first, second = (begin(REQUEST, MATCH, STAGE, STARTED).context for _ in range(2))
    assert first["requestId"] != second["requestId"]
    assert first["extendedRequestId"] != second["extendedRequestId"]


def test_a_traced_stage_gives_a_trace_id():
    traced = begin(REQUEST, MATCH, replace(STAGE, traced=True), STARTED)
    assert re.fullmatch("1-69a42a40-[0-9a-f]{24}", traced.context["xrayTraceId"])


def test_a_failure_leaves_its_reason_in_the_context():
    call = begin(REQUEST, MATCH, STAGE, STARTED)
    call.fail(GatewayError(ResponseType.BAD_REQUEST_BODY, validation_error='[a "b"]'))
    assert call.context["error"] == {
        "message": "Invalid request body",
        "messageString": '"Invalid request body"',
        "responseType": "BAD_REQUEST_BODY",
        "validationErrorString": '[a "b"]',
    }
