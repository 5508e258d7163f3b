import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.distribution import Distribution, statistic

VALUES = st.lists(st.floats(0.001, 1e9), min_size=1, max_size=40)


def distribution(values):
    found = Distribution()
    for value in values:
        found.add(value)
    return found


@given(VALUES)
def test_the_statistics_are_those_of_the_values(values):
    found = distribution(values)
    assert statistic("SampleCount")(found) == len(values)
    assert statistic("Sum")(found) == pytest.approx(math.fsum(values))
    assert statistic("Average")(found) == pytest.approx(math.fsum(values) / len(values))
    assert statistic("Minimum")(found) == min(values)
    assert statistic("Maximum")(found) == max(values)


@given(VALUES, st.sampled_from(["p0", "p1", "p50", "p90", "p99.9", "p100"]))
def test_a_percentile_is_right_to_half_a_percent(values, name):
    rank = max(math.ceil(round(len(values) * float(name[1:]) / 100, 9)), 1)
    assert statistic(name)(distribution(values)) == pytest.approx(sorted(values)[rank - 1], 0.005)


@given(VALUES, VALUES)
def test_two_distributions_merge_into_that_of_all_values(some, others):
    merged = distribution(some)
    merged.merge(distribution(others))
    whole = distribution(some + others)
    for name in ("SampleCount", "Sum", "Average", "Minimum", "Maximum", "p90"):
        assert statistic(name)(merged) == pytest.approx(statistic(name)(whole))


def test_a_value_can_come_many_times_at_once():
    found = Distribution()
    found.add(2.0, count=3)
    found.add(10.0)
    assert (statistic("Sum")(found), statistic("p75")(found)) == (16.0, 2.0)


def test_values_known_as_a_summary_have_no_percentile():
    found = distribution([1.0])
    found.add_summary(count=9, total=18, minimum=0.5, maximum=4)
    assert statistic("Average")(found) == pytest.approx(1.9)
    assert statistic("Maximum")(found) == 4
    assert statistic("p50")(found) is None


def test_different_values_in_one_minute_do_not_take_memory_each():
    found = distribution(1.0 + n / 100_000 for n in range(100_000))
    assert len(found.values) <= 101


@pytest.mark.parametrize("name", ["p101", "p", "P90", "tm90", "p-1", "IQM", ""])
def test_a_statistic_that_is_not_there_is_refused_by_name(name):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text follows
        statistic(name)
    assert str(error.value) == (
        f"The local cloud does not have the statistic {name!r}. "
        "Allowed: SampleCount, Sum, Average, Minimum, Maximum, p0 to p100."
    )
