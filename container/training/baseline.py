"""What the training data looked like: what later traffic is compared with to see drift.

`baseline.json` holds for each feature of numbers the edges of its bins and how many training rows
are in each, with mean, standard deviation, minimum and maximum; for each feature of texts how
many rows have each; how many rows have each label; and the bins of each label's predicted
probability, by models that had not seen the row. With the counts of as many bins over a window of
traffic the population stability index is, over the bins,

    PSI = sum of (q - p) * log(q / p),

p and q being the bins' shares in the baseline and in the window. Without any drift it is about
(bins - 1) * (1 / rows of the baseline + 1 / rows of the window): few rows look like drift.
There are no missing values to count: neither training nor the API takes any.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.training.evaluation import Evaluation
from container.training.table import Dataset

BASELINE_FILE = "baseline.json"

BINS = 10

Json = dict[str, Any]


def baseline(dataset: Dataset, evaluation: Evaluation) -> Json:
    """The document of `baseline.json`."""
    inner_edges = np.arange(1, BINS) / BINS
    features: Json = {}
    for feature, cells in zip(dataset.features, dataset.rows.T.astype(np.float64), strict=True):
        if feature.categories is None:
            edges = np.unique(np.quantile(cells, inner_edges, method="inverted_cdf"))
            features[feature.name] = {
                "mean": float(cells.mean()),
                "std": float(cells.std()),
                "min": float(cells.min()),
                "max": float(cells.max()),
                **_bins(cells, edges),
            }
        else:
            counts = _counts(feature.categories, cells.astype(np.intp))
            features[feature.name] = {"categories": counts}
    return {
        "rows": len(dataset.rows),
        "features": features,
        "labels": _counts(evaluation.labels, evaluation.truth),
        "predictions": {
            label: _bins(probabilities, inner_edges)
            for label, probabilities in zip(
                evaluation.labels, evaluation.probabilities.T, strict=True
            )
        },
    }


def _bins(values: NDArray[np.float64], edges: NDArray[np.float64]) -> Json:
    """Bin i holds the values above edges[i - 1] and up to edges[i]; the outer two are open."""
    counts = np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def _counts(names: tuple[str, ...], indexes: NDArray[np.intp]) -> dict[str, int]:
    """Of names that each have a row."""
    return dict(zip(names, np.bincount(indexes).tolist(), strict=True))
