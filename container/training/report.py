"""`metrics.json`: what was learnt from, by what, and how good it is; and the lines that say so."""

import math
from importlib.metadata import version
from typing import Any

from sklearn.pipeline import Pipeline

from container.training.champion import SMALLEST_ROWS, Comparison
from container.training.evaluation import FOLDS, Evaluation
from container.training.metrics import CONFIDENCE, metrics
from container.training.table import Dataset

METRICS_FILE = "metrics.json"

LIBRARIES = ("numpy", "onnx", "scikit-learn", "skl2onnx")
"""What a model is a function of, beside its data and its parameters."""

Json = dict[str, Any]


def report(dataset: Dataset, evaluation: Evaluation, comparison: Comparison | None) -> Json:
    """The document of `metrics.json`; `champion` is in it where there was one.

    Intervals are [low, high] of CONFIDENCE. `metrics` are over all rows, each predicted by a model
    that had not learnt from it. `champion` compares over the held-out rows alone.
    """
    document: Json = {
        "model": {
            "algorithm": _algorithm(evaluation.model),
            "parameters": _parameters(evaluation.model),
            "versions": {name: version(name) for name in LIBRARIES},
        },
        "data": {
            "rows": len(dataset.rows),
            "heldOut": int(evaluation.held_out.sum()),
            "sha256": dataset.sha256(),
        },
        "confidence": CONFIDENCE,
        "folds": FOLDS,
        "metrics": _estimates(metrics(evaluation.probabilities, evaluation.truth)),
    }
    if comparison is not None:
        document["champion"] = {
            "manifest": comparison.champion,
            "rows": comparison.rows,
            "gains": _estimates(comparison.gains),
            "verdict": comparison.verdict,
        }
    return document


def summary(document: Json) -> str:
    """The figures as a training job's log has them: of which rows they are, a line for each."""
    data, sure = document["data"], f"in brackets the {document['confidence']:.0%} interval"
    lines = [
        f"Over all {data['rows']:,} rows, each predicted by a model that had not learnt from it "
        f"({document['folds']}-fold cross-validation); {sure}:",
        *(f"  {name} {_figure(each)}" for name, each in document["metrics"].items()),
    ]
    if "champion" in document:
        champion = document["champion"]
        few = f"; {SMALLEST_ROWS} or more decide" if champion["rows"] < SMALLEST_ROWS else ""
        lines += [
            f"Against the champion, over the {champion['rows']:,} held-out rows, which neither has "
            f"learnt from; {sure}:",
            *(f"  gain in {name} {_figure(each)}" for name, each in champion["gains"].items()),
            f"  candidate is {champion['verdict']}{few}",
        ]
    return "".join(f"{line}\n" for line in lines)


def _algorithm(model: Any) -> str:
    if isinstance(model, Pipeline):
        return "Pipeline of " + ", ".join(type(step).__name__ for _, step in model.steps)
    return type(model).__name__


def _parameters(model: Any) -> Json:
    """Those of a pipeline's steps included; only plain values, whose text is always the same."""
    parameters = model.get_params()
    plain = {name: parameters[name] for name in parameters if _plain(parameters[name])}
    # JSON has no infinity.
    return {
        name: repr(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in plain.items()
    }


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool | None)


def _estimates(estimates: Any) -> Json:
    return {
        name: {"value": value, "interval": [low, high]}
        for name, (value, low, high) in estimates.items()
    }


def _figure(estimate: Json) -> str:
    low, high = estimate["interval"]
    return f"{estimate['value']:.4f} ({low:.4f} to {high:.4f})"
