"""The rows that the forest learns from: a channel's CSV files, or scikit-learn's own iris."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from sklearn.datasets import load_iris

from container.errors import shown
from container.formats.rows import CSV_NUMBER, FLOAT32_OVERFLOW, Row
from container.training.table import Dataset, DatasetError, table

FEATURES = ("sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm")
"""Measures of a flower, centimetres; the columns of a row, in the model's order."""

LABELS = ("setosa", "versicolor", "virginica")
"""Species of iris."""

COLUMNS = (*FEATURES, "species")
"""The first line of every CSV file."""


def iris() -> Dataset:
    """The data set that scikit-learn brings along: 150 rows, 50 of each species."""
    data = load_iris()
    return table(FEATURES, data.data.tolist(), data.target_names[data.target].tolist())


def read_dataset(folder: Path) -> Dataset:
    """All rows of a folder's CSV files, in the order of the files' names.

    Each file is UTF-8 and starts with the line of COLUMNS; other files are not read. Raises
    DatasetError at the first mistake, where there are no rows, and where a species has none.
    """
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise DatasetError(f"{folder}: no *.csv in it. Put at least one CSV file into the channel.")
    pairs = [pair for path in files for pair in _rows(path)]
    found = {label for _, label in pairs}
    if missing := [label for label in LABELS if label not in found]:
        raise DatasetError(
            f"{folder}: no row of {', '.join(missing)} among {len(pairs)}. "
            "Add some: the model has to tell all species apart."
        )
    return table(FEATURES, [row for row, _ in pairs], [label for _, label in pairs])


def _rows(path: Path) -> Iterator[tuple[Row, str]]:
    try:
        lines = csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""), strict=True)
        header = next(lines, [])
        if header != list(COLUMNS):
            raise DatasetError(
                f"{path}: the first line is {shown(','.join(header))}. Write {','.join(COLUMNS)}."
            )
        for cells in lines:
            place = f"{path}: line {lines.line_num}"
            if len(cells) != len(COLUMNS):
                raise DatasetError(f"{place}: {len(cells)} values. Write {len(COLUMNS)}.")
            *numbers, label = cells
            if label not in LABELS:
                raise DatasetError(
                    f"{place}: {shown(label)} is no species. Write one of {', '.join(LABELS)}."
                )
            yield [_number(place, cell) for cell in numbers], label
    except OSError as error:
        raise DatasetError(f"{path}: not readable ({error.strerror}). Replace it.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: not CSV in UTF-8 ({error}). Mend the file.") from error


def _number(place: str, cell: str) -> float:
    if not CSV_NUMBER.fullmatch(cell):
        raise DatasetError(
            f"{place}: {shown(cell)} is not a number. Write a decimal number such as 5.1."
        )
    number = float(cell)
    if abs(number) >= FLOAT32_OVERFLOW:
        raise DatasetError(f"{place}: {shown(cell)} is beyond float32. Write one within +-3.4e38.")
    return number
