"""Flattens a fitted forest of scikit-learn for the kernel. Needs NumPy; only training does it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.forest.flat import TREE, FlatForest

NODE_TYPE = np.dtype([("threshold", "<f4"), ("feature", "<i4"), ("child", "<i4"), ("leaf", "<i4")])
"""NODE as NumPy has it."""


def flatten(forest: Any) -> FlatForest:
    """The trees of a fitted RandomForestClassifier or ExtraTreesClassifier with one output."""
    trees = [tree.tree_ for tree in forest.estimators_]
    nodes, leaves, places = [], [], []
    first_node = first_leaf = 0
    for tree in trees:
        own_nodes, own_leaves, depth = _flatten(tree, first_node, first_leaf)
        nodes.append(own_nodes)
        leaves.append(own_leaves)
        places.append((first_node, depth))
        first_node += len(own_nodes)
        first_leaf += len(own_leaves)
    return FlatForest(
        features=int(forest.n_features_in_),
        classes=len(forest.classes_),
        trees=b"".join(TREE.pack(root, depth) for root, depth in places),
        nodes=np.concatenate(nodes).tobytes(),
        shares=np.concatenate(leaves).astype("<f8").tobytes(),
    )


def _flatten(
    tree: Any, first_node: int, first_leaf: int
) -> tuple[NDArray[np.void], NDArray[np.float64], int]:
    """Nodes, breadth first with siblings side by side, shares of the leaves, and the depth."""
    levels = _levels(tree)
    order = np.concatenate(levels)
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(first_node, first_node + len(order), dtype=np.int32)
    left = tree.children_left[order]
    is_leaf = left < 0
    nodes = np.zeros(len(order), dtype=NODE_TYPE)
    nodes["threshold"] = np.where(is_leaf, np.inf, floor32(tree.threshold[order]))
    nodes["feature"] = np.where(is_leaf, 0, tree.feature[order])
    nodes["child"] = place[np.where(is_leaf, order, left)]
    nodes["leaf"] = np.where(is_leaf, first_leaf + np.cumsum(is_leaf) - 1, first_leaf)
    return nodes, tree.value[order[is_leaf], 0, :], len(levels) - 1


def _levels(tree: Any) -> Sequence[NDArray[np.int64]]:
    levels = [np.array([0])]
    while len(inner := levels[-1][tree.children_left[levels[-1]] >= 0]):
        pairs = np.stack([tree.children_left[inner], tree.children_right[inner]], axis=1)
        levels.append(pairs.ravel())
    return levels


def floor32(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest float32 at most each threshold: the same float32 cells are at most both."""
    rounded = thresholds.astype(np.float32)
    return np.where(rounded > thresholds, np.nextafter(rounded, np.float32(-np.inf)), rounded)
