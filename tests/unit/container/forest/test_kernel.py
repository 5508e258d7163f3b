"""The compiled kernel against scikit-learn, to the last bit, and against files that lie."""

import math
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from container.artifact import ArtifactError
from container.forest.export import flatten
from container.forest.flat import NODE, TREE, FlatForest
from container.forest.kernel import VERSION, CompiledForest, load_kernel
from container.forest.reference import ReferenceForest

STUMP = FlatForest(
    features=2,
    classes=2,
    trees=TREE.pack(0, 1),
    nodes=NODE.pack(0.5, 1, 1, 0)
    + NODE.pack(float("inf"), 0, 1, 0)
    + NODE.pack(float("inf"), 0, 2, 1),
    shares=struct.pack("<4d", 0.75, 0.25, 0.0, 1.0),
)
"""One split: the second feature, at 0.5."""


def near_thresholds(forest, rows):
    """Rows whose cells are thresholds of the forest, and the float32 beside them."""
    generator = np.random.default_rng(0)
    thresholds = np.concatenate([tree.tree_.threshold for tree in forest.estimators_])
    cells = generator.choice(thresholds, (rows, forest.n_features_in_)).astype(np.float32)
    beside = np.nextafter(cells, np.float32(np.inf), dtype=np.float32)
    return np.where(generator.random(cells.shape) < 0.5, cells, beside)


@pytest.mark.parametrize("way", ["compiled", "reference"])
def test_probabilities_are_scikit_learns_to_the_last_bit(grown, kernel, way):
    flat = flatten(grown)
    forest = CompiledForest(kernel, flat) if way == "compiled" else ReferenceForest(flat)
    rows = near_thresholds(grown, 500)
    expected = grown.predict_proba(rows)
    winners, probabilities = forest.predict(rows.tolist())
    assert probabilities == expected.tolist()
    assert winners == expected.argmax(axis=1).tolist()


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 31, 32, 33, 100])
def test_any_number_of_rows_gives_each_row_what_it_gets_alone(grown, kernel, count):
    forest = CompiledForest(kernel, flatten(grown))
    rows = near_thresholds(grown, count).tolist()
    together = forest.predict(rows)
    alone = [forest.predict([row]) for row in rows]
    assert together.probabilities == [one.probabilities[0] for one in alone]
    assert together.winners == [one.winners[0] for one in alone]


CELL = st.floats(width=32) | st.sampled_from([math.nan, math.inf, -math.inf])


@given(arrays(np.float32, st.sampled_from([(1, 2), (3, 2)]), elements=CELL))
@settings(max_examples=200)
def test_a_row_that_is_not_finite_is_refused_by_its_place(kernel, cells):
    forest = CompiledForest(kernel, STUMP)
    finite = np.isfinite(cells).all(axis=1)
    if finite.all():
        expected = [0 if row[1] <= 0.5 else 1 for row in cells]
        assert forest.predict(cells.tolist()).winners == expected
    else:
        with pytest.raises(ArithmeticError, match=rf"^row {finite.argmin()}: a cell is beyond"):
            forest.predict(cells.tolist())


def test_the_first_of_equal_classes_wins(kernel):
    equal = replace(STUMP, shares=struct.pack("<4d", 0.5, 0.5, 0.5, 0.5))
    assert CompiledForest(kernel, equal).predict([[0, 0], [0, 1]]).winners == [0, 0]


INNER, LEAF = NODE.pack(0.5, 1, 1, 0), NODE.pack(float("inf"), 0, 1, 0)
LAST = NODE.pack(float("inf"), 0, 2, 1)
DEEPER = (
    INNER
    + NODE.pack(float("inf"), 0, 1, 0)
    + NODE.pack(0.5, 1, 3, 0)
    + NODE.pack(float("inf"), 0, 3, 1)
    + NODE.pack(float("inf"), 0, 4, 0)
)
"""A leaf, and beside it another split: two steps deep."""

LYING: dict[str, Any] = {
    "a root before the nodes": {"trees": TREE.pack(-1, 1)},
    "a root behind the nodes": {"trees": TREE.pack(3, 1)},
    "a negative depth": {"trees": TREE.pack(0, -1)},
    "no depth with a split": {"trees": TREE.pack(0, 0)},
    "a step more than its depth": {"trees": TREE.pack(0, 2)},
    "an absurd depth": {"trees": TREE.pack(0, 2**31 - 1)},
    "a depth that is another tree's": {"trees": TREE.pack(0, 1) + TREE.pack(1, 1)},
    "a depth that is the lesser branch's": {"trees": TREE.pack(0, 1), "nodes": DEEPER},
    "a depth that counts a node twice": {"trees": TREE.pack(0, 3), "nodes": DEEPER},
    "a feature that no row has": {"nodes": NODE.pack(0.5, 2, 1, 0) + LEAF + LAST},
    "a negative feature": {"nodes": NODE.pack(0.5, -1, 1, 0) + LEAF + LAST},
    "a leaf behind the shares": {"nodes": INNER + LEAF + NODE.pack(float("inf"), 0, 2, 2)},
    "a negative leaf": {"nodes": INNER + LEAF + NODE.pack(float("inf"), 0, 2, -1)},
    "children behind the nodes": {"nodes": NODE.pack(0.5, 1, 2, 0) + LEAF + LAST},
    "a child before its parent": {"nodes": INNER + NODE.pack(0.5, 0, 0, 0) + LAST},
    "a split that is its own child": {"nodes": NODE.pack(0.5, 1, 0, 0) + LEAF + LAST},
    "a leaf with a child": {"nodes": NODE.pack(float("inf"), 1, 1, 0) + LEAF + LAST},
    "a threshold that is none": {"nodes": NODE.pack(float("nan"), 1, 1, 0) + LEAF + LAST},
    "a negative share": {"shares": struct.pack("<4d", 0.75, 0.25, -0.1, 1.0)},
    "a share above all": {"shares": struct.pack("<4d", 0.75, 0.25, 0.0, 1.1)},
    "a share that is no number": {"shares": struct.pack("<4d", float("nan"), 0.25, 0.0, 1.0)},
    "a last share that is infinite": {"shares": struct.pack("<4d", 1.0, 0.0, 0.0, float("inf"))},
}


@pytest.mark.parametrize("lie", LYING)
def test_a_forest_that_lies_is_refused(kernel, lie):
    with pytest.raises(ArtifactError, match="a node leads out of its tree, or its shares or depth"):
        CompiledForest(kernel, replace(STUMP, **LYING[lie]))


def test_a_tree_is_as_deep_as_its_deepest_leaf(kernel):
    deeper = replace(STUMP, trees=TREE.pack(0, 2) + TREE.pack(1, 0), nodes=DEEPER)
    assert CompiledForest(kernel, deeper).predict([[0, 1]]).probabilities == [[0.75, 0.25]]


def test_without_a_library_there_is_no_kernel(tmp_path):
    assert load_kernel(tmp_path / "libforest.so") is None


def test_a_library_of_another_version_is_not_used(kernel, monkeypatch):
    monkeypatch.setattr("container.forest.kernel.VERSION", VERSION + 1)
    assert load_kernel(Path(kernel._name)) is None
