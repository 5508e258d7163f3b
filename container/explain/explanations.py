"""What an answer holds beside the probabilities of an artifact's model."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from container.errors import Code, RequestError
from container.explain.conformal import CONFORMAL_FILE, Conformal
from container.formats.rows import Row
from container.predictions import Extra, Predictions
from container.signature import Signature

if TYPE_CHECKING:
    from container.explain.explained_trees import ExplainedTrees

FOREST_TREES_FILE = "forest_trees.npy"
"""Trees whose leaves hold probabilities, and whose mean is the model: random forests."""

BOOSTING_TREES_FILE = "boosting_trees.npy"
"""Trees whose leaves hold log-odds, and whose sum is the model: gradient boosting. What it starts
from is a tree of one leaf."""

ASKED_OF_TREES = frozenset({Extra.CONTRIBUTIONS, Extra.INTERVALS})

MAX_EXPLAINED_ROWS = 1_000
"""Rows of one request whose trees are asked, at the most."""

MAX_EXPLAINED_BYTES = 1_600_000_000
"""Rows times the bytes of the trees' file: some 3 seconds. Measured: 16 ms a row of 8.8 MB."""

MAX_ANSWER_BYTES = 6_000_000
NUMBER_BYTES = 24
"""Of a contribution in an answer, whose size SageMaker bounds."""


class Explanations:
    """What an artifact can say of its predictions; made by `Explanations.load`."""

    def __init__(
        self, signature: Signature, conformal: Conformal | None, trees: Path | None
    ) -> None:
        """trees: the artifact's FOREST_TREES_FILE or BOOSTING_TREES_FILE."""
        self._signature = signature
        self._conformal = conformal
        self._path = trees
        self._bytes = trees.stat().st_size if trees else 0
        self._max_rows = _max_rows(signature, self._bytes)
        self._trees: ExplainedTrees | None = None
        self._reading = threading.Lock()

    @classmethod
    def load(cls, folder: Path, signature: Signature) -> Self:
        """What the files of an artifact offer, its manifest verified before. Raises ArtifactError.

        Its trees, and NumPy with them, are read when they are first asked: until then a server
        that needs neither otherwise saves their memory.
        """
        conformal = Conformal.read(folder) if (folder / CONFORMAL_FILE).exists() else None
        trees = (folder / name for name in (FOREST_TREES_FILE, BOOSTING_TREES_FILE))
        return cls(signature, conformal, next((path for path in trees if path.exists()), None))

    @property
    def available(self) -> frozenset[Extra]:
        """What `of` can be asked for."""
        forest = self._path is not None and self._path.name == FOREST_TREES_FILE
        offers = {
            Extra.CONTRIBUTIONS: self._path is not None,
            Extra.SET: self._conformal is not None,
            Extra.INTERVALS: forest,
        }
        return frozenset(extra for extra, offered in offers.items() if offered)

    def cost(self, rows: int) -> int:
        """What it takes to ask the trees of so many rows, as MAX_EXPLAINED_BYTES counts."""
        return rows * self._bytes

    def of(
        self, include: frozenset[Extra], rows: Sequence[Row], predictions: Predictions
    ) -> list[dict[str, object]]:
        """What is asked for of each row, by the keys of the answer.

        rows: as the model got them. Raises RequestError for what is not available, and for too
        many rows where the trees are asked; ArtifactError if these are not what they should be.
        """
        self._check(include, len(rows))
        explained: list[dict[str, object]] = [{} for _ in rows]
        if Extra.SET in include and self._conformal is not None:
            labels = self._signature.labels
            for answer, winner, probabilities in zip(explained, *predictions, strict=True):
                answer[Extra.SET.value] = self._conformal.label_set(labels, probabilities, winner)
        if include & ASKED_OF_TREES and self._path is not None:
            trees = self._read_trees(self._path)
            for answer, row in zip(explained, rows, strict=True):
                if Extra.INTERVALS in include:
                    answer[Extra.INTERVALS.value] = trees.intervals(row)
                if Extra.CONTRIBUTIONS in include:
                    answer[Extra.CONTRIBUTIONS.value] = trees.contributions(row)
        return explained

    def _check(self, include: frozenset[Extra], rows: int) -> None:
        if missing := sorted(include - self.available):
            offered = ", ".join(sorted(self.available)) or "nothing"
            raise RequestError(
                Code.INVALID_REQUEST,
                f"include: this model cannot give {', '.join(missing)}. It offers {offered}. "
                "Leave out what it does not.",
            )
        if include & ASKED_OF_TREES and rows > self._max_rows:
            raise RequestError(
                Code.PAYLOAD_TOO_LARGE,
                f"{rows} rows. At most {self._max_rows} of this model are explained at once. "
                "Send them in several requests.",
            )

    def _read_trees(self, path: Path) -> "ExplainedTrees":
        with self._reading:
            if self._trees is None:
                from container.explain.explained_trees import ExplainedTrees

                self._trees = ExplainedTrees(
                    path, self._signature, mean=path.name == FOREST_TREES_FILE
                )
            return self._trees


def _max_rows(signature: Signature, tree_bytes: int) -> int:
    """Rows whose explanation takes neither longer nor more of an answer than it may."""
    numbers = len(signature.labels) * (len(signature.features) + 2)
    return max(
        1,
        min(
            MAX_EXPLAINED_ROWS,
            MAX_EXPLAINED_BYTES // max(1, tree_bytes),
            MAX_ANSWER_BYTES // (NUMBER_BYTES * numbers),
        ),
    )
