from datetime import UTC, datetime, timedelta

import pytest

from local.cloudwatch.alarm import Alarm
from local.cloudwatch.evaluation import State
from local.cloudwatch.metrics import Metrics

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ERRORS = {
    "AlarmName": "iris-errors",
    "Namespace": "AWS/SageMaker",
    "MetricName": "Invocation5XXErrors",
    "Dimensions": [{"Name": "EndpointName", "Value": "iris"}],
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0.01,
    "TreatMissingData": "notBreaching",
}
RULE = {
    "AlarmName": "iris-idle",
    "EvaluationPeriods": 3,
    "ComparisonOperator": "LessThanThreshold",
    "Threshold": 600.0,
    "TreatMissingData": "breaching",
}


def stat(name="m1", period=60, **members):
    metric = {"Namespace": "AWS/SageMaker", "MetricName": "InvocationsPerInstance"}
    return {
        "Id": name,
        "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"},
        "ReturnData": False,
    } | members


def expression(text):
    return {"Id": "e1", "Expression": text, "Label": "A text"}


IDLE = {**RULE, "Metrics": [stat(), expression("FILL(m1, 0)")]}


def measured(minutes, name="Invocation5XXErrors", dimensions=None):
    """Metrics with these values, a list for each of the minutes before noon, last one last."""
    now = NOON
    metrics = Metrics(lambda: now)
    for ago, values in enumerate(reversed(minutes)):
        now = NOON - timedelta(minutes=ago + 1)
        for value in values:
            metrics.put("AWS/SageMaker", name, dimensions or {}, value)
    return metrics


def errors(minutes):
    return measured(minutes, dimensions={"EndpointName": "iris"})


@pytest.mark.parametrize(("failed", "state"), [(0, "OK"), (1, "OK"), (2, "ALARM"), (100, "ALARM")])
def test_the_share_of_failed_requests_is_compared_with_the_threshold(failed, state):
    metrics = errors([[1] * failed + [0] * (100 - failed)])
    found, _ = Alarm.parse(ERRORS).judged(metrics, NOON, "OK")
    assert found == state


@pytest.mark.parametrize(
    ("operator", "states"),
    [
        ("GreaterThanThreshold", ["OK", "OK", "ALARM"]),
        ("GreaterThanOrEqualToThreshold", ["OK", "ALARM", "ALARM"]),
        ("LessThanThreshold", ["ALARM", "OK", "OK"]),
        ("LessThanOrEqualToThreshold", ["ALARM", "ALARM", "OK"]),
    ],
)
def test_each_operator_compares_as_it_says(operator, states):
    alarm = Alarm.parse(ERRORS | {"ComparisonOperator": operator, "Threshold": 5.0})
    found = [alarm.judged(errors([[value]]), NOON, "OK")[0] for value in (4, 5, 6)]
    assert found == states


def test_the_minute_that_is_not_over_does_not_count():
    metrics = errors([[1]])
    assert Alarm.parse(ERRORS).judged(metrics, NOON - timedelta(minutes=1), "OK")[0] == "OK"


def test_a_percentile_can_be_watched():
    alarm = Alarm.parse(
        {k: v for k, v in ERRORS.items() if k != "Statistic"}
        | {"ExtendedStatistic": "p90", "Threshold": 300_000.0}
    )
    assert alarm.judged(errors([[1000] * 90 + [400_000] * 10]), NOON, "OK")[0] == "OK"
    assert alarm.judged(errors([[1000] * 89 + [400_000] * 11]), NOON, "OK")[0] == "ALARM"


def test_a_longer_period_is_the_minutes_before_the_one_of_the_evaluation():
    alarm = Alarm.parse(ERRORS | {"Period": 300, "Statistic": "Sum", "Threshold": 4.0})
    metrics = errors([[1], [1], [1], [1], [1]])
    states = [
        alarm.judged(metrics, NOON + timedelta(minutes=later), "OK")[0] for later in (-1, 0, 1)
    ]
    assert states == ["OK", "ALARM", "OK"]


def test_m_of_n_data_points_make_an_alarm():
    alarm = Alarm.parse(ERRORS | {"EvaluationPeriods": 3, "DatapointsToAlarm": 2})
    assert alarm.judged(errors([[1], [0], [1]]), NOON, "OK")[0] == "ALARM"
    assert alarm.judged(errors([[1], [0], [0]]), NOON, "OK")[0] == "OK"


def test_a_filled_metric_alarms_without_any_traffic():
    idle = Alarm.parse(IDLE)
    assert idle.judged(measured([]), NOON, "OK")[0] == "ALARM"
    busy = measured([[700], [700], [700]], "InvocationsPerInstance")
    assert idle.judged(busy, NOON, "ALARM")[0] == "OK"


def test_the_reason_shows_rule_and_data_points():
    _, reason = Alarm.parse(ERRORS | {"EvaluationPeriods": 2}).judged(errors([[1], []]), NOON, "OK")
    assert reason == (
        "2 of 2 data points with GreaterThanThreshold 0.01 are an alarm. "
        "At 12:00, oldest first and - where missing: -, -, 1, -."
    )


def test_the_data_points_that_decide_are_the_newest_ones_that_are_there():
    alarm = Alarm.parse(ERRORS | {"EvaluationPeriods": 2, "Statistic": "Sum"})
    assert alarm.recent(errors([[1], [2], [], [3]]), NOON) == [2, 3]
    assert alarm.recent(errors([]), NOON) == []


def test_each_state_has_actions_of_its_own_unless_they_are_switched_off():
    actions = {"OKActions": ["a"], "AlarmActions": ["b", "c"], "InsufficientDataActions": ["d"]}
    states: tuple[State, ...] = ("OK", "ALARM", "INSUFFICIENT_DATA")
    for enabled, found in (
        ({}, [["a"], ["b", "c"], ["d"]]),
        ({"ActionsEnabled": True}, [["a"], ["b", "c"], ["d"]]),
        ({"ActionsEnabled": False}, [[], [], []]),
    ):
        alarm = Alarm.parse(ERRORS | actions | enabled)
        assert [list(alarm.actions(state)) for state in states] == found
    assert list(Alarm.parse(ERRORS).actions("ALARM")) == []


def test_what_has_no_effect_is_kept():
    text = {"AlarmDescription": "Too many errors."}
    assert Alarm.parse(ERRORS | text).definition == ERRORS | text


ONE_RETURNED = "Allowed: exactly one, false elsewhere."


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (
            ERRORS | {"ThresholdMetricId": "ad1", "EvaluationInterval": 60},
            "The local cloud does not have EvaluationInterval, ThresholdMetricId of alarms.",
        ),
        (
            ERRORS | {"Period": 30},
            "Period 30: the local cloud keeps metrics by the minute. Allowed: multiples of 60.",
        ),
        (
            ERRORS | {"Period": 0},
            "Period 0: the local cloud keeps metrics by the minute. Allowed: multiples of 60.",
        ),
        (
            ERRORS | {"EvaluationPeriods": 0},
            "EvaluationPeriods 0, DatapointsToAlarm 0. "
            "Allowed: at least 1, and no more data points than periods.",
        ),
        (
            ERRORS | {"DatapointsToAlarm": 2},
            "EvaluationPeriods 1, DatapointsToAlarm 2. "
            "Allowed: at least 1, and no more data points than periods.",
        ),
        (
            ERRORS | {"EvaluationPeriods": 25, "Period": 3600},
            "EvaluationPeriods 25 of 3600 seconds: the local cloud looks back over one day.",
        ),
        (
            ERRORS | {"ComparisonOperator": "LessThanLowerThreshold"},
            "ComparisonOperator LessThanLowerThreshold. Allowed: GreaterThanOrEqualToThreshold, "
            "GreaterThanThreshold, LessThanOrEqualToThreshold, LessThanThreshold.",
        ),
        (
            ERRORS | {"TreatMissingData": "good"},
            "TreatMissingData good. Allowed: missing, ignore, breaching, notBreaching.",
        ),
        (
            ERRORS | {"EvaluateLowSampleCountPercentile": "ignore"},
            "EvaluateLowSampleCountPercentile: the local cloud has only evaluate.",
        ),
        (
            ERRORS | {"Unit": "Count"},
            "Unit: the local cloud keeps no units. Leave it out.",
        ),
        (
            ERRORS | {"ExtendedStatistic": "p90"},
            "An alarm needs either Statistic or ExtendedStatistic.",
        ),
        (
            ERRORS | {"Dimensions": [{"Name": "a", "Value": "1"}, {"Name": "a", "Value": "2"}]},
            "Dimensions: one of a comes twice.",
        ),
        ({k: v for k, v in ERRORS.items() if k != "Period"}, "The parameter Period is required."),
        (
            {k: v for k, v in ERRORS.items() if k not in ("Namespace", "MetricName")},
            "The parameter Namespace and MetricName is required.",
        ),
        (
            {k: v for k, v in ERRORS.items() if k != "Threshold"},
            "The parameter Threshold is required.",
        ),
        (
            {k: v for k, v in ERRORS.items() if k != "ComparisonOperator"},
            "ComparisonOperator None. Allowed: GreaterThanOrEqualToThreshold, "
            "GreaterThanThreshold, LessThanOrEqualToThreshold, LessThanThreshold.",
        ),
        (IDLE | {"Period": 60}, "Period cannot be there together with Metrics."),
        (RULE | {"Metrics": [stat()]}, f"Metrics with ReturnData: 0. {ONE_RETURNED}"),
        (
            RULE | {"Metrics": [stat(ReturnData=True), expression("FILL(m1, 0)")]},
            f"Metrics with ReturnData: 2. {ONE_RETURNED}",
        ),
    ],
)
def test_what_is_wrong_or_not_there_is_named(definition, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text follows
        Alarm.parse(definition)
    assert str(error.value) == message
