import json
import re
from datetime import timedelta

import pytest

from local.http import HttpRequest, HttpResponse
from local.sagemaker.asynchronous import Job, accepted, parse_job
from local.sagemaker.invocation import RuntimeApiError
from local.sagemaker.plan import AsyncPlan
from tests.unit.local.conftest import NOW

PLAN = AsyncPlan("s3://bucket/out/", "s3://bucket/failed", concurrency=2)
PREFIX = "x-amzn-sagemaker-"


def job(plan=PLAN, **headers):
    given = {"inputlocation": "s3://bucket/in/1.csv", **headers}
    prefixed = {f"{PREFIX}{name.replace('_', '-')}": value for name, value in given.items()}
    return parse_job(plan, HttpRequest("POST", "/", prefixed), NOW)


def refusal(**headers):
    with pytest.raises(RuntimeApiError) as error:
        job(**headers)
    response = error.value.response()
    assert (response.status, response.headers["x-amzn-errortype"]) == (400, "ValidationError")
    return json.loads(response.body)["Message"]


def test_a_request_says_where_it_lies_and_how_it_is_to_be_treated():
    assert job(
        inference_id="a1",
        content_type="text/csv",
        accept="application/json",
        custom_attributes="trace=1",
        requestttlseconds="60",
        invocationtimeoutseconds="3600",
    ) == Job(
        inference_id="a1",
        input="s3://bucket/in/1.csv",
        output="s3://bucket/out/a1.out",
        failure="s3://bucket/failed/a1-error.out",
        content_type="text/csv",
        accept="application/json",
        custom_attributes="trace=1",
        expires=NOW + timedelta(seconds=60),
        timeout_seconds=3600,
    )


def test_what_a_request_leaves_out_has_aws_s_defaults():
    left_out = job(AsyncPlan("s3://bucket/out", "", concurrency=2))
    assert re.fullmatch(r"[0-9a-f-]{36}", left_out.inference_id)
    assert left_out.failure == ""
    assert left_out.expires == NOW + timedelta(hours=6)
    assert left_out.timeout_seconds == 900


def test_a_request_without_an_input_is_refused():
    with pytest.raises(RuntimeApiError) as error:
        parse_job(PLAN, HttpRequest("POST", "/"), NOW)
    assert str(error.value) == "InputLocation is needed: the s3:// address of the request."


@pytest.mark.parametrize("location", ["https://bucket/in", "s3://bucket", "s3:///key", "in.csv"])
def test_an_input_that_is_no_object_in_s3_is_refused(location):
    assert refusal(inputlocation=location) == (
        f"1 validation error detected: Value '{location}' at 'inputLocation' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: s3://([^/]+)/(.+)"
    )


@pytest.mark.parametrize("value", ["59", "21601", "x", "-1", "", "1e3", "9" * 20])
def test_a_time_to_live_out_of_range_is_refused(value):
    assert refusal(requestttlseconds=value) == (
        f"RequestTTLSeconds: {value!r} is not allowed. Allowed: 60..21600 seconds."
    )


@pytest.mark.parametrize("value", ["0", "3601"])
def test_a_timeout_out_of_range_is_refused(value):
    assert refusal(invocationtimeoutseconds=value) == (
        f"InvocationTimeoutSeconds: {value!r} is not allowed. Allowed: 1..3600 seconds."
    )


@pytest.mark.parametrize(
    ("header", "member"),
    [("s3outputpathextension", "S3OutputPathExtension"), ("filename", "Filename")],
)
def test_what_the_local_cloud_does_not_have_is_refused_by_name(header, member):
    assert refusal(**{header: "x"}) == (
        f"The local cloud does not have {member} of InvokeEndpointAsync."
    )


def test_the_answer_says_where_the_result_will_be():
    assert accepted(job(inference_id="a1")) == HttpResponse(
        202,
        {
            "content-type": "application/json",
            f"{PREFIX}outputlocation": "s3://bucket/out/a1.out",
            f"{PREFIX}failurelocation": "s3://bucket/failed/a1-error.out",
        },
        b'{"InferenceId": "a1"}',
    )
    without = accepted(job(AsyncPlan("s3://bucket/out", "", concurrency=2)))
    assert f"{PREFIX}failurelocation" not in without.headers
