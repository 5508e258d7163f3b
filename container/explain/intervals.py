"""Between which probabilities the trees of a forest lie.

A forest's probability is the mean of its trees'. The interval goes from their LOWER to their UPPER
quantile: narrow where the trees agree, wide where a few other training rows would have changed
the answer. It is the spread over trees and nothing more. It is no confidence interval: it does
not hold the true probability with any stated chance, and more trees do not narrow it. Which
labels are left with a stated chance, conformal.py says.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from container.explain.leaves import LeafBlock

LOWER, UPPER = 0.05, 0.95
"""Quantiles over the trees."""


def tree_intervals(blocks: Sequence[LeafBlock], row: NDArray[np.float32]) -> NDArray[np.float64]:
    """The interval of each label for a row, (features,): (labels, 2), lower and upper bound.

    blocks: the leaves of a forest, whose values are its trees' own probabilities. Between two
    trees the quantile is interpolated.
    """
    # A row reaches one leaf of each tree.
    reached = [block.value[block.inside(row).all(axis=0)] for block in blocks]
    ordered = np.sort(np.concatenate(reached), axis=0)
    place = np.array([LOWER, UPPER]) * (len(ordered) - 1)
    below = place.astype(np.intp)
    above = np.minimum(below + 1, len(ordered) - 1)
    between = (place - below)[:, np.newaxis]
    # So written, trees that agree give what they say, not that with a rounding error.
    bounds: NDArray[np.float64] = ordered[below] + between * (ordered[above] - ordered[below])
    return bounds.T
