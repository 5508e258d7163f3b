"""A classifier of scikit-learn as an ONNX model."""

import copy
from typing import Any

from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

from container.forest.export import floor32
from container.onnx_model import INPUT
from container.training.estimator import first_line

TARGET_OPSET = 21
"""ONNX operator set to write; fixed, so that a newer converter writes no newer format."""


class ConversionError(Exception):
    """The converter does not know the model."""


def to_onnx_bytes(model: Any, width: int) -> bytes:
    """A fitted classifier as an ONNX model over float32 rows of `width` features.

    Not double: scikit-learn's trees compare in float32, and a converted forest that compares in
    double takes other branches. Without zipmap the probabilities are one array. Raises
    ConversionError for a classifier that the converter does not know.
    """
    try:
        onnx_model = to_onnx(
            _with_float32_thresholds(model),
            initial_types=[(INPUT, FloatTensorType([None, width]))],
            options={"zipmap": False},
            target_opset=TARGET_OPSET,
        )
    except Exception as error:  # the converter's errors have no common base class of their own
        raise ConversionError(
            f"{type(model).__name__}: skl2onnx cannot convert it ({first_line(error)}). "
            "Use one that docs/models.md names."
        ) from error
    content: bytes = onnx_model.SerializeToString()
    return content


def _with_float32_thresholds(model: Any) -> Any:
    """A copy whose thresholds rounding to float32 does not change; it predicts the same.

    The converter sees to that for forests; those of histogram boosting it rounds to the nearest,
    which sends rows that lie between the two the other way.
    """
    model = copy.deepcopy(model)
    last = model[-1] if isinstance(model, Pipeline) else model
    if isinstance(last, HistGradientBoostingClassifier):
        for stage in last._predictors:
            for tree in stage:
                tree.nodes["num_threshold"] = floor32(tree.nodes["num_threshold"])
    return model
