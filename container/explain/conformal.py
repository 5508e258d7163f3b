"""Which labels hold the true one with a stated chance: split-conformal prediction sets.

At training, rows that the model has not learnt from say how surprised it is by truth: the score of
a row is 1 less the probability of its true label. The quantile of these scores is kept; at serving
the set is every label that would not surprise more. For rows drawn like those (exchangeable), the
set holds the true label with a chance of at least the coverage, averaged over rows and over draws
of the held-out ones, whatever the model. It says nothing of a single row or class, or of rows of
another kind than those.

Score and guarantee: Sadinle, Lei, Wasserman, "Least ambiguous set-valued classifiers with bounded
error levels", JASA 114 (2019); Vovk, Gammerman, Shafer, "Algorithmic learning in a random world"
(2005), split ("inductive") conformal prediction. https://arxiv.org/abs/1609.00451

One departure: where no label is within the quantile the set would be empty, which nobody can act
on. The likeliest label is in every set, which can only raise the coverage.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from container.artifact import FIX, ArtifactError, read_object
from container.errors import shown

CONFORMAL_FILE = "conformal.json"


@dataclass(frozen=True)
class Conformal:
    """What `conformal.json` holds, and the sets that follow from it."""

    coverage: float
    """Least chance, 0..1, that a set holds the true label."""
    quantile: float
    """Score, 0..1, up to which a label is in a set."""

    @classmethod
    def calibrated(cls, scores: Sequence[float], coverage: float, tolerance: float = 0.0) -> Self:
        """Calibrate on the scores of held-out rows, 1 - probability of the true label.

        tolerance: by how much a served probability may differ from the one behind a score; it is
        added, so that rounding takes no label away. With too few rows for the coverage (fewer
        than 9 for 0.9) the quantile is 1 and every label is in every set.
        """
        rank = math.ceil((len(scores) + 1) * coverage)
        if rank > len(scores):
            return cls(coverage, 1.0)
        return cls(coverage, min(1.0, sorted(scores)[rank - 1] + tolerance))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The folder's `conformal.json`. Raises ArtifactError."""
        path = folder / CONFORMAL_FILE
        document = read_object(path, keys=("coverage", "quantile"))
        for key, value in document.items():
            if not isinstance(value, float) or not 0 <= value <= 1:
                raise ArtifactError(
                    f"{path}: {key} is {shown(value)}. Expected a number from 0 to 1. {FIX}"
                )
        return cls(**document)  # type: ignore[arg-type]  # checked above

    def to_json(self) -> str:
        """Text of `conformal.json`."""
        return json.dumps(asdict(self)) + "\n"

    def label_set(
        self, labels: Sequence[str], probabilities: Sequence[float], winner: int
    ) -> list[str]:
        """The labels of a row's set, in their order; `winner` is the index of the likeliest."""
        return [
            label
            for index, (label, probability) in enumerate(zip(labels, probabilities, strict=True))
            if index == winner or 1 - probability <= self.quantile
        ]
