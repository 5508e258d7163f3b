"""Contributions are the Shapley values of the trees, to rounding, and those of the package shap."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from container.explain.leaves import leaf_blocks
from container.explain.tree_shap import TreeShap
from container.explain.trees import node_type
from tests.unit.container.explain.random_trees import (
    FEATURES,
    Tree,
    as_nodes,
    rows,
    shapley_values,
    trees,
    worth,
)

RECORDED = json.loads((Path(__file__).parent / "recorded_shap.json").read_text())


@given(trees=trees, row=rows)
def test_contributions_are_the_shapley_values_by_the_definition(trees, row):
    shap = TreeShap(leaf_blocks(as_nodes(trees)), FEATURES, scale=0.5)
    seen = shap.contributions(np.array(row, np.float32))
    assert np.abs(seen - 0.5 * shapley_values(trees, row)).max() < 1e-12
    assert np.abs(shap.base - 0.5 * worth(trees, row, set())).max() < 1e-12


@given(trees=trees, row=rows)
def test_base_and_contributions_add_up_to_what_the_trees_say(trees, row):
    shap = TreeShap(leaf_blocks(as_nodes(trees)), FEATURES, scale=1.0)
    said = shap.base + shap.contributions(np.array(row, np.float32)).sum(axis=0)
    assert np.abs(said - worth(trees, row, set(range(FEATURES)))).max() < 1e-12


def test_paths_of_thirty_features_are_computed_as_exactly():
    """So wide that the definition, over 2^30 coalitions, is out of reach; their sum is not."""
    generator = np.random.default_rng(0)
    tree: Tree = (3, [0.0, 1.0])
    for feature in range(30):
        tree = (feature, 0.5, tree, (int(generator.integers(1, 9)), generator.random(2).tolist()))
    shap = TreeShap(leaf_blocks(as_nodes([tree])), 30, scale=1.0)
    for row in generator.random((20, 30)) ** 0.2:
        said = shap.base + shap.contributions(row.astype(np.float32)).sum(axis=0)
        assert np.abs(said - worth([tree], row.astype(np.float32), set(range(30)))).max() < 1e-12


@pytest.mark.parametrize("name", RECORDED["models"])
def test_contributions_are_those_of_the_package_shap(name):
    recorded = RECORDED["models"][name]
    nodes = np.array([tuple(node) for node in recorded["nodes"]], node_type(recorded["labels"]))
    shap = TreeShap(leaf_blocks(nodes), RECORDED["features"], recorded["scale"])
    for row, expected in zip(RECORDED["rows"], recorded["contributions"], strict=True):
        seen = shap.contributions(np.array(row, np.float32))
        assert np.abs(seen - np.array(expected)).max() < 1e-9
    assert np.abs(shap.base - np.array(recorded["base"])).max() < 1e-9
