"""A stage, its logs and its settings by method."""

import json
import re

import pulumi_aws as aws
import pytest

from components.api.api_stage import ACCESS_LOG_FORMAT, ApiStage
from components.config.gateway import Throttle
from tests.unit.components.conftest import CONTEXT, KEY_ARN

STAGE = "aws:apigateway/stage:Stage"
SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
LOGS = "aws:cloudwatch/logGroup:LogGroup"

SLOW = Throttle.model_validate({"rate": "5/s", "burst": 6})
FAST = Throttle.model_validate({"rate": "50/s", "burst": 100})
OF_ALL = {
    "metricsEnabled": True,
    "loggingLevel": "ERROR",
    "dataTraceEnabled": False,
    "cachingEnabled": False,
    "throttlingRateLimit": 50.0,
    "throttlingBurstLimit": FAST.burst,
}


@pytest.fixture
def make_stage(deploy):
    def make(*methods, throttle=FAST, tracing=True):
        def program():
            deployment = aws.apigateway.Deployment("deployment", rest_api="api-id")
            ApiStage(
                "direct-stage",
                {
                    "context": CONTEXT,
                    "deployment": deployment,
                    "throttle": throttle,
                    "methods": methods,
                    "tracing": tracing,
                    "key_arn": KEY_ARN,
                    "log_retention_days": 30,
                },
            )

        return deploy(program)

    return make


def method(path="/v1/iris", *, throttle=None, cache=None):
    verb = "GET" if cache else "POST"
    return {"path": path, "method": verb, "throttle": throttle, "cache_seconds": cache}


def settings(stack):
    return {made.inputs["methodPath"]: made.inputs["settings"] for made in stack.all(SETTINGS)}


def test_the_stage_serves_the_deployment_and_logs_who_called(make_stage):
    stage = make_stage().one(STAGE).inputs
    assert (stage["restApi"], stage["deployment"], stage["stageName"]) == (
        "api-id",
        "id:deployment",
        "live",
    )
    assert stage["accessLogSettings"] == {
        "destinationArn": "arn:direct-stage-access-log",
        "format": ACCESS_LOG_FORMAT,
    }


@pytest.mark.parametrize("tracing", [True, False])
def test_requests_are_traced_as_the_config_says(make_stage, tracing):
    assert make_stage(tracing=tracing).one(STAGE).inputs["xrayTracingEnabled"] is tracing


def test_both_logs_are_encrypted_and_end_and_are_there_before_the_stage(make_stage):
    stack = make_stage()
    kept = {"kmsKeyId": KEY_ARN, "retentionInDays": 30}
    assert [group.inputs for group in stack.all(LOGS)] == [
        {"name": "/aws/apigateway/ml-gateway-prod-direct-stage", **kept},
        {"name": "API-Gateway-Execution-Logs_api-id/live", **kept},
    ]
    assert f"{LOGS}::direct-stage-execution-log" in stack.one(STAGE).depends_on


def test_the_access_log_says_what_an_audit_asks():
    fields = json.loads(ACCESS_LOG_FORMAT)
    assert {
        *("requestId", "extendedRequestId", "traceId", "time", "caller", "apiKeyId", "sourceIp"),
        *("userAgent", "method", "resource", "status", "error", "waf", "tlsVersion", "cipherSuite"),
        *("integrationStatus", "integrationLatencyMs", "latencyMs", "responseLength"),
    } <= set(fields)
    assert "\n" not in ACCESS_LOG_FORMAT
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    assert len(ACCESS_LOG_FORMAT) <= 3_000


def test_the_access_log_has_no_bodies_queries_and_credentials():
    for variable in json.loads(ACCESS_LOG_FORMAT).values():
        assert re.fullmatch(r"\$context(\.[A-Za-z]+)+", variable)
        assert variable not in {"$context.identity.apiKey", "$context.error.validationErrorString"}
        assert not variable.startswith(("$context.authorizer", "$context.requestOverride"))


def test_failures_are_logged_without_bodies_and_counted(make_stage):
    assert settings(make_stage()) == {"*/*": OF_ALL}


def test_a_throttle_of_the_stage_is_that_of_every_method(make_stage):
    stack = make_stage(
        method(throttle=SLOW),
        method("/one", cache=60),
        throttle=FAST,
    )
    assert {path: made["throttlingRateLimit"] for path, made in settings(stack).items()} == {
        "*/*": 50.0,
        "~1v1~1iris/POST": 5.0,
        "~1one/GET": 50.0,
    }
    assert settings(stack)["~1v1~1iris/POST"] == OF_ALL | {
        "throttlingRateLimit": 5.0,
        "throttlingBurstLimit": 6,
    }


def test_only_the_methods_that_cache_do_and_what_they_keep_is_encrypted(make_stage):
    stack = make_stage(method(throttle=SLOW), method("/one", cache=60))
    stage = stack.one(STAGE).inputs
    assert (stage["cacheClusterEnabled"], stage["cacheClusterSize"]) == (True, "0.5")
    made = settings(stack)
    assert made["~1one/GET"] == OF_ALL | {
        "cachingEnabled": True,
        "cacheTtlInSeconds": 60,
        "cacheDataEncrypted": True,
        "requireAuthorizationForCacheControl": True,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    }
    assert [path for path, values in made.items() if values["cachingEnabled"]] == ["~1one/GET"]


def test_nobody_pays_for_a_cache_that_nothing_uses(make_stage):
    stage = make_stage(method(throttle=SLOW)).one(STAGE).inputs
    assert stage["cacheClusterEnabled"] is False
    assert "cacheClusterSize" not in stage


def test_the_stage_is_updated_by_one_at_a_time(make_stage):
    stack = make_stage(method("/a", cache=60), method("/b", cache=60))
    name = f"{SETTINGS}::direct-stage-"
    depends_on = {
        made.name: [d for d in made.depends_on if d.startswith(name)]
        for made in stack.all(SETTINGS)
    }
    assert depends_on == {
        "direct-stage-settings": [],
        "direct-stage-a_GET": [f"{name}settings"],
        "direct-stage-b_GET": [f"{name}a_GET"],
    }
