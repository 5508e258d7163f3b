"""The trees of an artifact, asked about rows: what they say as an answer's JSON holds it.

This module and those below it bring NumPy, which the server loads only once somebody asks.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypedDict

import numpy as np

from container.explain.intervals import tree_intervals
from container.explain.leaves import leaf_blocks, tree_count
from container.explain.tree_shap import TreeShap
from container.explain.trees import read_nodes
from container.formats.rows import Row
from container.signature import Signature

ByLabel = dict[str, float]


class Contributions(TypedDict):
    """What made a row's prediction."""

    unit: Literal["probability", "logOdds"]
    """Of all numbers here: what a forest's trees say and what those of boosting say."""
    base: ByLabel
    """What the trees say of a row of which nothing is known."""
    features: dict[str, ByLabel]
    """What each feature's value adds to it, by the feature's name."""


class ExplainedTrees:
    """The trees of a file. mean: the model is their mean, as of a forest, and not their sum.

    Raises ArtifactError.
    """

    def __init__(self, path: Path, signature: Signature, *, mean: bool) -> None:
        self._features, self._labels = signature.names, signature.labels
        nodes = read_nodes(path, len(self._features), len(self._labels))
        self._blocks = leaf_blocks(nodes)
        scale = 1 / tree_count(nodes) if mean else 1.0
        self._unit: Literal["probability", "logOdds"] = "probability" if mean else "logOdds"
        self._shap = TreeShap(self._blocks, len(self._features), scale)

    def contributions(self, row: Row) -> Contributions:
        """Of a row; base and all of them add up to what the trees say."""
        contributions = self._shap.contributions(np.array(row, np.float32)).tolist()
        return {
            "unit": self._unit,
            "base": self._by_label(self._shap.base.tolist()),
            "features": {
                feature: self._by_label(values)
                for feature, values in zip(self._features, contributions, strict=True)
            },
        }

    def intervals(self, row: Row) -> dict[str, list[float]]:
        """`{label: [lower, upper]}` of a row; asked of forests only."""
        bounds = tree_intervals(self._blocks, np.array(row, np.float32)).tolist()
        return dict(zip(self._labels, bounds, strict=True))

    def _by_label(self, values: Sequence[float]) -> ByLabel:
        return dict(zip(self._labels, values, strict=True))
