"""The trees behind a model, as plain numbers: the file that explanations are computed from.

A file is one NumPy array of `node_type`: the nodes of all trees, each after its parent. A root is
a node that is nobody's child. It is an addition to the model: what the server predicts with is
another file, and training compares the two.
"""

from pathlib import Path
from tokenize import TokenError

import numpy as np
from numpy.typing import NDArray

from container.artifact import FIX, ArtifactError

LEAF = -1
"""`left`, `right` and `feature` of a node without children."""

COVER_TOLERANCE = 1e-6
"""By how much, relatively, the rows of two children may differ from their parent's: weights are
added up in another order."""

Nodes = NDArray[np.void]
"""(nodes,) of `node_type`."""


def node_type(labels: int) -> np.dtype[np.void]:
    """What a node holds, for a model of that many labels; little-endian on every machine."""
    return np.dtype(
        [
            ("left", "<i4"),  # index of the child that takes rows whose feature is <= threshold
            ("right", "<i4"),  # index of the child that takes the others
            ("feature", "<i4"),  # index of a column
            ("threshold", "<f4"),  # of float32 rows; finite
            ("cover", "<f8"),  # rows of the training data, by weight, that came here; > 0
            ("value", "<f8", (labels,)),  # of a leaf; 0 elsewhere
        ]
    )


def write_nodes(path: Path, nodes: Nodes) -> None:
    """Write a file that `read_nodes` reads: the same nodes make the same bytes."""
    np.save(path, nodes, allow_pickle=False)


def read_nodes(path: Path, features: int, labels: int) -> Nodes:
    """The nodes of a file for rows of `features` columns and as many values as `labels`.

    Raises ArtifactError unless they are trees: each node after its parent and of one parent only,
    columns that exist, finite numbers, rows that the children share out between them.
    """
    try:
        # Mapped: a header that promises more than the file holds allocates nothing.
        nodes = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise ArtifactError(f"{path}: not readable ({error.strerror}). {FIX}") from error
    except (ValueError, EOFError, SyntaxError, TokenError) as error:
        raise ArtifactError(f"{path}: not an array of NumPy's without objects. {FIX}") from error
    expected = node_type(labels)
    if not isinstance(nodes, np.ndarray) or nodes.dtype != expected or nodes.ndim != 1:
        seen = f"{nodes.dtype} {nodes.shape}" if isinstance(nodes, np.ndarray) else "an archive"
        raise ArtifactError(f"{path}: holds {seen}. Expected {expected} (nodes,). {FIX}")
    nodes = np.array(nodes)
    if mistake := _mistake(nodes, features):
        raise ArtifactError(f"{path}: {mistake}. Expected trees over {features} features. {FIX}")
    return nodes


def _mistake(nodes: Nodes, features: int) -> str | None:
    """What keeps the nodes from being trees, by the index of the first such node."""
    if not nodes.size:
        return "no nodes"
    index = np.arange(nodes.size)
    leaf = nodes["left"] == LEAF
    # A leaf stands for its own children, so that one sentence holds for all nodes.
    left = np.where(leaf, index, nodes["left"])
    right = np.where(leaf, index, nodes["right"])
    after = np.where(leaf, nodes["right"] == LEAF, (left > index) & (right > index))
    if (node := _first(~after | (left >= nodes.size) | (right >= nodes.size))) is not None:
        return f"node {node} has the children {nodes['left'][node]} and {nodes['right'][node]}"
    parents = np.bincount(np.concatenate([left[~leaf], right[~leaf]]), minlength=nodes.size)
    if (node := _first(parents > 1)) is not None:
        return f"node {node} has {parents[node]} parents"
    feature = nodes["feature"]
    if (node := _first((feature == LEAF) != leaf)) is not None or (
        node := _first((feature < LEAF) | (feature >= features))
    ) is not None:
        return f"node {node} asks for feature {feature[node]}"
    finite = np.isfinite(nodes["threshold"]) & np.isfinite(nodes["value"]).all(axis=1)
    if (node := _first(~finite)) is not None:
        return f"node {node} has a number that is not finite"
    cover = nodes["cover"]
    shared = np.where(leaf, cover, cover[left] + cover[right])
    sound = (cover > 0) & np.isfinite(cover) & np.isclose(shared, cover, rtol=COVER_TOLERANCE)
    if (node := _first(~sound)) is not None:
        return f"node {node} covers {cover[node]} rows, its children {shared[node]}"
    return None


def _first(wrong: NDArray[np.bool_]) -> int | None:
    """Index of the first that is wrong."""
    return int(wrong.argmax()) if wrong.any() else None
