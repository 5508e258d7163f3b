from hypothesis import given
from hypothesis import strategies as st

from bench.serving.figures import Figures, Load, median, percentile


def test_a_median_is_each_figures_own_and_no_error_is_lost():
    rounds = [
        Figures({1: Load(10, 5, 9, 0)}, 0.3, 60),
        Figures({1: Load(30, 3, 7, 2)}, 0.1, 80),
        Figures({1: Load(20, 4, 8, 1)}, 0.2, 70),
    ]
    found = median(rounds)
    assert found == Figures({1: Load(20, 4, 8, 3)}, 0.2, 70)
    assert found.errors == 3


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_value_that_so_many_are_not_above(values, percent):
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


def test_of_no_values_a_percentile_is_0():
    assert percentile([], 99) == 0
