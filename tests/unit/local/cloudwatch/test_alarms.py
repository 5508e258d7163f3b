from concurrent.futures import ThreadPoolExecutor

import pytest

from local.cloudwatch.alarm import Alarm
from local.cloudwatch.alarms import Alarms


def errors(treatment="missing", **members):
    return Alarm.parse(
        {
            "AlarmName": "errors",
            "Namespace": "Own",
            "MetricName": "Errors",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0.0,
            "TreatMissingData": treatment,
        }
        | members
    )


@pytest.fixture
def alarms(metrics, clock):
    return Alarms(metrics, clock)


@pytest.fixture
def fail(metrics):
    return lambda count=1: metrics.put("Own", "Errors", {}, count)


def status(alarms, name="errors"):
    return alarms.described()[name][1]


def test_an_alarm_without_data_is_insufficient(alarms):
    alarms.put("errors", errors())
    assert alarms.state("errors") == "INSUFFICIENT_DATA"
    assert status(alarms).reason == "Unchecked: Initial alarm creation"


def test_an_alarm_is_evaluated_when_a_minute_is_over(alarms, clock, fail):
    alarms.put("errors", errors("notBreaching"))
    states = [alarms.state("errors")]
    fail()
    clock.forward(seconds=59)
    states.append(alarms.state("errors"))
    clock.forward(seconds=1)
    states.append(alarms.state("errors"))
    assert states == ["OK", "OK", "ALARM"]


def test_a_minute_that_nobody_asked_about_has_counted(alarms, clock, fail):
    alarms.put("errors", errors("ignore"))
    put_at = clock.now
    fail()
    clock.forward(days=2, seconds=30)
    assert alarms.state("errors") == "ALARM"
    assert (status(alarms).transitioned - put_at).total_seconds() == 60


def test_what_is_past_all_data_is_not_gone_through(alarms, clock):
    alarms.put("errors", errors())
    clock.forward(days=3650)
    assert alarms.state("errors") == "INSUFFICIENT_DATA"


def test_a_state_that_was_set_holds_until_the_next_evaluation(alarms, clock):
    alarms.put("errors", errors("notBreaching"))
    clock.forward(seconds=10)
    alarms.set_state("errors", "ALARM", "a drill")
    clock.forward(seconds=49)
    assert alarms.state("errors") == "ALARM"
    assert status(alarms).reason == "a drill"
    clock.forward(seconds=1)
    assert alarms.state("errors") == "OK"
    assert status(alarms).reason.endswith("At 12:01, oldest first and - where missing: -, -, -.")


def test_setting_the_same_state_is_no_transition(alarms, clock):
    alarms.put("errors", errors("notBreaching"))
    since = status(alarms).transitioned
    clock.forward(seconds=10)
    alarms.set_state("errors", "OK", "looked at it")
    assert status(alarms).transitioned == since
    assert status(alarms).updated == clock.now


def test_an_alarm_that_is_put_again_keeps_its_state(alarms, clock, fail):
    alarms.put("errors", errors("ignore"))
    fail()
    clock.forward(minutes=10)
    alarms.put("errors", errors("ignore", Threshold=5.0))
    found, after = alarms.described()["errors"]
    assert (after.state, found.threshold) == ("ALARM", 5.0)
    assert after.configured == clock.now


def test_all_alarms_are_described_by_name(alarms):
    for name in ("b", "a", "c"):
        alarms.put(name, errors())
    assert list(alarms.described()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda alarms: alarms.state("x"),
        lambda alarms: alarms.set_state("x", "OK", ""),
        lambda alarms: alarms.delete(["errors", "x"]),
    ],
)
def test_an_alarm_that_is_not_there_is_named(alarms, ask):
    alarms.put("errors", errors())
    with pytest.raises(LookupError) as error:
        ask(alarms)
    assert error.value.args == ("There is no alarm 'x'.",)
    assert "errors" in alarms


def test_a_deleted_alarm_is_gone(alarms):
    alarms.put("errors", errors())
    alarms.delete(["errors"])
    assert "errors" not in alarms


class TestActions:
    @pytest.fixture
    def taken(self, alarms):
        """What is taken, as ARN and data points."""
        return lambda: [(action.arn, action.values) for action in alarms.take_actions()]

    @pytest.fixture
    def watched(self, alarms):
        actions = {"AlarmActions": ["grow"], "OKActions": ["shrink"]}
        alarms.put("errors", errors("notBreaching", **actions, InsufficientDataActions=["look"]))

    def test_the_state_decides_and_each_evaluation_asks_again(self, watched, taken, clock, fail):
        found = [taken()]
        for count in (2, 3):
            fail(count)
            clock.forward(minutes=1)
            found.append(taken())
        assert found == [[("shrink", [])], [("grow", [2])], [("grow", [3])]]

    def test_one_evaluation_asks_once(self, watched, taken, clock):
        assert len(taken()) == 1
        clock.forward(seconds=59)
        assert taken() == []

    def test_of_several_evaluations_the_last_one_counts(self, watched, taken, clock, fail):
        fail()
        clock.forward(minutes=4)
        assert taken() == [("shrink", [])]

    def test_an_evaluation_that_somebody_else_asked_for_counts(self, watched, taken, clock, alarms):
        assert taken()
        clock.forward(minutes=1)
        alarms.state("errors")
        assert taken() == [("shrink", [])]

    def test_a_state_that_was_set_asks_for_nothing(self, watched, taken, clock, alarms):
        alarms.set_state("errors", "ALARM", "a drill")
        assert taken() == [("shrink", [])]
        alarms.set_state("errors", "ALARM", "a drill")
        assert taken() == []

    def test_values_that_came_later_did_not_decide(self, watched, taken, clock, fail):
        fail(2)
        clock.forward(minutes=1)
        fail(5)
        assert taken() == [("grow", [2])]

    def test_without_data_there_are_actions_too(self, alarms, taken):
        alarms.put("errors", errors("missing", InsufficientDataActions=["look"]))
        assert taken() == [("look", [])]

    def test_alarms_without_actions_ask_for_nothing(self, alarms, taken):
        alarms.put("errors", errors("breaching"))
        assert taken() == []


def test_many_can_ask_at_once_while_values_come(alarms, clock, fail):
    alarms.put("errors", errors())

    def ask(turn):
        fail()
        return alarms.state("errors")

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(200))) == {"INSUFFICIENT_DATA"}
    clock.forward(minutes=1)
    assert alarms.state("errors") == "ALARM"
