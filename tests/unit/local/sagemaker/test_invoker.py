from types import SimpleNamespace
from typing import Any

import pytest

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import BrokenAnswer
from local.sagemaker.invocation import Invocation
from local.sagemaker.invoker import Invoker
from local.sagemaker.measurement import Measurement
from local.sagemaker.plan import ServerlessPlan
from local.sagemaker.serverless import Throttled
from tests.unit.local.sagemaker.conftest import plan

INVOCATION = Invocation(HttpRequest("POST", "/invocations", body=b"row"), inference_id="a1")


class FakeCapture:
    def __init__(self):
        self.calls: list[Any] = []

    def offer(self, *call):
        self.calls.append(call)


def variant_that(answer, serverless=None):
    def invoke(request, timeout_seconds):
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(plan=plan(serverless=serverless), invoke=invoke, counts=(2, 5))


@pytest.fixture
def capture():
    return FakeCapture()


@pytest.fixture
def call(puts, capture):
    times = iter([10.0, 10.5])
    invoker = Invoker(Measurement(puts, "iris", "iris-1"), capture, lambda: next(times))
    return lambda *answer: invoker.call(variant_that(*answer), INVOCATION, 29.0, 9.99)


def test_a_call_is_measured_from_its_arrival(call, puts):
    call(HttpResponse(200))
    assert puts.of("forest", "ModelLatency") == [500_000.0]
    assert [round(value) for value in puts.of("forest", "OverheadLatency")] == [10_000]


def test_a_call_is_shared_by_the_instances_that_there_are(call, puts):
    call(HttpResponse(200))
    assert puts.of("forest", "InvocationsPerInstance") == [0.5]


def test_a_serverless_variant_has_no_instances_to_share_calls(call, puts):
    call(HttpResponse(200), ServerlessPlan(memory_mb=1024, max_concurrency=2))
    assert puts.of("forest", "InvocationsPerInstance") == []


@pytest.mark.parametrize(
    ("serverless", "metric", "value"),
    [
        (None, "ConcurrentRequestsPerModel", 3.0),
        (
            ServerlessPlan(memory_mb=1024, max_concurrency=9),
            "ServerlessProvisionedConcurrencyUtilization",
            1.5,
        ),
    ],
)
def test_the_load_of_a_variant_is_measured(puts, serverless, metric, value):
    variant: Any = SimpleNamespace(
        plan=plan(serverless=serverless),
        counts=(2, 5),
        provisioned=4 if serverless else 0,
        take_peak=lambda: 6,
    )
    Invoker(Measurement(puts, "iris", "iris-1"), None).measure(variant)
    assert [(put[1], put[3]) for put in puts] == [(metric, value)]


@pytest.mark.parametrize("status", [200, 204, 299])
def test_what_the_container_answers_with_2xx_is_captured(call, capture, status):
    answer = call(HttpResponse(status))
    assert capture.calls == [(plan(), INVOCATION.request, answer, "a1")]


@pytest.mark.parametrize("status", [302, 400, 500])
def test_other_answers_are_measured_and_not_captured(call, capture, puts, status):
    assert call(HttpResponse(status)).status == status
    assert capture.calls == []
    assert puts.of("forest", "Invocation5XXErrors") == [float(status == 500)]


@pytest.mark.parametrize("failure", [BrokenAnswer("cut"), TimeoutError("late")])
def test_a_call_without_a_whole_answer_is_measured_as_an_error(call, puts, failure):
    with pytest.raises(type(failure)):
        call(failure)
    assert puts.of("forest", "Invocation5XXErrors") == [1.0]


def test_a_call_that_did_not_reach_the_model_is_not_measured(call, puts):
    with pytest.raises(Throttled):
        call(Throttled("forest"))
    assert puts == []
