"""A small API with one AWS integration, and ways to change one thing of it."""

import copy
import io
import itertools
import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from local.api_gateway.access_log import AccessLog
from local.api_gateway.authentication import Authenticator
from local.api_gateway.backend import Integrations
from local.api_gateway.cache import ResponseCache
from local.api_gateway.document import parse_document
from local.api_gateway.runtime import RestApi
from local.api_gateway.stage import Stage
from local.api_gateway.usage import ApiKey, Meters, UsagePlan
from local.call_log import CallLog
from local.http import HttpRequest, HttpResponse
from tests.unit.local.conftest import Allowed

ROLE = "arn:aws:iam::123456789012:role/invoke-iris"
URI = "arn:aws:apigateway:eu-central-1:runtime.sagemaker:path/endpoints/iris/invocations"
INTEGRATION = "x-amazon-apigateway-integration"
PLAN = UsagePlan("plan-1")
KEYS = {"secret-value": ApiKey("key-1", PLAN), "other-value": ApiKey("key-2", PLAN)}
STAGE = Stage(
    "live",
    api_id="api123",
    account_id="123456789012",
    region="eu-central-1",
    variables={"tier": "gold"},
)
LOG_FORMAT = json.dumps(
    {
        "id": "$context.requestId",
        "time": "$context.requestTime",
        "epoch": "$context.requestTimeEpoch",
        "method": "$context.httpMethod",
        "resource": "$context.resourcePath",
        "path": "$context.path",
        "stage": "$context.stage",
        "api": "$context.apiId",
        "account": "$context.accountId",
        "protocol": "$context.protocol",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "ms": "$context.responseLatency",
        "integrationMs": "$context.integrationLatency",
        "integrationStatus": "$context.integration.status",
        "ip": "$context.identity.sourceIp",
        "key": "$context.identity.apiKeyId",
        "user": "$context.identity.userArn",
        "trace": "$context.xrayTraceId",
        "error": "$context.error.message",
        "errorType": "$context.error.responseType",
        "validation": "$context.error.validationErrorString",
    }
)


def _operation():
    return {
        "operationId": "predict",
        "security": [{"key": []}],
        "parameters": [
            {"name": "X-Variant", "in": "header", "required": False},
            {"name": "name", "in": "path", "required": True},
        ],
        "responses": {
            "200": {"description": "ok", "headers": {"X-Served-By": {}}},
            "502": {"description": "bad gateway"},
        },
        INTEGRATION: {
            "type": "aws",
            "httpMethod": "POST",
            "uri": URI,
            "credentials": ROLE,
            "passthroughBehavior": "never",
            "requestTemplates": {"application/json": "$input.json('$')"},
            "requestParameters": {
                "integration.request.header.X-Amzn-SageMaker-Target-Variant": (
                    "method.request.header.X-Variant"
                ),
            },
            "responses": {
                "200": {
                    "statusCode": "200",
                    "responseTemplates": {"application/json": "$input.body"},
                    "responseParameters": {
                        "method.response.header.X-Served-By": (
                            "integration.response.header.x-Amzn-Invoked-Production-Variant"
                        ),
                    },
                },
                "default": {
                    "statusCode": "502",
                    "responseTemplates": {"application/json": '{"message":"model failed"}'},
                },
            },
        },
    }


@pytest.fixture
def api():
    """The OpenAPI document of POST /models/{name}, to be changed by the test."""
    return copy.deepcopy(
        {
            "openapi": "3.0.1",
            "info": {"title": "models", "version": "1"},
            "paths": {"/models/{name}": {"post": _operation()}},
            "components": {
                "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}}
            },
        }
    )


@pytest.fixture
def operation(api):
    """The one operation of that document."""
    return api["paths"]["/models/{name}"]["post"]


@pytest.fixture
def integration(operation):
    """Its integration."""
    return operation[INTEGRATION]


@pytest.fixture
def document_of():
    """Parses an OpenAPI document given as objects."""
    return lambda api: parse_document(json.dumps(api))


@pytest.fixture
def clock():
    """A clock that advances 5 ms at each reading, from 2026-03-01 12:00 UTC."""
    started = datetime(2026, 3, 1, 12, tzinfo=UTC)
    readings = itertools.count()
    return lambda: started + timedelta(milliseconds=5 * next(readings))


class FakeBackend:
    """Answers what it is told, else with the request's body, and keeps the calls."""

    def __init__(self, answer):
        self.answer = answer
        self.calls = []

    def __call__(self, principal, service, request, timeout_seconds):
        self.calls.append((principal, service, request, timeout_seconds))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or HttpResponse(200, {}, request.body)


class SettableClock:
    """Shows what it is set to, from 2026-03-01 12:00 UTC, a Sunday."""

    def __init__(self):
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_by(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def hasty_threads():
    """Threads take turns so often that what is not guarded goes wrong."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def settable():
    """A clock that stands still until the test moves it."""
    return SettableClock()


@pytest.fixture
def call_lines():
    """Where a stage notes its calls."""
    return io.StringIO()


def _run(
    document,
    backend,
    clock,
    access,
    call_lines,
    stage=STAGE,
    keys=KEYS,
    credentials=lambda key: None,
):
    parsed = parse_document(json.dumps(document))
    lines: list[str] = []
    rest_api = RestApi(
        parsed,
        stage,
        authenticator=Authenticator(keys, credentials, stage.region, clock),
        meters=Meters(clock),
        response_cache=ResponseCache(clock, capacity=2**20),
        integrations=Integrations(backend, clock, parsed.binary_media_types),
        clock=clock,
        access=access,
        calls=CallLog(clock, call_lines),
        access_log=AccessLog(LOG_FORMAT, lines.append),
    )
    return rest_api, lines


@pytest.fixture
def deploy(api, clock, access, call_lines):
    """Deploys the document; gives the stage, its backend and the lines of its log."""

    def deploy(answer=None, *, clock=clock, **settings):
        backend = FakeBackend(answer or HttpResponse(200, {}, b'{"class":1}'))
        rest_api, lines = _run(api, backend, clock, access, call_lines, **settings)
        return rest_api, backend, lines

    return deploy


@pytest.fixture(scope="session")
def run():
    """As `deploy`, of any document and backend, for tests that try many requests."""
    return lambda document, backend, clock: _run(
        document, backend, clock, Allowed(STAGE.region), io.StringIO()
    )


@pytest.fixture
def request_of():
    """A request of that document's operation, with changes."""

    def request_of(**changes):
        defaults = {
            "method": "POST",
            "path": "/live/models/iris",
            "headers": {"x-api-key": "secret-value", "x-variant": "forest"},
            "body": b'{"a": 1.50}',
            "source_ip": "10.0.0.1",
        }
        return HttpRequest(**(defaults | changes))

    return request_of
