"""Trains the iris forest and writes it as an artifact that the server can trust.

The artifact is a function of this code and its pinned libraries: two runs write the same bytes.
Nothing is pickled. The model is read back as the server reads it and compared with scikit-learn
row by row before it takes its place.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier

from container.artifact import (
    MODEL_FILE,
    SAMPLE_FILE,
    SIGNATURE_FILE,
    ArtifactError,
    Sample,
)
from container.forest.export import flatten
from container.forest.flat import FOREST_FILE, FlatForest
from container.forest.reference import ReferenceForest
from container.manifest import write_manifest
from container.model import Model, Predictor
from container.onnx_model import INPUT, OnnxModel
from container.signature import Feature, Signature
from container.training.dataset import FEATURES, Dataset, iris
from container.training.folder import FolderError, replacing
from container.training.hyperparameters import Hyperparameters

TARGET_OPSET = 21
"""ONNX operator set to write; fixed, so that a newer converter writes no newer format."""

DRAWN_ROWS = 10_000
"""Rows drawn at random within the features' ranges, compared beside the data set's 150."""

TOLERANCE = 1e-5
"""Largest difference allowed in a probability; adding up 100 trees in float32 costs 7e-7."""

DRAW_SEED = 0

SAMPLE = Sample(
    rows=[[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]],
    labels=("setosa", "versicolor", "virginica"),
)


class ParityError(Exception):
    """The converted model does not predict what the trained one does."""


def main(output: Path) -> int:
    """Train and write the artifact; returns the exit code, 1 after a sentence on stderr."""
    try:
        with replacing(output) as folder:
            write_artifact(folder, iris(), Hyperparameters())
    except (ArtifactError, FolderError, ParityError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def write_artifact(folder: Path, dataset: Dataset, hyperparameters: Hyperparameters) -> None:
    """Train, convert, write all files of the artifact into the empty folder, and check them.

    Raises ParityError or ArtifactError.
    """
    forest = RandomForestClassifier(
        n_estimators=hyperparameters.trees, random_state=hyperparameters.seed
    )
    forest.fit(dataset.features, dataset.labels)
    signature = Signature(
        tuple(map(Feature, FEATURES)), labels=tuple(str(label) for label in forest.classes_)
    )
    (folder / MODEL_FILE).write_bytes(to_onnx_bytes(forest, len(FEATURES)))
    (folder / SIGNATURE_FILE).write_text(signature.to_json(), encoding="utf-8")
    (folder / SAMPLE_FILE).write_text(SAMPLE.to_json(), encoding="utf-8")
    flatten(forest).write(folder / FOREST_FILE)
    write_manifest(folder)
    rows = np.concatenate([dataset.features, _drawn_rows(dataset.features)])
    check_parity(OnnxModel(folder / MODEL_FILE, signature), forest, rows, TOLERANCE)
    check_parity(ReferenceForest(FlatForest.read(folder / FOREST_FILE)), forest, rows, 0)
    if mistakes := Model.load(folder).sample_mistakes():
        raise ParityError("; ".join(mistakes))


def to_onnx_bytes(forest: RandomForestClassifier, width: int) -> bytes:
    """The forest as an ONNX model over float32 rows of `width` features.

    Not double: scikit-learn's trees compare in float32, and a converted forest that compares in
    double takes other branches. Without zipmap the probabilities are one array.
    """
    onnx_model = to_onnx(
        forest,
        initial_types=[(INPUT, FloatTensorType([None, width]))],
        options={"zipmap": False},
        target_opset=TARGET_OPSET,
    )
    content: bytes = onnx_model.SerializeToString()
    return content


def check_parity(
    predictor: Predictor,
    forest: RandomForestClassifier,
    features: NDArray[np.float32],
    tolerance: float,
) -> None:
    """Compare what was made of a forest with itself on every row of `features`, (rows, features).

    Raises ParityError that names the first row whose label differs, or whose probabilities
    differ by more than `tolerance`.
    """
    expected = forest.predict_proba(features)
    predictions = predictor.predict(features.tolist())
    seen = np.array(predictions.probabilities)
    differences = np.abs(seen - expected).max(axis=1)
    wrong = (differences > tolerance) | (predictions.winners != expected.argmax(axis=1))
    if wrong.any():
        row = int(wrong.argmax())
        raise ParityError(
            f"row {row} of {len(features)}: {features[row].tolist()} gets {seen[row].tolist()} "
            f"from {type(predictor).__name__}, {expected[row].tolist()} from scikit-learn. "
            f"Allowed difference: {tolerance} and no other label. "
            "No artifact was written; check the conversion."
        )


def _drawn_rows(features: NDArray[np.float32]) -> NDArray[np.float32]:
    generator = np.random.default_rng(DRAW_SEED)
    size = (DRAWN_ROWS, features.shape[1])
    drawn = generator.uniform(features.min(axis=0), features.max(axis=0), size)
    return drawn.astype(np.float32)
