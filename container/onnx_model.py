"""A model through ONNX Runtime: on the processor, one thread per prediction."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from container.artifact import FIX, MODEL_FILE, ArtifactError
from container.predictions import Predictions
from container.signature import Signature

# Since 1.29 ONNX Runtime reports every session to its vendor, names and hashes of the model among
# it, by a thread that starts at import and that aborts forked workers when they exit.
# https://github.com/microsoft/onnxruntime/blob/main/docs/Privacy.md#disabling-telemetry
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

INPUT = "features"
OUTPUT = "probabilities"


class OnnxModel:
    """Predicts in float32; any number of threads may.

    ONNX input `features` is float32 (rows, features), output `probabilities` float32
    (rows, classes).
    """

    def __init__(self, path: Path, signature: Signature) -> None:
        """Raises ArtifactError where the file is no model, or not one of this signature."""
        self._session = _session(path)
        _check_tensor(path, INPUT, self._session.get_inputs(), len(signature.features))
        _check_tensor(path, OUTPUT, self._session.get_outputs(), len(signature.labels))

    def predict(self, rows: Sequence[Sequence[float]]) -> Predictions:
        """Probabilities of rows as wide as the signature's features.

        Raises ArithmeticError where one is not finite, as of a cell beyond float32.
        """
        features = np.array(rows, dtype=np.float32)
        (probabilities,) = self._session.run([OUTPUT], {INPUT: features})
        if not np.isfinite(probabilities).all():
            raise ArithmeticError(f"{MODEL_FILE} gave a probability that is not finite")
        # By way of the shortest text of each float32, whose double has the same shortest text.
        shortest = orjson.loads(orjson.dumps(probabilities, option=orjson.OPT_SERIALIZE_NUMPY))
        return Predictions(probabilities.argmax(axis=1).tolist(), shortest)


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


def _check_tensor(path: Path, name: str, tensors: Sequence[Any], width: int) -> None:
    """Refuse a model whose tensor `name` is not float32 (any number of rows, `width`)."""
    seen = {tensor.name: (tensor.type, tensor.shape) for tensor in tensors}
    element, shape = seen.get(name, ("", []))
    if element != "tensor(float)" or len(shape) != 2 or shape[1] != width:
        described = ", ".join(f"{key} {kind} {dims}" for key, (kind, dims) in seen.items())
        raise ArtifactError(
            f"{path}: holds {described}. "
            f"Expected {name} tensor(float) [rows, {width}] by the signature. {FIX}"
        )
