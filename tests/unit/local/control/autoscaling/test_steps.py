import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.alarm import Alarm
from local.control.autoscaling.steps import stepped

THRESHOLD = 50.0


def alarm(comparison="GreaterThanOrEqualToThreshold"):
    return Alarm.parse(
        {
            "AlarmName": "load",
            "Namespace": "Own",
            "MetricName": "Load",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 3,
            "ComparisonOperator": comparison,
            "Threshold": THRESHOLD,
        }
    )


def step(low, high, adjustment):
    bounds = {"MetricIntervalLowerBound": low, "MetricIntervalUpperBound": high}
    found = {name: value for name, value in bounds.items() if value is not None}
    return {**found, "ScalingAdjustment": adjustment}


def policy(*steps, kind="ChangeInCapacity", **members):
    return {"AdjustmentType": kind, "StepAdjustments": list(steps), **members}


OUT = policy(step(0, 10, 1), step(10, 20, 2), step(20, None, 3))
IN = policy(step(-10, 0, -1), step(None, -10, -2))


@pytest.mark.parametrize(
    ("value", "capacity"),
    [(50, 5), (59.9, 5), (60, 6), (69.9, 6), (70, 7), (1000, 7), (49.9, None)],
)
def test_above_the_threshold_the_lower_bound_belongs_to_the_step(value, capacity):
    assert stepped(OUT, alarm(), [value], 4) == capacity


@pytest.mark.parametrize(("value", "capacity"), [(50, 3), (40.1, 3), (40, 2), (0, 2), (50.1, None)])
def test_below_the_threshold_the_upper_bound_belongs_to_the_step(value, capacity):
    assert stepped(IN, alarm("LessThanOrEqualToThreshold"), [value], 4) == capacity


@pytest.mark.parametrize(
    ("comparison", "capacity"),
    [("GreaterThanOrEqualToThreshold", 6), ("LessThanOrEqualToThreshold", 2)],
)
def test_at_the_threshold_the_alarm_says_on_which_side_it_is(comparison, capacity):
    both = policy(step(None, 0, -2), step(0, None, 2))
    assert stepped(both, alarm(comparison), [50], 4) == capacity


@pytest.mark.parametrize(
    ("aggregation", "capacity"),
    [({}, 6), ("Average", 6), ("Minimum", 5), ("Maximum", 7)],
)
def test_the_data_points_are_taken_together_as_the_policy_says(aggregation, capacity):
    members = {"MetricAggregationType": aggregation} if aggregation else {}
    assert stepped({**OUT, **members}, alarm(), [50, 60, 70], 4) == capacity


def test_without_data_points_nothing_is_chosen():
    assert stepped(OUT, alarm(), [], 4) is None


def test_an_exact_capacity_is_what_it_says():
    assert stepped(policy(step(0, None, 7), kind="ExactCapacity"), alarm(), [50], 4) == 7


@pytest.mark.parametrize(
    ("capacity", "percent", "least", "found"),
    [
        (10, 50, 0, 15),
        (10, 127, 0, 22),  # 12.7
        (1, 67, 0, 2),  # 0.67
        (1, -58, 0, 0),  # -0.58
        (10, -67, 0, 4),  # -6.7
        (4, 25, 2, 6),
        (4, -25, 2, 2),
        (10, 50, 2, 15),
        (0, 50, 0, 0),
        (4, 0, 2, 4),
    ],
)
def test_a_share_of_the_capacity_is_whole_units_and_at_least_one(capacity, percent, least, found):
    share = policy(
        step(0, None, percent), kind="PercentChangeInCapacity", MinAdjustmentMagnitude=least
    )
    assert stepped(share, alarm(), [50], capacity) == found


BOUNDS = st.lists(st.integers(-40, 40), min_size=1, max_size=6, unique=True).map(sorted)


@given(BOUNDS, st.floats(0, 100), st.booleans())
def test_steps_without_gaps_that_cover_everything_have_exactly_one_for_each_value(
    bounds, value, greater
):
    edges = [None, *bounds, None]
    steps = [
        step(low, high, index)
        for index, (low, high) in enumerate(zip(edges, edges[1:], strict=False))
    ]
    comparison = alarm("GreaterThanThreshold" if greater else "LessThanThreshold")
    chosen = stepped(policy(*steps, kind="ExactCapacity"), comparison, [value], 0)
    assert chosen is not None
    delta = value - THRESHOLD
    low = -math.inf if chosen == 0 else bounds[chosen - 1]
    high = math.inf if chosen == len(bounds) else bounds[chosen]
    assert low <= delta <= high
    # In whatever order the steps are written down.
    assert stepped(policy(*reversed(steps), kind="ExactCapacity"), comparison, [value], 0) == chosen
