import json

import pytest
from botocore.exceptions import EndpointConnectionError

from local.aws import Aws
from local.http import HttpRequest
from local.log_writer import LogWriter
from local.principal import ANONYMOUS
from local.region import Region
from local.sagemaker.images import Images


@pytest.fixture
def region(tmp_path, calls, now):
    aws = Aws("http://127.0.0.1:9", "http://127.0.0.1:9", "eu-west-1")
    region = Region(
        aws,
        tmp_path,
        Images(tmp_path),
        lambda: now,
        calls.log,
        LogWriter(lambda name: aws, lambda: now),
    )
    yield region
    region.close()


def test_an_integration_reaches_an_endpoint_as_the_role_it_has(region, calls):
    request = HttpRequest("POST", "/endpoints/iris/invocations")
    answer = region.call_service(ANONYMOUS, "runtime.sagemaker", request, 1.0)
    assert answer.status == 400
    assert b"Endpoint iris of account 123456789012 not found." in answer.body
    [line] = calls.lines()
    assert line["resource"] == "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/iris"


def test_an_integration_can_ask_for_an_asynchronous_answer(region, calls):
    request = HttpRequest("POST", "/endpoints/iris/async-invocations")
    assert region.call_service(ANONYMOUS, "runtime.sagemaker", request, 1.0).status == 400
    assert [line["action"] for line in calls.lines()] == ["sagemaker:InvokeEndpointAsync"]


def test_an_integration_reads_an_object_as_the_role_it_has(region, calls):
    request = HttpRequest("GET", "/bucket/key")
    with pytest.raises(EndpointConnectionError):  # there is no control plane here
        region.call_service(ANONYMOUS, "s3", request, 1.0)
    assert [line["action"] for line in calls.lines()] == ["s3:GetObject"]


@pytest.mark.parametrize(
    ("service", "path", "message"),
    [
        ("s3", "/bucket/key", "s3 POST /bucket/key: the local cloud has no such"),
        (
            "lambda",
            "/endpoints/iris/invocations",
            "lambda /endpoints/iris/invocations: the local cloud cannot call it",
        ),
        (
            "runtime.sagemaker",
            "/endpoints/iris",
            "runtime.sagemaker POST /endpoints/iris: the local cloud does not have it",
        ),
    ],
)
def test_any_other_service_or_action_is_refused_by_name(region, service, path, message):
    with pytest.raises(LookupError) as error:
        region.call_service(ANONYMOUS, service, HttpRequest("POST", path), 1.0)
    assert str(error.value) == message


def test_a_runtime_operation_that_is_not_had_is_an_error_over_http(region):
    path = "/endpoints/iris/invocations-response-stream"
    answer = region.call_runtime(ANONYMOUS, HttpRequest("POST", path))
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "ValidationError")
    assert json.loads(answer.body)["Message"] == (
        "runtime.sagemaker InvokeEndpointWithResponseStream: the local cloud does not have it"
    )


def test_our_own_services_go_by_the_names_that_signatures_use(region):
    assert sorted(region.services) == [
        "apigateway",
        "application-autoscaling",
        "monitoring",
        "sagemaker",
        "wafv2",
    ]
