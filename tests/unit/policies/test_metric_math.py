"""Expressions that have a value where their metrics have none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.metric_math import fills
from gateway_policies.resource import UNKNOWN

METRIC = {"id": "m1", "metric": {"metricName": "Invocations"}, "returnData": False}
OTHER = {"id": "m2", "metric": {"metricName": "Errors"}, "returnData": False}


def filled(expression, *more):
    watched = fills(
        [METRIC, OTHER, *more, {"id": "e", "expression": expression, "returnData": True}]
    )
    assert watched
    assert watched.expression == expression
    assert watched.index == 2 + len(more)
    return watched.filled


@pytest.mark.parametrize(
    "expression",
    [
        "FILL(m1, 0)",
        "FILL(m1,0)",
        "FILL( m1 , -1.5 )",
        "FILL(m1, 0) / FILL(m2, 1)",
        "FILL(m1 / m2, 0)",
        "FILL(METRICS(), 0)",
        "MAX([FILL(m1, 0), FILL(m2, 0)])",
        "IF(FILL(m1, 0) > 0, 1, 0)",
        "FILL(FILL(m1, REPEAT), 0)",
        "TIME_SERIES(3)",
    ],
)
def test_a_number_stands_in_for_what_is_missing(expression):
    assert filled(expression) is True


@pytest.mark.parametrize(
    "expression",
    [
        "m1",
        "FILL(m1, 0) + m2",
        "FILL(m1, REPEAT)",
        "FILL(m1, LINEAR)",
        "FILL(m1, m2)",
        "FILL(m1)",
        "SUM(METRICS())",
        "SEARCH('{AWS/SageMaker} Invocations', 'Sum', 60)",
        "fill(m1, 0)",
        3,
    ],
)
def test_what_is_missing_stays_missing(expression):
    assert filled(expression) is False


def test_expressions_are_followed_to_their_metrics():
    inner = {"id": "e1", "expression": "FILL(m1, 0)", "returnData": False}
    raw = {"id": "e2", "expression": "m1 * 2", "returnData": False}
    assert filled("e1 * 2", inner) is True
    assert filled("e1 + e2", inner, raw) is False
    assert filled("FILL(e2, 0)", raw) is True
    assert filled("e1", {"id": "e1", "expression": UNKNOWN}) is UNKNOWN
    assert filled(UNKNOWN) is UNKNOWN


def test_expressions_in_a_circle_are_no_answer():
    first = {"id": "e1", "expression": "e2"}
    second = {"id": "e2", "expression": "e1"}
    assert filled("e1", first, second) is False


def test_an_alarm_on_a_metric_has_no_expression():
    assert fills([METRIC | {"returnData": True}]) is None
    assert fills([METRIC, OTHER]) is None
    assert fills([]) is None


def test_one_query_alone_is_the_one_that_is_watched():
    watched = fills([{"id": "e", "expression": "SUM(METRICS())"}])
    assert watched
    assert watched.filled is False


def test_a_query_that_is_not_known_may_be_the_one():
    watched = fills([METRIC, UNKNOWN])
    assert watched
    assert (watched.index, watched.filled) == (1, UNKNOWN)


expressions = st.recursive(
    st.sampled_from(["m1", "m2", "0"]),
    lambda inner: st.builds("({} + {})".format, inner, inner) | st.builds("SUM({})".format, inner),
)


@given(expressions)
def test_a_fill_around_everything_fills(expression):
    assert filled(f"FILL({expression}, 0)") is True


@given(expressions)
def test_without_a_fill_only_what_has_no_metric_is_filled(expression):
    assert filled(expression) is ("m" not in expression)


@given(st.text(alphabet="FILL(m1,0) +", max_size=30))
def test_any_text_has_a_verdict(expression):
    assert filled(expression) in (True, False)
