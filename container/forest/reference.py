"""The walk of kernel.c once more, in NumPy: what training checks a flat forest with.

So an artifact is the same whether or not the machine that trains it has a compiler.
"""

from collections.abc import Sequence

import numpy as np

from container.forest.export import NODE_TYPE
from container.forest.flat import FlatForest
from container.predictions import Predictions


class ReferenceForest:
    """Predicts as CompiledForest does, slowly."""

    def __init__(self, forest: FlatForest) -> None:
        self._trees = np.frombuffer(forest.trees, dtype="<i4").reshape(-1, 2)
        self._nodes = np.frombuffer(forest.nodes, dtype=NODE_TYPE)
        self._shares = np.frombuffer(forest.shares, dtype="<f8").reshape(-1, forest.classes)

    def predict(self, rows: Sequence[Sequence[float]]) -> Predictions:
        """Probabilities, as scikit-learn gives them to the last bit, of rows of all features."""
        cells = np.array(rows, dtype=np.float32)
        probabilities = np.zeros((len(cells), self._shares.shape[1]))
        every_row = np.arange(len(cells))
        for root, depth in self._trees:
            at = np.full(len(cells), root)
            for _ in range(depth):
                here = self._nodes[at]
                at = here["child"] + (cells[every_row, here["feature"]] > here["threshold"])
            probabilities += self._shares[self._nodes["leaf"][at]]
        probabilities /= len(self._trees)
        return Predictions(probabilities.argmax(axis=1).tolist(), probabilities.tolist())
