"""The nodes that scikit-learn's ensembles become say what the ensembles say."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression

from container.explain.leaves import leaf_blocks, tree_count
from container.explain.tree_shap import TreeShap
from container.explain.trees import read_nodes, write_nodes
from container.training.tree_nodes import explained_trees

IRIS = load_iris()
ROWS = IRIS.data.astype(np.float32)
DRAWN = np.random.default_rng(0).uniform(ROWS.min(axis=0), ROWS.max(axis=0), (200, 4))
TARGETS = {"three": IRIS.target, "two": (IRIS.target == 1).astype(int)}


def said(model, scale, tmp_path, rows):
    """(rows, labels): base and contributions, from the file that is written of the model."""
    trees = explained_trees(model)
    assert trees is not None
    file, nodes = trees
    write_nodes(tmp_path / file, nodes)
    nodes = read_nodes(tmp_path / file, 4, len(model.classes_))
    shap = TreeShap(leaf_blocks(nodes), 4, scale if scale else 1 / tree_count(nodes))
    return np.array([shap.base + shap.contributions(row).sum(axis=0) for row in rows])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier])
def test_a_forests_trees_say_its_probabilities(kind, target, tmp_path):
    model = kind(20, random_state=0, class_weight="balanced").fit(ROWS, TARGETS[target])
    rows = np.concatenate([ROWS, DRAWN]).astype(np.float32)
    assert np.abs(said(model, None, tmp_path, rows) - model.predict_proba(rows)).max() < 1e-12
    assert [path.name for path in tmp_path.iterdir()] == ["forest_trees.npy"]


BOOSTING = [
    GradientBoostingClassifier(n_estimators=10, random_state=0, subsample=0.8),
    GradientBoostingClassifier(n_estimators=10, random_state=0, init="zero"),
    HistGradientBoostingClassifier(max_iter=10, random_state=0),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("model", BOOSTING, ids=repr)
def test_boostings_trees_say_the_log_odds_of_its_probabilities(model, target, tmp_path):
    model.fit(ROWS, TARGETS[target])
    rows = np.concatenate([ROWS, DRAWN]).astype(np.float32)
    margins = said(model, 1.0, tmp_path, rows)
    if target == "two":
        assert np.abs(margins[:, 1] - model.decision_function(rows)).max() < 1e-12
        odds = 1 / (1 + np.exp(-margins))
    else:
        assert np.abs(margins - model.decision_function(rows)).max() < 1e-12
        odds = np.exp(margins) / np.exp(margins).sum(axis=1, keepdims=True)
    assert np.abs(odds - model.predict_proba(rows)).max() < 1e-12
    assert [path.name for path in tmp_path.iterdir()] == ["boosting_trees.npy"]


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        GradientBoostingClassifier(n_estimators=2, loss="exponential"),
        GradientBoostingClassifier(n_estimators=2, init=DummyClassifier()),
        HistGradientBoostingClassifier(max_iter=2, categorical_features=[1]),
    ],
    ids=repr,
)
def test_what_trees_cannot_explain_has_none(model):
    assert explained_trees(model.fit(np.round(ROWS), TARGETS["two"])) is None
