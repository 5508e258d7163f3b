"""What a model makes of rows that it has not learnt from.

Rows are dealt into folds by their own content, not by chance: a row is in the same fold in every
training, whatever rows or categories come or go around it, and equal rows are in one fold. The
first fold is held out for good: no model of this trainer has ever learnt from it, so that a
candidate and the champion it is to replace meet on rows that are new to both. Each other fold is
predicted by a model that is trained on all but it (cross-validation): estimates over all rows,
where the first fold alone would give few.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from container.training.estimator import check_classifier, fitted, probabilities_of
from container.training.progress import step
from container.training.table import Dataset, DatasetError

FOLDS = 5

HELD_OUT = 0
"""The fold that no artifact's model learns from."""

SEED = 0
"""Of an estimator whose `random_state` is not set: two trainings make the same model."""


@dataclass(frozen=True)
class Evaluation:
    """A model, and predictions of rows by models that have not seen them."""

    model: Any
    """The classifier, fitted on all rows but those held out."""
    labels: tuple[str, ...]
    """Names of the classes, in the order of the columns of probabilities."""
    probabilities: NDArray[np.float64]
    """(rows, labels); those of the held-out rows are by `model`."""
    truth: NDArray[np.intp]
    """(rows,), the index of each row's label."""
    held_out: NDArray[np.bool_]
    """(rows,)."""


def evaluate(estimator: Any, dataset: Dataset) -> Evaluation:
    """Fit copies of a classifier of scikit-learn on a data set's folds.

    Raises EstimatorError for one that cannot be fitted, DatasetError if there is but one label, or
    one has rows in one fold only: there is nothing to learn from.
    """
    check_classifier(estimator)
    estimator = _seeded(estimator)
    folds = folds_of(dataset)
    labels = sorted(set(dataset.labels.tolist()))
    if len(labels) < 2:
        raise DatasetError(f"{labels[0]}: the only label. Add rows of another one.")
    probabilities = np.empty((len(folds), len(labels)))
    models = {}
    dealt = sorted({HELD_OUT, *folds.tolist()})
    for number, fold in enumerate(dealt, 1):
        learnt = folds != fold
        if missing := set(labels) - set(dataset.labels[learnt].tolist()):
            raise DatasetError(
                f"{', '.join(sorted(missing))}: all rows are equal, or too few. Of {FOLDS} parts "
                "one is not learnt from, and equal rows are in one part. Add other rows."
            )
        step(f"Fitting {number} of {len(dealt)}: on {learnt.sum():,} of {len(folds):,} rows")
        models[fold] = fitted(estimator, dataset.rows[learnt], dataset.labels[learnt])
        if not learnt.all():
            probabilities[~learnt] = probabilities_of(models[fold], dataset.rows[~learnt])
    return Evaluation(
        models[HELD_OUT],
        tuple(labels),
        probabilities,
        np.searchsorted(labels, dataset.labels),
        folds == HELD_OUT,
    )


def folds_of(dataset: Dataset) -> NDArray[np.intp]:
    """The fold, 0..FOLDS-1, of each row, by its numbers and texts.

    A text counts and not its index, which is another one where a category comes or goes.
    """
    numbers = [feature.categories is None for feature in dataset.features]
    texts = [
        (column, [f"\0{text}".encode() for text in feature.categories])
        for column, feature in enumerate(dataset.features)
        if feature.categories is not None
    ]
    positive_zeros = (dataset.rows[:, numbers] + np.float32(0)).astype("<f4")
    folds = np.empty(len(dataset.rows), np.intp)
    for index, row in enumerate(dataset.rows):
        digest = hashlib.sha256(positive_zeros[index].tobytes())
        for column, encoded in texts:
            digest.update(encoded[int(row[column])])
        folds[index] = int.from_bytes(digest.digest()[:8], "big") % FOLDS
    return folds


def _seeded(estimator: Any) -> Any:
    """A copy whose every random draw, those of a pipeline's steps included, has a seed."""
    unset = {
        name: SEED
        for name, value in estimator.get_params().items()
        if name.split("__")[-1] == "random_state" and value is None
    }
    return clone(estimator).set_params(**unset)
