"""Intervals are the quantiles of the trees' own probabilities."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from container.explain.intervals import tree_intervals
from container.explain.leaves import leaf_blocks
from tests.unit.container.explain.random_trees import (
    FEATURES,
    LABELS,
    as_nodes,
    rows,
    trees,
    worth,
)


@given(trees=trees, row=rows)
def test_an_interval_is_between_the_quantiles_of_what_each_tree_says(trees, row):
    said = [worth([tree], row, set(range(FEATURES))) for tree in trees]
    seen = tree_intervals(leaf_blocks(as_nodes(trees)), np.array(row, np.float32))
    assert seen.shape == (LABELS, 2)
    assert np.allclose(seen.T, np.quantile(said, [0.05, 0.95], axis=0), rtol=0, atol=1e-12)


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_an_interval_lies_within_the_trees_and_closes_where_they_agree(values):
    row = np.zeros(FEATURES, np.float32)
    seen = tree_intervals(leaf_blocks(as_nodes([(1, [value, 0.25]) for value in values])), row)
    low, high = seen[0]
    assert min(values) - 1e-12 <= low <= high <= max(values) + 1e-12
    assert seen[1].tolist() == [0.25, 0.25]
