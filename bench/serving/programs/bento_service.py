"""The forest as a BentoML service with adaptive batching: one prediction for a batch of requests.

https://docs.bentoml.com/en/latest/get-started/adaptive-batching.html
"""

import os
import pickle
from pathlib import Path
from typing import Any

import bentoml
import numpy as np


@bentoml.service(workers=1)
class Forest:
    """Label and probabilities of each row."""

    def __init__(self) -> None:
        self.model = pickle.loads(Path(os.environ["MODEL"]).read_bytes())  # noqa: S301 our own

    # Rows, not requests: 64 requests of 100 rows.
    @bentoml.api(batchable=True, max_batch_size=6_400)  # type: ignore[untyped-decorator]
    def predict(self, rows: list[list[float]]) -> list[dict[str, Any]]:
        """Of the rows of several requests."""
        probabilities = self.model.predict_proba(np.array(rows))
        names = self.model.classes_
        return [
            {
                "label": names[row.argmax()],
                "probabilities": dict(zip(names, row.tolist(), strict=True)),
            }
            for row in probabilities
        ]
