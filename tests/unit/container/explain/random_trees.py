"""Small trees that hypothesis draws, and what they say by the definition alone."""

from collections.abc import Sequence
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from container.explain.trees import LEAF, Nodes, node_type

FEATURES = 4
LABELS = 2

Tree = tuple[int, float, "Tree", "Tree"] | tuple[int, list[float]]
"""(feature, threshold, left, right) or (rows, values)."""

# Thresholds and cells are drawn from the same few numbers: a row often lies on a threshold.
numbers = st.sampled_from([-1.5, 0.0, 0.1, 1.0, 2.0]).map(lambda number: float(np.float32(number)))
rows = st.lists(numbers, min_size=FEATURES, max_size=FEATURES)
leaves = st.tuples(
    st.integers(1, 9), st.lists(st.floats(-2, 2, width=32), min_size=LABELS, max_size=LABELS)
)
trees = st.lists(
    st.recursive(
        leaves,
        lambda children: st.tuples(st.integers(0, FEATURES - 1), numbers, children, children),
        max_leaves=9,
    ),
    min_size=1,
    max_size=3,
)


def as_nodes(trees: Sequence[Tree]) -> Nodes:
    """The trees as the file has them."""
    nodes: list[tuple[Any, ...]] = []

    def add(tree: Tree) -> int:
        index = len(nodes)
        nodes.append(())
        if len(tree) == 2:
            nodes[index] = (LEAF, LEAF, LEAF, 0, tree[0], tree[1])
        else:
            feature, threshold, left, right = tree
            children = add(left), add(right)
            cover = sum(nodes[child][4] for child in children)
            nodes[index] = (*children, feature, threshold, cover, [0] * LABELS)
        return index

    for tree in trees:
        add(tree)
    return np.array(nodes, node_type(LABELS))


def shapley_values(trees: Sequence[Tree], row: Sequence[float]) -> NDArray[np.float64]:
    """(features, labels), by the definition: over all coalitions of the others."""
    values = np.zeros((FEATURES, LABELS))
    for feature in range(FEATURES):
        others = [other for other in range(FEATURES) if other != feature]
        for size in range(FEATURES):
            weight = factorial(size) * factorial(FEATURES - size - 1) / factorial(FEATURES)
            for known in combinations(others, size):
                with_it, without = worth(trees, row, {*known, feature}), worth(trees, row, {*known})
                values[feature] += weight * (with_it - without)
    return values


def worth(trees: Sequence[Tree], row: Sequence[float], known: set[int]) -> NDArray[np.float64]:
    """(labels,): what the trees say in sum if only these features are known."""
    said: NDArray[np.float64] = sum((_worth(tree, row, known) for tree in trees), np.zeros(LABELS))
    return said


def _worth(tree: Tree, row: Sequence[float], known: set[int]) -> NDArray[np.float64]:
    if len(tree) == 2:
        return np.array(tree[1])
    feature, threshold, left, right = tree
    if feature in known:
        return _worth(left if row[feature] <= threshold else right, row, known)
    share = _rows(left) / _rows(tree)
    return share * _worth(left, row, known) + (1 - share) * _worth(right, row, known)


def _rows(tree: Tree) -> int:
    return tree[0] if len(tree) == 2 else _rows(tree[2]) + _rows(tree[3])
