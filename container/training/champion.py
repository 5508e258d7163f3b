"""A candidate against the champion, the artifact that it is to replace, on the same rows."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from container.manifest import MANIFEST_FILE
from container.model import Model
from container.signature import Signature
from container.training.evaluation import Evaluation
from container.training.metrics import Estimate, brier_scores, hits, log_losses, paired
from container.training.table import BLOCK_ROWS, Dataset, DatasetError

BETTER, WORSE, UNDECIDED = "better", "worse", "undecided"

SMALLEST_GAIN = 1e-3
"""In log loss; less is no reason to change a model, and may be what float32 rounds."""

SMALLEST_ROWS = 100
"""Held out; of fewer an interval misses too often to decide by (metrics.py)."""


@dataclass(frozen=True)
class Comparison:
    """How much the candidate is better than the champion, on rows that neither has learnt from."""

    champion: str
    """SHA-256 of the champion's manifest."""
    rows: int
    gains: Mapping[str, Estimate]
    """By metric, as `metrics` names them: the candidate's improvement, positive where it is
    better, with the interval of the paired differences."""

    @property
    def verdict(self) -> str:
        """By the log loss, which sees all of a probability: BETTER or WORSE if all of the
        interval is by SMALLEST_GAIN on that side of 0, of SMALLEST_ROWS or more; else UNDECIDED."""
        if self.rows < SMALLEST_ROWS:
            return UNDECIDED
        gain = self.gains["logLoss"]
        if gain.low > SMALLEST_GAIN:
            return BETTER
        return WORSE if gain.high < -SMALLEST_GAIN else UNDECIDED


def compare(champion: Path, dataset: Dataset, evaluation: Evaluation) -> Comparison:
    """Compare an evaluated model with the artifact in the folder `champion`, on the held-out rows.

    That the champion has not learnt from them holds if this trainer made it (evaluation.py).
    Raises ManifestError or ArtifactError for a folder that is no artifact, DatasetError for one of
    other features or labels, and where no row is held out.
    """
    model = Model.load(champion)
    signature = Signature(dataset.features, evaluation.labels)
    if _asked(model.signature) != _asked(signature):
        raise DatasetError(
            f"champion {champion}: predicts {_described(model.signature)}. Expected "
            f"{_described(signature)}, as the candidate, with the same categories. "
            "Leave it out: there is nothing to compare."
        )
    held_out = evaluation.held_out
    if not held_out.any():
        raise DatasetError(
            f"champion {champion}: none of {len(dataset.rows)} rows is held out to compare by. "
            "Add rows, or leave it out."
        )
    truth = evaluation.truth[held_out]
    ours, theirs = evaluation.probabilities[held_out], _predicted(model, dataset.rows[held_out])
    return Comparison(
        champion=hashlib.sha256((champion / MANIFEST_FILE).read_bytes()).hexdigest(),
        rows=len(truth),
        gains={
            "accuracy": paired(hits(ours, truth) - hits(theirs, truth)),
            "logLoss": paired(log_losses(theirs, truth) - log_losses(ours, truth)),
            "brier": paired(brier_scores(theirs, truth) - brier_scores(ours, truth)),
        },
    )


def _predicted(model: Model, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    starts = range(0, len(rows), BLOCK_ROWS)
    blocks = (model.predict(rows[start : start + BLOCK_ROWS].tolist()) for start in starts)
    return np.concatenate([np.array(block.probabilities) for block in blocks])


def _asked(signature: Signature) -> object:
    """What two models must have in common to be compared: all but the ranges they have seen."""
    return [(each.name, each.categories) for each in signature.features], signature.labels


def _described(signature: Signature) -> str:
    return f"{', '.join(signature.labels)} from {', '.join(signature.names)}"
