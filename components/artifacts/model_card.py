"""What a model's artifact says of itself, for whoever tries the model."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from container.artifact import FIX, SIGNATURE_FILE, ArtifactError
from container.explain.conformal import CONFORMAL_FILE, Conformal
from container.predictions import Extra

METRICS_FILE = "metrics.json"

EXTRAS = {
    CONFORMAL_FILE: (Extra.SET,),
    "forest_trees.npy": (Extra.CONTRIBUTIONS, Extra.INTERVALS),
    "boosting_trees.npy": (Extra.CONTRIBUTIONS,),
}
"""What the files of an artifact let a request include."""


class Estimate(TypedDict):
    """A figure, and the ends of its 95 % interval."""

    value: float
    interval: list[float]


class TrainingMetrics(TypedDict):
    """How good the model was on rows that it had not learnt from (docs/models.md)."""

    rows: int
    accuracy: Estimate
    """A share, 0..1."""
    logLoss: Estimate
    """Natural; 0 is best."""


class ModelCard(TypedDict):
    """Plain JSON: it goes into published.json and to the web page."""

    features: list[dict[str, Any]]
    """A name for each column of a row; with it a `range` or `categories` where they are known."""
    labels: list[str]
    """The classes."""
    include: list[str]
    """What a request may include in the answer (container/predictions.py)."""

    coverage: NotRequired[float]
    """Least chance, 0..1, that a set holds the true label; missing where the model gives no sets,
    and in a published.json from before there was this key."""
    metrics: NotRequired[TrainingMetrics]
    """Missing where the artifact has none, and in a published.json from before."""


def model_card(folder: Path, files: Collection[str]) -> ModelCard:
    """The card of a folder that has been verified. files: the names in its manifest.

    Raises container.artifact.ArtifactError if a file does not hold what its name says.
    """
    signature = json.loads((folder / SIGNATURE_FILE).read_bytes())
    offered = {extra for name in files for extra in EXTRAS.get(name, ())}
    card: ModelCard = {
        "features": signature["features"],
        "labels": signature["classes"],
        "include": [extra.value for extra in Extra if extra in offered],
    }
    if CONFORMAL_FILE in files:
        card["coverage"] = Conformal.read(folder).coverage
    if METRICS_FILE in files:
        card["metrics"] = _metrics(folder / METRICS_FILE)
    return card


def _metrics(path: Path) -> TrainingMetrics:
    """What container/training/report.py wrote, but the figures that people compare models by."""
    try:
        document = json.loads(path.read_bytes())
        estimates = document["metrics"]
        return {
            "rows": int(document["data"]["rows"]),
            "accuracy": _estimate(estimates["accuracy"]),
            "logLoss": _estimate(estimates["logLoss"]),
        }
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ArtifactError(
            f"{path}: not the metrics of a training. Expected data.rows, and value and interval "
            f"of metrics.accuracy and metrics.logLoss. {FIX}"
        ) from error


def _estimate(written: Any) -> Estimate:
    low, high = written["interval"]
    return {"value": float(written["value"]), "interval": [float(low), float(high)]}
