"""A model artifact in memory: a forest through the compiled kernel, all else through ONNX."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from container.artifact import (
    FIX,
    MODEL_FILE,
    ArtifactError,
    Sample,
    read_sample,
    read_signature,
)
from container.explain.explanations import Explanations
from container.forest.flat import FOREST_FILE, FlatForest
from container.forest.kernel import CompiledForest, load_kernel
from container.formats.json_rows import checked_rows
from container.manifest import verify
from container.predictions import Predictions
from container.signature import Signature


class Predictor(Protocol):
    """What computes a model's probabilities."""

    def predict(self, rows: Sequence[Sequence[float]]) -> Predictions:
        """Of rows as wide as the signature's features. ArithmeticError: one cannot be computed."""


@dataclass(frozen=True)
class Model:
    """Predicts class probabilities; made by `Model.load`."""

    predictor: Predictor
    signature: Signature
    sample: Sample
    explanations: Explanations

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load an artifact after its manifest has been verified.

        Raises ManifestError if a file was changed, ArtifactError if one does not fit the others.
        """
        verify(folder)
        signature = read_signature(folder)
        sample = read_sample(folder, signature)
        explanations = Explanations.load(folder, signature)
        return cls(_predictor(folder, signature), signature, sample, explanations)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the columns that `predict` returns."""
        return self.signature.labels

    def predict(self, rows: Sequence[Sequence[float]]) -> Predictions:
        """What the predictor makes of the rows."""
        return self.predictor.predict(rows)

    def sample_mistakes(self) -> list[str]:
        """What the model predicts of its sample other than the sample says; empty when sound."""
        winners = self.predict(checked_rows(self.sample.rows, self.signature)).winners
        return [
            f"sample row {index}: predicted {self.labels[winner]}, expected {label}"
            for index, (winner, label) in enumerate(zip(winners, self.sample.labels, strict=True))
            if self.labels[winner] != label
        ]


def _predictor(folder: Path, signature: Signature) -> Predictor:
    """The faster one of those that the artifact and this machine have."""
    path = folder / FOREST_FILE
    if path.exists() and (kernel := load_kernel()):
        forest = FlatForest.read(path)
        expected = len(signature.features), len(signature.labels)
        if (forest.features, forest.classes) != expected:
            raise ArtifactError(
                f"{path}: a forest of {forest.features} features and {forest.classes} classes. "
                f"Expected {expected[0]} and {expected[1]} by the signature. {FIX}"
            )
        return CompiledForest(kernel, forest)
    # Not at the top: a server that has the kernel carries neither ONNX Runtime nor NumPy.
    from container.onnx_model import OnnxModel

    return OnnxModel(folder / MODEL_FILE, signature)
