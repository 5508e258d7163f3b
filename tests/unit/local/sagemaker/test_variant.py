import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import BrokenAnswer, Unanswered, Unreachable
from local.sagemaker.instance import STARTUP_SECONDS, DeploymentError
from local.sagemaker.variant import FAILED_PINGS, Variant
from tests.unit.local.sagemaker.conftest import FakeInstance, plan, wait_until

REQUEST = HttpRequest("POST", "/invocations", body=b"row")


class Rig:
    """A variant, every instance that it started, oldest first, and the time."""

    def __init__(self, instances, limit=None):
        self.instances = []
        self.sick = False
        """Whether what is started from now on is."""
        self.when_started: Callable[[FakeInstance], None] = lambda instance: None
        self.time = 0.0
        start: Any = self._start
        self.variant = Variant(plan(), start, instances, limit, lambda: self.time)
        self.variant.launch()
        self.variant.wait_until_healthy()

    def _start(self):
        instance = FakeInstance()
        instance.healthy = not self.sick
        self.instances.append(instance)
        self.when_started(instance)
        return instance

    def invoke(self, timeout=29.0):
        return self.variant.invoke(REQUEST, timeout)

    def served(self):
        return [len(instance.requests) for instance in self.instances]

    def check(self, rounds=1):
        for _ in range(rounds):
            self.variant.check()


def test_instances_take_turns():
    rig = Rig(3)
    for _ in range(7):
        assert rig.invoke().body == b"setosa\n"
    assert rig.served() == [3, 2, 2]


def test_an_instance_that_does_not_become_healthy_is_a_failed_deployment():
    rig = Rig(1)
    rig.sick = True
    rig.variant.launch()
    with pytest.raises(DeploymentError, match="^it does not ping$"):
        rig.variant.wait_until_healthy()


@pytest.mark.parametrize("failure", [Unreachable("refused"), Unanswered("reset")])
def test_a_request_without_a_byte_of_an_answer_is_tried_on_one_other_instance(failure):
    rig = Rig(3)
    rig.instances[0].answer = failure
    assert rig.invoke().status == 200
    assert sorted(rig.served()) == [0, 1, 1]
    for instance in rig.instances:
        instance.answer = failure
    with pytest.raises(type(failure)):
        rig.invoke()
    assert sum(rig.served()) == 4


def test_the_second_try_has_what_is_left_of_the_time():
    rig = Rig(2)

    def slow(request, timeout_seconds):
        rig.time += 4.0
        raise Unanswered("reset")

    rig.instances[0].invoke = slow
    rig.invoke(timeout=29.0)
    assert rig.instances[1].requests == [(REQUEST, 25.0)]


@pytest.mark.parametrize("failure", [BrokenAnswer("cut"), TimeoutError("late")])
def test_a_request_whose_answer_began_or_may_still_come_is_not_sent_again(failure):
    rig = Rig(2)
    rig.instances[0].answer = failure
    with pytest.raises(type(failure)):
        rig.invoke()
    assert rig.served() == [1, 0]


def test_with_one_instance_there_is_no_second_try():
    rig = Rig(1)
    rig.instances[0].answer = Unanswered("reset")
    with pytest.raises(Unanswered, match="^reset$"):
        rig.invoke()
    assert rig.served() == [1]


def test_an_instance_known_to_be_down_gets_nothing_until_it_answers_a_ping():
    rig = Rig(2)
    rig.instances[0].answer = Unreachable("refused")
    rig.invoke()
    rig.instances[0].answer = HttpResponse(200)
    for _ in range(4):
        rig.invoke()
    assert rig.served() == [1, 5]
    rig.check()
    for _ in range(4):
        rig.invoke()
    assert rig.served() == [3, 7]


def test_without_any_instance_nothing_is_sent():
    rig = Rig(0)
    with pytest.raises(Unreachable, match="^no instance of variant forest is in service$"):
        rig.invoke()


def test_an_instance_that_fails_a_ping_is_a_last_resort():
    rig = Rig(2)
    rig.instances[0].healthy = False
    rig.check()
    rig.invoke()
    rig.invoke()
    assert rig.served() == [0, 2]
    rig.instances[1].healthy = False
    rig.check()
    rig.invoke()
    rig.invoke()
    assert rig.served() == [1, 3]


def test_an_instance_whose_process_ended_is_replaced_at_once():
    rig = Rig(2)
    rig.instances[0].exited = True
    rig.check()
    assert len(rig.instances) == 3
    for _ in range(4):
        rig.invoke()
    assert rig.served() == [0, 4, 0]  # the new one has not answered a ping
    rig.check()
    for _ in range(4):
        rig.invoke()
    assert rig.served() == [0, 6, 2]
    assert rig.variant.counts == (2, 2)


def test_an_instance_that_stops_answering_pings_is_killed_and_replaced():
    rig = Rig(1)
    rig.instances[0].healthy = False
    rig.check(FAILED_PINGS - 1)
    assert len(rig.instances) == 1
    rig.instances[0].healthy = True
    rig.check()  # one that answers begins anew
    rig.instances[0].healthy = False
    rig.check(FAILED_PINGS - 1)
    assert len(rig.instances) == 1
    rig.check()
    assert len(rig.instances) == 2
    assert rig.instances[0].killed


def test_an_instance_that_never_starts_is_tried_again_less_and_less_often():
    rig = Rig(1)
    rig.sick = True
    rig.instances[0].exited = True
    starts: list[float] = []
    for _ in range(2_000):
        rig.time += 0.1
        for instance in rig.instances:
            instance.exited = True
        rig.check()
        if len(rig.instances) - 1 > len(starts):
            starts.append(rig.time)
    pauses = [later - earlier for earlier, later in zip(starts, starts[1:], strict=False)]
    assert [round(pause) for pause in pauses] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_an_instance_that_may_not_start_is_tried_again_less_and_less_often_until_it_may():
    rig = Rig(1)
    rig.instances[0].exited = True
    tries: list[float] = []

    def refused(instance):
        tries.append(round(rig.time, 1))
        rig.instances.pop()
        raise DeploymentError("no right to an interface")

    rig.when_started = refused
    for _ in range(80):
        rig.check()
        rig.time += 0.1
    assert tries == pytest.approx([0, 1, 3, 7], abs=0.5)
    assert rig.variant.counts == (1, 1)
    rig.when_started = lambda instance: None
    rig.time += 60
    rig.check(2)
    assert len(rig.instances) == 2
    assert rig.invoke().status == 200


def test_a_replacement_has_the_time_of_any_start():
    rig = Rig(1)
    rig.sick = True
    rig.instances[0].exited = True
    rig.check()
    rig.time = STARTUP_SECONDS
    rig.check()
    assert len(rig.instances) == 2
    rig.time += 0.1
    rig.check()
    assert len(rig.instances) == 3


def test_growing_starts_instances_and_puts_them_in_turn_when_healthy():
    rig = Rig(1)
    rig.variant.resize(3)
    assert rig.variant.counts == (3, 3)
    for _ in range(3):
        rig.invoke()
    assert rig.served() == [1, 1, 1]


def test_growing_that_fails_changes_nothing():
    rig = Rig(1)
    rig.sick = True
    with pytest.raises(DeploymentError):
        rig.variant.resize(3)
    assert rig.variant.counts == (1, 1)
    assert [instance.stopped for instance in rig.instances] == [False, True, True]


def test_growing_on_a_machine_that_is_short_of_processes_leaves_none():
    rig = Rig(1)

    def second_fails(instance):
        if len(rig.instances) == 3:
            raise OSError("no more processes")

    rig.when_started = second_fails
    with pytest.raises(OSError, match="^no more processes$"):
        rig.variant.resize(3)
    assert rig.variant.counts == (1, 1)
    assert rig.instances[1].stopped


def test_shrinking_stops_an_instance_once_it_has_answered():
    rig = Rig(2)
    rig.instances[1].gate.clear()
    rig.invoke()
    answers = []
    caller = threading.Thread(target=lambda: answers.append(rig.invoke()))
    caller.start()
    wait_until(lambda: rig.instances[1].requests)
    shrinking = threading.Thread(target=rig.variant.resize, args=(1,))
    shrinking.start()
    wait_until(lambda: rig.variant.counts == (1, 1))
    assert not rig.instances[1].stopped
    rig.instances[1].gate.set()
    shrinking.join(10)
    caller.join(10)
    assert rig.instances[1].stopped
    assert [answer.status for answer in answers] == [200]


def test_closing_stops_every_instance_and_one_that_starts_meanwhile():
    rig = Rig(2)
    rig.when_started = lambda instance: setattr(instance, "wait_until_healthy", rig.variant.close)
    rig.variant.resize(3)
    assert [instance.stopped for instance in rig.instances] == [True] * 3
    assert rig.variant.counts[0] == 0


def test_an_instance_that_leaves_while_it_is_checked_is_not_replaced():
    rig = Rig(1)
    rig.instances[0].ping = rig.variant.close
    rig.instances[0].exited = False
    rig.check(FAILED_PINGS)
    assert len(rig.instances) == 1
    assert not rig.instances[0].killed


def test_a_replacement_that_comes_after_the_end_is_killed():
    rig = Rig(1)
    rig.instances[0].exited = True
    rig.when_started = lambda instance: rig.variant.close()
    rig.check()
    assert [instance.killed for instance in rig.instances] == [True, True]
    assert rig.variant.counts[0] == 0


def test_an_instance_answers_no_more_requests_at_once_than_its_limit():
    rig = Rig(2, limit=2)
    for instance in rig.instances:
        instance.gate.clear()
    callers = [threading.Thread(target=rig.invoke) for _ in range(4)]
    for caller in callers:
        caller.start()
    wait_until(lambda: sum(rig.served()) == 4)
    assert rig.served() == [2, 2]
    with pytest.raises(Unreachable):
        rig.invoke()
    for instance in rig.instances:
        instance.gate.set()
    for caller in callers:
        caller.join(10)
    assert rig.invoke().status == 200


def test_many_callers_at_once_are_spread_over_the_instances():
    rig = Rig(4)
    callers = [threading.Thread(target=lambda: [rig.invoke() for _ in range(50)]) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)
    assert Counter(rig.served()) == {100: 4}


def test_the_most_requests_at_once_are_known_since_they_were_asked_for():
    rig = Rig(2)
    for _ in range(3):
        rig.invoke()
    assert rig.variant.take_peak() == 1
    for instance in rig.instances:
        instance.gate.clear()
    callers = [threading.Thread(target=rig.invoke) for _ in range(3)]
    for caller in callers:
        caller.start()
    wait_until(lambda: sum(rig.served()) == 6)
    assert [rig.variant.take_peak(), rig.variant.take_peak()] == [3, 3]
    for instance in rig.instances:
        instance.gate.set()
    for caller in callers:
        caller.join(10)
    rig.invoke()
    assert [rig.variant.take_peak(), rig.variant.take_peak()] == [3, 0]
