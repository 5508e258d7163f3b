import threading
from types import SimpleNamespace
from typing import Any

import pytest

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import Unreachable
from local.sagemaker.invocation import Invocation
from local.sagemaker.shadow import MAX_WAITING, WORKERS, Shadow
from tests.unit.local.sagemaker.conftest import plan, seeded

INVOCATION = Invocation(HttpRequest("POST", "/invocations", body=b"row"))


class FakeInvoker:
    """Takes calls once its gate is open, and fails as it is told."""

    def __init__(self):
        self.taken = 0
        self.failure: Any = None
        self.gate = threading.Event()
        self.gate.set()
        self.changed = threading.Condition()

    def call(self, variant, invocation, timeout_seconds, arrived):
        assert (invocation, timeout_seconds) == (INVOCATION, 60.0)
        with self.changed:
            self.taken += 1
            self.changed.notify_all()
        assert self.gate.wait(10)
        if self.failure:
            raise self.failure
        return HttpResponse(200)

    def wait_for(self, calls):
        with self.changed:
            assert self.changed.wait_for(lambda: self.taken >= calls, 10)


@pytest.fixture
def invoker():
    return FakeInvoker()


@pytest.fixture
def shadow(invoker):
    closed = threading.Event()
    variant: Any = SimpleNamespace(plan=plan("next"), close=closed.set, closed=closed)
    shadow = Shadow(variant, invoker, seeded(1))
    yield shadow
    invoker.gate.set()
    shadow.close()


def test_a_copy_goes_to_the_shadow(shadow, invoker):
    shadow.offer(INVOCATION, 1.0)
    invoker.wait_for(1)
    assert shadow.dropped == 0


@pytest.mark.parametrize(
    ("shadow_weight", "production_weight", "least", "most"),
    [(1.0, 4.0, 200, 300), (1.0, 1.0, 1000, 1000), (5.0, 1.0, 1000, 1000), (0.0, 1.0, 0, 0)],
)
def test_so_many_requests_are_copied_as_the_weights_say(
    shadow, shadow_weight, production_weight, least, most
):
    shadow.variant.plan = plan("next", shadow_weight)
    copies: list[Any] = []
    shadow._waiting.put_nowait = copies.append
    for _ in range(1_000):
        shadow.offer(INVOCATION, production_weight)
    assert least <= len(copies) <= most


@pytest.mark.parametrize("failure", [Unreachable("dead"), TimeoutError("slow"), OSError("else")])
def test_a_shadow_that_fails_goes_on_getting_copies(shadow, invoker, failure):
    invoker.failure = failure
    for _ in range(WORKERS + 1):
        shadow.offer(INVOCATION, 1.0)
    invoker.wait_for(WORKERS + 1)


def test_copies_that_a_stuck_shadow_does_not_take_are_dropped_and_counted(shadow, invoker, caplog):
    invoker.gate.clear()
    for _ in range(WORKERS):
        shadow.offer(INVOCATION, 1.0)
    invoker.wait_for(WORKERS)
    for _ in range(MAX_WAITING + 5):
        shadow.offer(INVOCATION, 1.0)
    assert shadow.dropped == 5
    messages = [record.getMessage() for record in caplog.records]
    assert messages.count("shadow variant next is too slow for all") == 1


def test_closing_forgets_what_waits_and_waits_for_nothing(shadow, invoker):
    invoker.gate.clear()
    for _ in range(WORKERS):
        shadow.offer(INVOCATION, 1.0)
    invoker.wait_for(WORKERS)
    for _ in range(MAX_WAITING):
        shadow.offer(INVOCATION, 1.0)
    shadow.close()
    assert shadow.variant.closed.is_set()
    invoker.gate.set()
    for thread in threading.enumerate():
        if thread.name == "shadow":
            thread.join(10)
    assert invoker.taken == WORKERS
