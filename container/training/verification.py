"""The proof that an artifact's files say what scikit-learn says, row by row."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.artifact import MODEL_FILE
from container.explain.explained_trees import Contributions, ExplainedTrees
from container.explain.explanations import BOOSTING_TREES_FILE, FOREST_TREES_FILE
from container.explain.trees import LEAF
from container.forest.flat import FOREST_FILE, FlatForest
from container.forest.reference import ReferenceForest
from container.model import Model, Predictor
from container.onnx_model import OnnxModel
from container.signature import NEVER_SEEN, Signature
from container.training.estimator import probabilities_of
from container.training.progress import step
from container.training.table import BLOCK_ROWS, Dataset
from container.training.tree_nodes import explained_trees

DRAWN_ROWS = 10_000
"""Rows drawn at random that are compared beside those of the data set; of trees, as many more
whose cells lie on thresholds."""

DRAW_SEED = 0

EXPLAINED_ROWS = 100
"""Of the data set, and as many of those drawn, whose contributions are added up."""

ONNX_TOLERANCE = 1e-5
"""Largest difference of a probability in float32; adding up 100 trees costs 7e-7."""

EXACT_TOLERANCE = 1e-9
"""Largest difference of a probability that contributions add up to, in double."""


class ParityError(Exception):
    """The files do not predict, or explain, what the trained model predicts."""


def verify_model(folder: Path, signature: Signature, model: Any, dataset: Dataset) -> None:
    """Compare every file of an artifact that predicts or explains with the fitted classifier.

    Raises ParityError, or EstimatorError where the classifier predicts no text it has not seen.
    """
    rows = rows_to_compare(dataset, model)
    step(f"Comparing {MODEL_FILE} with scikit-learn: {len(rows):,} rows")
    data, drawn = np.split(rows, [len(dataset.rows)])
    explained = np.concatenate([_spread(data), _spread(drawn)])
    check_parity(OnnxModel(folder / MODEL_FILE, signature), model, rows, ONNX_TOLERANCE)
    if (path := folder / FOREST_FILE).exists():
        step(f"Comparing {FOREST_FILE} with scikit-learn: {len(rows):,} rows")
        check_parity(ReferenceForest(FlatForest.read(path)), model, rows, 0)
    for name in (FOREST_TREES_FILE, BOOSTING_TREES_FILE):
        if (path := folder / name).exists():
            step(f"Comparing {name} with scikit-learn: {len(explained):,} rows")
            forest = name == FOREST_TREES_FILE
            trees = ExplainedTrees(path, signature, mean=forest)
            check_explanations(trees, model, explained, log_odds=not forest)
    if mistakes := Model.load(folder).sample_mistakes():
        raise ParityError("; ".join(mistakes))


def _spread(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """EXPLAINED_ROWS from first to last, since data are often sorted by label; all of fewer."""
    count = min(EXPLAINED_ROWS, len(rows))
    return rows[np.linspace(0, len(rows) - 1, count).astype(np.intp)]


def check_parity(
    predictor: Predictor, model: Any, rows: NDArray[np.float32], tolerance: float
) -> None:
    """Compare what was made of a classifier with itself on every row, (rows, features).

    Raises ParityError that names the first row where a probability differs by more than
    `tolerance`, or where another label wins than one that is as likely within it.
    """
    for start in range(0, len(rows), BLOCK_ROWS):
        _check_block(predictor, model, rows, slice(start, start + BLOCK_ROWS), tolerance)


def _check_block(
    predictor: Predictor, model: Any, rows: NDArray[np.float32], block: slice, tolerance: float
) -> None:
    compared = rows[block]
    expected = probabilities_of(model, compared)
    predictions = predictor.predict(compared.tolist())
    seen = np.array(predictions.probabilities)
    differences = np.abs(seen - expected).max(axis=1)
    won = expected[np.arange(len(compared)), predictions.winners]
    wrong = (differences > tolerance) | (won < expected.max(axis=1) - tolerance)
    if wrong.any():
        row = int(wrong.argmax())
        raise ParityError(
            f"row {block.start + row} of {len(rows)}: {compared[row].tolist()} gets "
            f"{seen[row].tolist()} from {type(predictor).__name__}, {expected[row].tolist()} from "
            f"scikit-learn. Allowed difference: {tolerance} and no other label. No artifact was "
            "written. Usual causes: a scaler before trees, which need none, or "
            "categorical_features of histogram boosting. Leave them out: docs/models.md."
        )


def rows_to_compare(dataset: Dataset, model: Any) -> NDArray[np.float32]:
    """The rows of a data set, and others where a converted model is most likely to differ.

    Drawn within the columns' ranges, of texts one in so many never seen; and for trees rows of
    thresholds, as they are and the next float32 above: there one wrongly rounded takes the other
    branch.
    """
    generator = np.random.default_rng(DRAW_SEED)
    shape = (DRAWN_ROWS, len(dataset.features))
    low, high = dataset.rows.min(axis=0), dataset.rows.max(axis=0)
    drawn = generator.uniform(low, high, shape).astype(np.float32)
    for column, feature in enumerate(dataset.features):
        if feature.categories is not None:
            codes = [NEVER_SEEN, *range(len(feature.categories))]
            drawn[:, column] = generator.choice(codes, DRAWN_ROWS)
    compared = [dataset.rows, drawn]
    if (trees := explained_trees(model)) is not None:
        on_thresholds = drawn.copy()
        inner = trees[1][trees[1]["feature"] != LEAF]
        for column in np.unique(inner["feature"]):
            at = inner["threshold"][inner["feature"] == column]
            above = np.nextafter(at, np.float32(np.inf))
            on_thresholds[:, column] = generator.choice(np.concatenate([at, above]), DRAWN_ROWS)
        compared.append(on_thresholds)
    return np.concatenate(compared)


def check_explanations(
    trees: ExplainedTrees, model: Any, rows: NDArray[np.float32], *, log_odds: bool
) -> None:
    """Compare what base and contributions add up to with the prediction, on every row.

    Raises ParityError that names the first row where they differ by more than EXACT_TOLERANCE.
    """
    seen = np.array([_total(trees.contributions(row)) for row in rows.tolist()])
    if log_odds:
        seen = _probabilities(seen)
    expected = probabilities_of(model, rows)
    wrong = np.abs(seen - expected).max(axis=1) > EXACT_TOLERANCE
    if wrong.any():
        row = int(wrong.argmax())
        raise ParityError(
            f"row {row} of {len(rows)}: {rows[row].tolist()} is explained as "
            f"{seen[row].tolist()} and predicted as {expected[row].tolist()}. Allowed difference: "
            f"{EXACT_TOLERANCE}. No artifact was written; check the trees."
        )


def _total(contributions: Contributions) -> list[float]:
    """Of each label, base and all contributions."""
    base, features = contributions["base"], contributions["features"]
    return [value + sum(each[label] for each in features.values()) for label, value in base.items()]


def _probabilities(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of (rows, labels): of two labels the logistic function of each, of more the softmax."""
    if log_odds.shape[1] == 2:
        logistic: NDArray[np.float64] = 1 / (1 + np.exp(-log_odds))
        return logistic
    odds = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
    softmax: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return softmax
