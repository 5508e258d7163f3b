import threading

import pytest

from local.http import HttpRequest
from local.sagemaker.exchange import Unanswered
from local.sagemaker.plan import ServerlessPlan
from local.sagemaker.serverless import ServerlessVariant, Throttled
from tests.unit.local.sagemaker.conftest import FakeInstance, plan, wait_until

REQUEST = HttpRequest("POST", "/invocations")
LIMITS = ServerlessPlan(memory_mb=1024, max_concurrency=3)


@pytest.fixture
def instance():
    return FakeInstance()


@pytest.fixture
def variant(instance):
    variant = ServerlessVariant(plan(instances=0, serverless=LIMITS), LIMITS, lambda: instance)
    variant.launch()
    variant.wait_until_healthy()
    return variant


def test_one_process_answers_so_many_requests_at_once_and_refuses_the_next(variant, instance):
    instance.gate.clear()
    callers = [threading.Thread(target=variant.invoke, args=(REQUEST, 9.0)) for _ in range(3)]
    for caller in callers:
        caller.start()
    wait_until(lambda: len(instance.requests) == 3)
    with pytest.raises(Throttled, match="^forest$"):
        variant.invoke(REQUEST, 9.0)
    instance.gate.set()
    for caller in callers:
        caller.join(10)
    assert variant.invoke(REQUEST, 9.0).status == 200
    assert len(instance.requests) == 4


def test_another_provisioned_concurrency_is_known_and_starts_nothing(instance):
    limits = ServerlessPlan(memory_mb=1024, max_concurrency=3, provisioned_concurrency=1)
    variant = ServerlessVariant(plan(instances=0, serverless=limits), limits, lambda: instance)
    assert variant.provisioned == 1
    variant.resize(3)
    assert (variant.provisioned, variant.counts) == (3, (0, 1))


def test_a_failed_request_gives_its_place_back(variant, instance):
    instance.answer = Unanswered("reset")
    for _ in range(5):
        with pytest.raises(Unanswered):
            variant.invoke(REQUEST, 9.0)
