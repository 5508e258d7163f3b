import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import BrokenAnswer, Unanswered, Unreachable
from local.sagemaker.invocation import MAX_BODY_BYTES, MAX_SERVERLESS_BYTES, RuntimeApiError
from local.sagemaker.invocation import parse_invocation as parse
from local.sagemaker.plan import AsyncPlan, ServerlessPlan
from local.sagemaker.realtime import RealTimeCall
from local.sagemaker.serverless import Throttled
from tests.unit.local.sagemaker.conftest import endpoint_plan, plan

SERVERLESS = ServerlessPlan(memory_mb=1024, max_concurrency=1)


class FakeFleet:
    def __init__(self, variant, **members):
        self.plan = endpoint_plan(variant, **members)
        self.answer: Any = HttpResponse(200, {"content-type": "text/csv"}, b"setosa\n")
        self.calls: list[Any] = []

    def pick(self, target):
        return SimpleNamespace(plan=self.plan.variants[0])

    def call(self, variant, invocation, timeout_seconds, arrived):
        self.calls.append((invocation.request.body, timeout_seconds, arrived))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def fleet():
    return FakeFleet(plan())


def answer(fleet, body=b"row", timeout=29.0, target=None):
    headers = {"x-amzn-sagemaker-target-model": target} if target else {}
    invocation = parse(HttpRequest("POST", "/endpoints/iris/invocations", headers, body=body))
    return RealTimeCall("eu-central-1", "iris", invocation, timeout, arrived=7.0).answer(fleet)


def refusal(fleet, **members):
    with pytest.raises(RuntimeApiError) as error:
        answer(fleet, **members)
    response = error.value.response()
    return response.status, response.headers.get("x-amzn-errortype"), json.loads(response.body)


def test_a_container_s_answer_is_passed_on_with_the_variant_s_name(fleet):
    assert answer(fleet) == HttpResponse(
        200,
        {"content-type": "text/csv", "x-amzn-invoked-production-variant": "forest"},
        b"setosa\n",
    )
    assert fleet.calls == [(b"row", 29.0, 7.0)]


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
def test_any_other_answer_is_wrapped_in_a_424(fleet, status):
    fleet.answer = HttpResponse(status, {}, b"\xffoops")
    wrapped = refusal(fleet)
    assert wrapped[:2] == (424, "ModelError")
    assert wrapped[2]["OriginalStatusCode"] == status
    assert wrapped[2]["OriginalMessage"] == "\N{REPLACEMENT CHARACTER}oops"


@pytest.mark.parametrize(
    ("serverless", "largest", "status"),
    [(None, MAX_BODY_BYTES, 413), (SERVERLESS, MAX_SERVERLESS_BYTES, 400)],
)
def test_a_body_over_the_limit_never_reaches_the_container(serverless, largest, status):
    fleet = FakeFleet(plan(serverless=serverless))
    assert refusal(fleet, body=b"x" * (largest + 1))[0] == status
    assert fleet.calls == []
    assert answer(fleet, body=b"x" * largest).status == 200


@pytest.mark.parametrize(
    ("serverless", "largest"), [(None, MAX_BODY_BYTES), (SERVERLESS, MAX_SERVERLESS_BYTES)]
)
def test_an_answer_over_the_limit_is_a_model_error(serverless, largest):
    fleet = FakeFleet(plan(serverless=serverless))
    fleet.answer = HttpResponse(200, {}, b"x" * largest)
    assert answer(fleet).status == 200
    fleet.answer = HttpResponse(200, {}, b"x" * (largest + 1))
    status, code, body = refusal(fleet)
    assert (status, code, body["OriginalStatusCode"]) == (424, "ModelError", 0)
    assert body["OriginalMessage"] == (
        f"The answer has {largest + 1} bytes; the limit is {largest}."
    )


SEVERAL = replace(plan(), model=replace(plan().model, multi_model=True))


def test_one_of_several_models_is_asked_by_its_name(fleet):
    assert answer(FakeFleet(SEVERAL), target="iris.tar.gz").status == 200
    status, code, body = refusal(FakeFleet(SEVERAL))
    assert (status, code) == (400, "ValidationError")
    assert re.fullmatch(
        r"Request [0-9a-f-]{36} is missing a target model header\.", body["Message"]
    )


def test_where_there_is_one_model_none_is_named(fleet):
    assert refusal(fleet, target="iris.tar.gz") == (
        400,
        "ValidationError",
        {
            "Message": "Endpoint iris is not a multi-model endpoint and does not support target "
            "model header."
        },
    )
    assert fleet.calls == []


@pytest.mark.parametrize("failure", [Unreachable("a"), Unanswered("b"), BrokenAnswer("c")])
def test_a_container_that_gives_no_whole_answer_is_503(fleet, failure):
    fleet.answer = failure
    assert refusal(fleet) == (
        503,
        "ServiceUnavailable",
        {"Message": "The service is temporarily unavailable."},
    )


def test_a_variant_that_answers_as_many_as_it_may_is_429(fleet):
    fleet.answer = Throttled("forest")
    assert refusal(fleet) == (429, "ThrottlingException", {"Message": None})


def test_a_caller_that_waits_less_than_the_container_may_take_is_let_go(fleet):
    fleet.answer = TimeoutError("no answer within 29 s")
    with pytest.raises(TimeoutError, match=r"^no answer within 29 s$"):
        answer(fleet, timeout=29.0)


@pytest.mark.parametrize("timeout", [60.0, 70.0, float("inf")])
def test_a_container_that_takes_more_than_60_s_is_a_model_error(fleet, timeout):
    fleet.answer = TimeoutError("no answer within 60 s")
    status, code, body = refusal(fleet, timeout=timeout)
    assert (status, code, body["OriginalStatusCode"]) == (424, "ModelError", 0)
    assert body["OriginalMessage"] == (
        "Your invocation timed out while waiting for a response from container primary. Review "
        "the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try "
        "again."
    )
    assert fleet.calls[0][1] == 60.0


def test_an_asynchronous_endpoint_does_not_answer_those_who_wait():
    fleet = FakeFleet(plan(), asynchronous=AsyncPlan("s3://bucket/out", "", concurrency=1))
    assert refusal(fleet) == (
        400,
        "ValidationError",
        {"Message": "Endpoint iris is asynchronous. Call InvokeEndpointAsync."},
    )
