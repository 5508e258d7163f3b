"""The tables of AWS's page on alarms and missing data, and what follows from its text."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.evaluation import MissingData, Rule

STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
RETAIN = None

ALL_OF_3 = [
    ("0 - X - X", ["OK", "OK", "OK", "OK"]),
    ("0 - - - -", ["OK", "OK", "OK", "OK"]),
    ("- - - - -", ["INSUFFICIENT_DATA", RETAIN, "ALARM", "OK"]),
    ("0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]),
    ("- - X - -", ["ALARM", RETAIN, "ALARM", "OK"]),
]
TWO_OF_3 = [
    ("0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]),
    ("0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]),
    ("0 - X - -", ["OK", "OK", "ALARM", "OK"]),
    ("- - - - 0", ["OK", "OK", "ALARM", "OK"]),
    ("- - - X -", ["ALARM", RETAIN, "ALARM", "OK"]),
]
TREATMENTS = get_args(MissingData)


def points(drawn):
    return [{"0": False, "X": True, "-": None}[point] for point in drawn.split()]


@pytest.mark.parametrize("current", STATES)
@pytest.mark.parametrize(
    ("datapoints_to_alarm", "drawn", "expected"),
    [(3, *row) for row in ALL_OF_3] + [(2, *row) for row in TWO_OF_3],
)
def test_the_examples_of_aws_hold(datapoints_to_alarm, drawn, expected, current):
    found = [
        Rule(3, datapoints_to_alarm, treatment).state(points(drawn), current)
        for treatment in TREATMENTS
    ]
    assert found == [state or current for state in expected]


@pytest.mark.parametrize("drawn", ["- - - - X", "- - - X -"])
def test_a_young_breach_alone_is_no_alarm_yet(drawn):
    assert Rule(3, 3, "missing").state(points(drawn), "OK") == "OK"


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_points_further_back_take_the_place_of_missing_ones(treatment):
    assert Rule(1, 1, treatment).state(points("X - -"), "OK") == "ALARM"
    assert Rule(1, 1, treatment).state(points("0 - -"), "ALARM") == "OK"


@given(st.data())
def test_missing_data_only_matters_where_points_lack(data):
    n = data.draw(st.integers(1, 5))
    m = data.draw(st.integers(1, n))
    drawn = data.draw(
        st.lists(st.sampled_from([True, False, None]), min_size=n + 2, max_size=n + 2)
    )
    states = {Rule(n, m, treatment).state(drawn, "OK") for treatment in TREATMENTS}
    if n + 2 - drawn.count(None) >= n:
        assert len(states) == 1
    real = [point for point in drawn if point is not None][-n:]
    if sum(real) >= m:
        assert states == {"ALARM"}
