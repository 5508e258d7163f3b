"""Rows to learn from: numbers in float32, texts by their index, and what each is labelled."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from container.formats.rows import FLOAT32_OVERFLOW
from container.signature import Feature, Signature

BLOCK_ROWS = 10_000
"""Rows that a predictor is asked at once: it takes lists, of which a cell is some 32 bytes."""


class DatasetError(Exception):
    """The rows cannot be learnt from; the text names place, value seen and fix."""


@runtime_checkable
class ToNumpy(Protocol):
    """A data frame, or one column of it, as of pandas or Polars."""

    def to_numpy(self) -> NDArray[Any]:
        """Its cells: (rows, columns) of a frame, (rows,) of a column; mixed ones as objects."""


@dataclass(frozen=True)
class Dataset:
    """Rows and the label of each."""

    features: tuple[Feature, ...]
    """The columns: numbers have a range, texts are categories; both of all rows, those that are
    held out from learning included, since every row needs its code."""
    rows: NDArray[np.float32]
    """(rows, features), as the model takes them: a text by its index."""
    labels: NDArray[np.str_]
    """(rows,)."""

    def as_sent(self, row: int) -> list[float | str]:
        """A row as a request sends it: texts, and the shortest decimals that give its float32."""
        return [
            shortest(cell) if feature.categories is None else feature.categories[int(cell)]
            for feature, cell in zip(self.features, self.rows[row], strict=True)
        ]

    def sha256(self) -> str:
        """Of features, rows and labels, in their order: of all that is learnt from."""
        digest = hashlib.sha256(Signature(self.features, ()).to_json().encode())
        digest.update(self.rows.astype("<f4").tobytes())
        digest.update("\0".join(self.labels.tolist()).encode())
        return digest.hexdigest()


def table(
    names: Sequence[str],
    rows: Sequence[Sequence[object]] | NDArray[Any] | ToNumpy,
    labels: Sequence[object] | NDArray[Any] | ToNumpy,
) -> Dataset:
    """A data set of rows whose columns are `names`; an array or a data frame will do as well.

    A column of texts becomes categories, numbered in the order of the alphabet. A model gets a
    number that is not in the data, -1, for a text that it has never seen. Raises DatasetError.
    """
    rows, labels = _cells("rows", rows, 2), _cells("labels", labels, 1)
    for name in names:
        if not isinstance(name, str) or not name or list(names).count(name) > 1:
            raise DatasetError(f"names: {name!r}. Give each column a text of its own.")
    if len(rows) != len(labels) or not len(rows):
        raise DatasetError(
            f"{len(rows)} rows and {len(labels)} labels. Give at least one, and as many of both."
        )
    for index, row in enumerate(rows):
        if len(row) != len(names):
            raise DatasetError(f"row {index}: {len(row)} values. Give {len(names)}.")
    columns = [_column(name, [row[index] for row in rows]) for index, name in enumerate(names)]
    return Dataset(
        tuple(feature for feature, _ in columns),
        np.stack([cells for _, cells in columns], axis=1),
        np.array([str(label) for label in labels]),
    )


def shortest(cell: np.float32) -> float:
    """The double of the shortest decimal that gives this float32: 0.1 and not 0.10000000149."""
    return float(str(cell))


def _cells(what: str, values: Any, dimensions: int) -> Sequence[Any] | NDArray[Any]:
    """A frame or series as the array of its cells; an array of other dimensions is refused."""
    # A frame's own items are the names of its columns.
    cells: Sequence[Any] | NDArray[Any]
    cells = values.to_numpy() if isinstance(values, ToNumpy) else values
    if isinstance(cells, np.ndarray) and cells.ndim != dimensions:
        raise DatasetError(
            f"{what}: shape {cells.shape}. Give rows of cells, (rows, features), and one label "
            "for each row, (rows,)."
        )
    return cells


def _column(name: str, cells: Sequence[object]) -> tuple[Feature, NDArray[np.float32]]:
    if isinstance(cells[0], str):
        return _texts(name, cells)
    numbers = np.empty(len(cells), np.float32)
    for index, cell in enumerate(cells):
        if not isinstance(cell, Real | np.bool_) or not abs(float(cell)) < FLOAT32_OVERFLOW:
            raise DatasetError(
                f"column {name}, row {index}: {cell!r} is no finite number of float32. "
                "Mend or remove the row: the API refuses such a cell too."
            )
        numbers[index] = float(cell)
    return Feature(name, range=(shortest(numbers.min()), shortest(numbers.max()))), numbers


def _texts(name: str, cells: Sequence[object]) -> tuple[Feature, NDArray[np.float32]]:
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            raise DatasetError(
                f"column {name}, row {index}: {cell!r} among texts. Write all as texts."
            )
    texts = list(map(str, cells))
    categories = tuple(sorted(set(texts)))
    codes = {text: index for index, text in enumerate(categories)}
    return Feature(name, categories=categories), np.array([codes[t] for t in texts], np.float32)
