"""A model artifact in memory: ONNX Runtime on the processor, one thread per prediction."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from container.artifact import (
    FIX,
    MODEL_FILE,
    ArtifactError,
    Sample,
    Signature,
    read_sample,
    read_signature,
)
from container.formats.rows import Row
from container.manifest import verify

# Since 1.29 ONNX Runtime reports every session to its vendor, names and hashes of the model among
# it, by a thread that starts at import and that aborts forked workers when they exit.
# https://github.com/microsoft/onnxruntime/blob/main/docs/Privacy.md#disabling-telemetry
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

INPUT = "features"
OUTPUT = "probabilities"


class Model:
    """Predicts class probabilities; made by `Model.load`.

    ONNX input `features` is float32 (rows, features), output `probabilities` float32
    (rows, classes).
    """

    def __init__(
        self, session: onnxruntime.InferenceSession, signature: Signature, sample: Sample
    ) -> None:
        self._session = session
        self.signature = signature
        self.sample = sample

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load an artifact after its manifest has been verified.

        Raises ManifestError if a file was changed, ArtifactError if one does not fit the others.
        """
        verify(folder)
        signature = read_signature(folder)
        sample = read_sample(folder, signature)
        session = _session(folder / MODEL_FILE)
        _check_tensor(folder, INPUT, session.get_inputs(), len(signature.features))
        _check_tensor(folder, OUTPUT, session.get_outputs(), len(signature.labels))
        return cls(session, signature, sample)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the columns that `predict` returns."""
        return self.signature.labels

    def predict(self, rows: Sequence[Row]) -> NDArray[np.float32]:
        """Probabilities, float32 (rows, classes), of rows as wide as the signature's features."""
        features = np.array(rows, dtype=np.float32)
        (probabilities,) = self._session.run([OUTPUT], {INPUT: features})
        if not np.isfinite(probabilities).all():
            raise ArithmeticError(f"{MODEL_FILE} gave a probability that is not finite")
        result: NDArray[np.float32] = probabilities
        return result

    def sample_mistakes(self) -> list[str]:
        """What the model predicts of its sample other than the sample says; empty when sound."""
        winners = self.predict(self.sample.rows).argmax(axis=1)
        return [
            f"sample row {index}: predicted {self.labels[winner]}, expected {label}"
            for index, (winner, label) in enumerate(zip(winners, self.sample.labels, strict=True))
            if self.labels[winner] != label
        ]


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # The server's workers share the processors out. Without a thread pool the session also
    # survives a fork: a child has none of its parent's threads.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no common base class of their own
        reason = str(error).splitlines()[0]
        raise ArtifactError(f"{path}: ONNX Runtime cannot load it ({reason}). {FIX}") from error


def _check_tensor(folder: Path, name: str, tensors: Sequence[Any], width: int) -> None:
    """Refuse a model whose tensor `name` is not float32 (any number of rows, `width`)."""
    seen = {tensor.name: (tensor.type, tensor.shape) for tensor in tensors}
    element, shape = seen.get(name, ("", []))
    if element != "tensor(float)" or len(shape) != 2 or shape[1] != width:
        described = ", ".join(f"{key} {kind} {dims}" for key, (kind, dims) in seen.items())
        raise ArtifactError(
            f"{folder / MODEL_FILE}: holds {described}. "
            f"Expected {name} tensor(float) [rows, {width}] by the signature. {FIX}"
        )
