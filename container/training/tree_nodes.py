"""The trees of scikit-learn's ensembles as the plain nodes that explanations are computed from."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)

from container.explain.explanations import BOOSTING_TREES_FILE, FOREST_TREES_FILE
from container.explain.trees import LEAF, Nodes, node_type
from container.forest.export import floor32

Values = NDArray[np.float64]
"""(nodes, labels)."""


def explained_trees(model: Any) -> tuple[str, Nodes] | None:
    """A fitted model's trees and the name of their file; None where it has none to explain by.

    None, too, for boosting whose trees do not add up to log-odds (the exponential loss), that
    starts from another model, or that splits by sets of categories.
    """
    match model:
        case RandomForestClassifier() | ExtraTreesClassifier():
            return FOREST_TREES_FILE, _joined(_forest(model))
        case GradientBoostingClassifier(loss="log_loss", init=None | "zero"):
            return BOOSTING_TREES_FILE, _joined(_boosting(model))
        case HistGradientBoostingClassifier(is_categorical_=None):
            return BOOSTING_TREES_FILE, _joined(_histogram_boosting(model))
        case _:
            return None


def _forest(model: Any) -> Iterator[Nodes]:
    for estimator in model.estimators_:
        yield _tree(estimator.tree_, estimator.tree_.value[:, 0, :])


def _boosting(model: Any) -> Iterator[Nodes]:
    labels = len(model.classes_)
    # What it starts from is not public: the margin of a row less what the trees add to it.
    row = np.zeros((1, model.n_features_in_), np.float32)
    added = sum(
        model.learning_rate * np.stack([tree.predict(row) for tree in stage], axis=1)
        for stage in model.estimators_
    )
    yield _start((model.decision_function(row).reshape(1, -1) - added)[0], labels)
    for stage in model.estimators_:
        for column, estimator in enumerate(stage):
            value = model.learning_rate * estimator.tree_.value[:, 0, 0]
            yield _tree(estimator.tree_, _log_odds(value, column, labels))


def _histogram_boosting(model: Any) -> Iterator[Nodes]:
    labels = len(model.classes_)
    yield _start(model._baseline_prediction[0], labels)
    for stage in model._predictors:
        for column, predictor in enumerate(stage):
            of = predictor.nodes
            yield _nodes(
                is_leaf=of["is_leaf"].astype(bool),
                left=of["left"].astype(np.int64),
                right=of["right"].astype(np.int64),
                feature=of["feature_idx"],
                threshold=of["num_threshold"],
                cover=of["count"],
                value=_log_odds(of["value"], column, labels),
            )


def _tree(tree: Any, value: Values) -> Nodes:
    return _nodes(
        is_leaf=tree.children_left < 0,
        left=tree.children_left,
        right=tree.children_right,
        feature=tree.feature,
        threshold=tree.threshold,
        cover=tree.weighted_n_node_samples,
        value=value,
    )


def _start(margins: NDArray[np.float64], labels: int) -> Nodes:
    """What boosting starts from, (1 or labels,), as a tree of one leaf."""
    value = np.array(
        [_log_odds(margins[[column]], column, labels) for column in range(len(margins))]
    )
    zero = np.zeros(1)
    return _nodes(
        is_leaf=np.ones(1, bool), left=zero, right=zero, feature=zero, threshold=zero,
        cover=np.ones(1), value=value.sum(axis=0),
    )  # fmt: skip


def _log_odds(margin: NDArray[np.float64], column: int, labels: int) -> Values:
    """A tree's values for each label. Of two labels, the second has the margin."""
    if labels == 2:
        return np.stack([-margin, margin], axis=1)
    value = np.zeros((len(margin), labels))
    value[:, column] = margin
    return value


def _nodes(is_leaf: NDArray[np.bool_], **columns: NDArray[Any]) -> Nodes:
    nodes = np.zeros(len(is_leaf), node_type(columns["value"].shape[1]))
    for name in ("left", "right", "feature"):
        nodes[name] = np.where(is_leaf, LEAF, columns[name])
    nodes["threshold"] = np.where(is_leaf, 0, floor32(columns["threshold"]))
    nodes["cover"] = columns["cover"]
    nodes["value"] = np.where(is_leaf[:, np.newaxis], columns["value"], 0)
    return nodes


def _joined(trees: Iterable[Nodes]) -> Nodes:
    """The nodes of all trees, which count their children from the first node of the first tree."""
    trees = list(trees)
    first = 0
    for nodes in trees:
        inner = nodes["left"] != LEAF
        nodes["left"][inner] += first
        nodes["right"][inner] += first
        first += len(nodes)
    return np.concatenate(trees)
