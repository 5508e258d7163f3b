"""The leaves of all trees, each as the box of rows that reach it.

A path may ask for one feature many times; what counts is the interval that is left of it. So a
leaf has one entry for each feature on its path, far fewer than the model has features, and what
is computed over leaves stays small for wide models and deep trees.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from container.explain.trees import LEAF, Nodes

BLOCK_WIDTH = 4
"""Leaves stand in blocks by the number of their entries, rounded up to a multiple of this: a few
deep leaves do not widen all, and a small forest is one block."""


@dataclass(frozen=True)
class LeafBlock:
    """Leaves of like depth, by columns; a leaf of fewer entries has some that change nothing."""

    feature: NDArray[np.intp]
    """(entries, leaves), index of a column of the rows; 0 of an entry that changes nothing."""
    low: NDArray[np.float32]
    """(entries, leaves); a row is inside where low < its value <= high."""
    high: NDArray[np.float32]
    """(entries, leaves)."""
    share: NDArray[np.float64]
    """(entries, leaves), in 0..1: of the training rows that came to a split of this feature on
    the path, those that went on along it; the product over its splits."""
    value: NDArray[np.float64]
    """(leaves, labels)."""

    def inside(self, row: NDArray[np.float32]) -> NDArray[np.bool_]:
        """(entries, leaves): whether the row, (features,), is in each interval."""
        values = row[self.feature]
        return (self.low < values) & (values <= self.high)


class _Entry(NamedTuple):
    low: float = -np.inf
    high: float = np.inf
    share: float = 1.0


_Path = dict[int, _Entry]
"""The entries of a path by feature."""


def leaf_blocks(nodes: Nodes) -> list[LeafBlock]:
    """The leaves of all trees of `nodes`, as `read_nodes` gives them."""
    by_width: dict[int, list[tuple[_Path, NDArray[np.float64]]]] = {}
    for path, leaf in _paths(nodes):
        width = BLOCK_WIDTH * max(1, -(-len(path) // BLOCK_WIDTH))
        by_width.setdefault(width, []).append((path, nodes["value"][leaf]))
    return [_block(width, leaves) for width, leaves in sorted(by_width.items())]


def tree_count(nodes: Nodes) -> int:
    """Number of trees: all nodes but one of each tree are a child."""
    return int(nodes.size - 2 * np.count_nonzero(nodes["left"] != LEAF))


def _paths(nodes: Nodes) -> Iterator[tuple[_Path, int]]:
    """The path and the index of each leaf. Parents come before their children."""
    paths: dict[int, _Path] = {}
    left, right, features, thresholds, cover = (
        nodes[name].tolist() for name in ("left", "right", "feature", "threshold", "cover")
    )
    for node, (feature, threshold) in enumerate(zip(features, thresholds, strict=True)):
        path = paths.pop(node, {})  # a root is nobody's child
        if feature == LEAF:
            yield path, node
            continue
        low, high, share = path.get(feature, _Entry())
        for child, below, above in (
            (left[node], low, min(high, threshold)),
            (right[node], max(low, threshold), high),
        ):
            entry = _Entry(below, above, share * cover[child] / cover[node])
            paths[child] = path | {feature: entry}


def _block(width: int, leaves: list[tuple[_Path, NDArray[np.float64]]]) -> LeafBlock:
    shape = (width, len(leaves))
    block = LeafBlock(
        feature=np.zeros(shape, np.intp),
        low=np.full(shape, -np.inf, np.float32),
        high=np.full(shape, np.inf, np.float32),
        share=np.ones(shape),
        value=np.array([value for _, value in leaves]),
    )
    for leaf, (path, _) in enumerate(leaves):
        for place, (feature, entry) in enumerate(path.items()):
            block.feature[place, leaf] = feature
            block.low[place, leaf], block.high[place, leaf], block.share[place, leaf] = entry
    return block
