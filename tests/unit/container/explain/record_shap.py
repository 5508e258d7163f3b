"""Records what the package shap says of some small models, for test_tree_shap.py.

Not run by the tests: shap needs an environment of its own, which has scikit-learn of this
project's version. To renew recorded_shap.json, from the project's root:

    python -m venv /tmp/shap && /tmp/shap/bin/pip install shap==0.51.0 scikit-learn==1.9.1
    /tmp/shap/bin/python -m tests.unit.container.explain.record_shap
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)

from container.explain.trees import Nodes
from container.training.tree_nodes import explained_trees

OUTPUT = Path(__file__).parent / "recorded_shap.json"


def main() -> None:
    import shap  # type: ignore[import-not-found]

    iris = load_iris()
    features = iris.data.astype(np.float32)
    species, is_virginica = iris.target, (iris.target == 2).astype(int)
    models = {
        "random forest": RandomForestClassifier(8, random_state=0).fit(features, species),
        "extra trees": ExtraTreesClassifier(5, max_depth=5, random_state=0).fit(features, species),
        # Of several classes shap refuses scikit-learn's exact boosting.
        "boosting of two classes": GradientBoostingClassifier(n_estimators=8, random_state=0).fit(
            features, is_virginica
        ),
        "histogram boosting": HistGradientBoostingClassifier(
            max_iter=4, max_leaf_nodes=6, random_state=0
        ).fit(features, species),
    }
    rows = features[::15]
    document: dict[str, Any] = {
        "shap": version("shap"),
        "features": 4,
        "rows": rows.tolist(),
        "models": {},
    }
    for name, model in models.items():
        trees = explained_trees(model)
        assert trees is not None
        file, nodes = trees
        explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
        contributions = np.asarray(explainer.shap_values(rows.astype(np.float64)))
        base = np.atleast_1d(explainer.expected_value)
        if contributions.ndim == 2:  # one margin, of the second class
            contributions = np.stack([-contributions, contributions], axis=2)
            base = np.array([-base[0], base[0]])
        document["models"][name] = {
            "labels": len(model.classes_),
            "scale": 1 / len(model.estimators_) if file.startswith("forest") else 1.0,
            "nodes": _plain(nodes),
            "base": base.tolist(),
            "contributions": contributions.tolist(),
        }
    lines = json.dumps(document, separators=(",", ":")).replace('"models":', '\n"models":')
    OUTPUT.write_text(lines.replace(',"nodes":', ',\n"nodes":') + "\n")


def _plain(nodes: Nodes) -> list[list[Any]]:
    return [[value.tolist() for value in node] for node in nodes]


if __name__ == "__main__":
    main()
