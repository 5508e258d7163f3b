import json
import math
import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.http import HttpRequest, HttpResponse
from local.sagemaker.fleet import Fleet, Retired
from local.sagemaker.invocation import Invocation, RuntimeApiError
from local.sagemaker.plan import AsyncPlan, ServerlessPlan
from tests.unit.local.sagemaker.conftest import endpoint_plan, plan, seeded

PICKS = 10_000
INVOCATION = Invocation(HttpRequest("POST", "/invocations", body=b"row"))


class FakeVariant:
    """What a fleet asks of a variant."""

    def __init__(self, plan):
        self.plan = plan
        self.counts = (plan.instances, plan.instances)
        self.closed = False

    def check(self):
        """Nothing to do."""

    def close(self):
        self.closed = True


class FakeShadow:
    def __init__(self, variant):
        self.variant = variant
        self.offers: list[Any] = []
        self.closed = False

    def offer(self, invocation, production_weight):
        self.offers.append((invocation, production_weight))

    def close(self):
        self.closed = True


class FakeCapture:
    closed = False

    def close(self):
        self.closed = True


class FakeInvoker:
    """Answers with the variant's name, once its gate is open."""

    def __init__(self):
        self.gate = threading.Event()
        self.gate.set()
        self.called = threading.Event()

    def measure(self, variant):
        """Nothing to publish."""

    def call(self, variant, invocation, timeout_seconds, arrived):
        self.called.set()
        assert self.gate.wait(10)
        return HttpResponse(200, {}, variant.plan.name.encode())


@pytest.fixture
def invoker():
    return FakeInvoker()


def fleet_of(*plans, seed=1, invoker: Any = None, shadows=(), capture=None, **members):
    variants: Any = [FakeVariant(each) for each in plans]
    plan = endpoint_plan(*plans, **members)
    invoker = invoker or FakeInvoker()
    return Fleet(plan, variants, shadows, invoker, capture, seeded(seed), invoker.measure)


@settings(max_examples=20, deadline=None)  # ten thousand picks, on a busy machine
@given(st.lists(st.integers(0, 100), min_size=1, max_size=5).filter(any), st.integers(0, 2**32))
def test_variants_are_picked_in_proportion_to_their_weights(weights, seed):
    fleet = fleet_of(*(plan(str(i), float(weight)) for i, weight in enumerate(weights)), seed=seed)
    picked = Counter(fleet.pick(None).plan.name for _ in range(PICKS))
    fleet.close()
    for index, weight in enumerate(weights):
        share = weight / sum(weights)
        deviation = math.sqrt(PICKS * share * (1 - share))
        assert abs(picked[str(index)] - PICKS * share) <= 5 * deviation


def test_a_target_variant_overrides_the_weights():
    fleet = fleet_of(plan("forest", 1.0), plan("boosting", 0.0))
    assert {fleet.pick("boosting").plan.name for _ in range(20)} == {"boosting"}
    assert {fleet.pick(None).plan.name for _ in range(20)} == {"forest"}
    fleet.close()


def test_a_target_that_is_no_variant_is_refused_by_name():
    fleet = fleet_of(plan("forest"), plan("boosting"))
    with pytest.raises(RuntimeApiError) as error:
        fleet.pick("roses")
    response = error.value.response()
    assert (response.status, response.headers["x-amzn-errortype"]) == (400, "ValidationError")
    assert json.loads(response.body)["Message"] == (
        "Variant roses not found. Variants: forest, boosting."
    )
    fleet.close()


def test_weights_can_be_changed_while_the_fleet_serves():
    fleet = fleet_of(plan("forest", 1.0), plan("boosting", 0.0))
    fleet.reweigh({"forest": 0.0, "boosting": 2.0})
    assert {fleet.pick(None).plan.name for _ in range(20)} == {"boosting"}
    with pytest.raises(ValueError, match=r"^every weight is 0\. Allowed: at least one above 0\."):
        fleet.reweigh({"boosting": 0.0})
    assert fleet.pick(None).plan.name == "boosting"
    fleet.close()


def test_counts_are_of_variants_that_have_instances():
    serverless = ServerlessPlan(memory_mb=1024, max_concurrency=1)
    fleet = fleet_of(plan("forest", instances=2), plan("free", serverless=serverless))
    assert fleet.counts == {"forest": (2, 2)}
    assert fleet.capacity == 0
    fleet.close()


def test_an_asynchronous_fleet_has_room_by_instances_and_concurrency():
    fleet = fleet_of(plan(instances=2), asynchronous=AsyncPlan("s3://out", "", concurrency=4))
    assert fleet.capacity == 8
    fleet.close()


def test_a_call_is_answered_by_its_variant_and_copied_to_the_shadow(invoker):
    shadow = FakeShadow(FakeVariant(plan("next")))
    fleet = fleet_of(plan("forest", 3.0), invoker=invoker, shadows=[shadow])
    answer = fleet.call(fleet.pick(None), INVOCATION, 29.0, arrived=0.0)
    assert answer.body == b"forest"
    assert shadow.offers == [(INVOCATION, 3.0)]
    fleet.close()


def test_a_fleet_that_retires_answers_what_it_has_taken_and_takes_nothing_more(invoker):
    shadow, capture = FakeShadow(FakeVariant(plan("next"))), FakeCapture()
    fleet = fleet_of(plan(), invoker=invoker, shadows=[shadow], capture=capture)
    variant: Any = fleet.pick(None)
    answers = []
    invoker.gate.clear()
    caller = threading.Thread(
        target=lambda: answers.append(fleet.call(variant, INVOCATION, 29.0, 0.0))
    )
    caller.start()
    assert invoker.called.wait(10)
    closing = threading.Thread(target=fleet.close)
    closing.start()
    while True:
        try:
            invoker.call = lambda *_: HttpResponse(200)
            fleet.call(variant, INVOCATION, 29.0, 0.0)
        except Retired:
            break
    closing.join(0.05)
    assert closing.is_alive()
    assert [part.closed for part in (variant, shadow, capture)] == [False] * 3
    invoker.gate.set()
    closing.join(10)
    caller.join(10)
    assert [answer.body for answer in answers] == [b"forest"]
    assert [part.closed for part in (variant, shadow, capture)] == [True] * 3


def test_a_fleet_that_must_stop_now_does_not_wait(invoker):
    fleet = fleet_of(plan(), invoker=invoker)
    variant: Any = fleet.pick(None)
    invoker.gate.clear()
    caller = threading.Thread(target=fleet.call, args=(variant, INVOCATION, 29.0, 0.0))
    caller.start()
    assert invoker.called.wait(10)
    fleet.close(drain_seconds=0)
    assert variant.closed
    invoker.gate.set()
    caller.join(10)
