"""The rows that are sent, and what a right answer to them is."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Sequence[float]

RANGES = ((4.3, 7.9), (2.0, 4.4), (1.0, 6.9), (0.1, 2.5))
"""Of the features of iris, in centimetres."""

TOLERANCE = 1e-5
"""Largest difference in a probability: float32 keeps seven digits, JSON loses none."""


class WrongAnswerError(Exception):
    """A server says something else than scikit-learn; the message has the first difference."""


@dataclass(frozen=True)
class Predicted:
    """What is said of rows, in their order."""

    labels: Sequence[str]
    probabilities: Sequence[Sequence[float]]
    """(rows, classes), the classes in alphabetical order."""


@dataclass(frozen=True)
class Format:
    """How rows are put to a server, and how its answer is read."""

    body: Callable[[Sequence[Row]], Any]
    read: Callable[[Any], Predicted]


def drawn(count: int, seed: int) -> list[Row]:
    """Rows within the features' ranges, to a tenth, as people write them."""
    generator = random.Random(seed)  # noqa: S311 rows, no secrets
    return [[round(generator.uniform(*limits), 1) for limits in RANGES] for _ in range(count)]


def bodies(form: Format, rows: int) -> list[bytes]:
    """Different requests of so many rows, to be sent in turn."""
    requests = max(16, min(512, 16_384 // rows))
    return [json.dumps(form.body(drawn(rows, seed))).encode() for seed in range(requests)]


def rows_text(size: int) -> str:
    """A size of a request in words."""
    return f"{size:,} row" + "s" * (size != 1)


def check(seen: Predicted, expected: Predicted) -> None:
    """Raises WrongAnswerError at the first row that differs.

    A label may differ where float32 cannot tell the two likeliest classes apart.
    """
    if len(seen.probabilities) != len(expected.probabilities):
        raise WrongAnswerError(
            f"{len(seen.probabilities)} predictions for {len(expected.probabilities)} rows"
        )
    for index, (label, found) in enumerate(zip(seen.labels, seen.probabilities, strict=True)):
        wanted = expected.probabilities[index]
        apart = max(abs(a - b) for a, b in zip(found, wanted, strict=True))
        second, first = sorted(wanted)[-2:]
        if apart > TOLERANCE or (
            label != expected.labels[index] and first - second > 2 * TOLERANCE
        ):
            raise WrongAnswerError(
                f"row {index}: {label} {list(found)}. "
                f"scikit-learn says {expected.labels[index]} {list(wanted)}"
            )


def _of_records(records: Sequence[Mapping[str, Any]]) -> Predicted:
    return Predicted(
        [record["label"] for record in records],
        [[p for _, p in sorted(record["probabilities"].items())] for record in records],
    )


def _of_tensors(answer: Mapping[str, Any]) -> Predicted:
    outputs = {output["name"]: output for output in answer["outputs"]}
    _, width = outputs["predict_proba"]["shape"]
    flat = outputs["predict_proba"]["data"]
    rows = [flat[start : start + width] for start in range(0, len(flat), width)]
    return Predicted(outputs["predict"]["data"], rows)


INSTANCES = Format(
    lambda rows: {"instances": rows}, lambda answer: _of_records(answer["predictions"])
)
"""TensorFlow Serving's, which SageMaker's examples take."""

ROWS = Format(lambda rows: {"rows": rows}, _of_records)
"""BentoML's: the argument's name."""

TENSORS = Format(
    lambda rows: {
        "inputs": [
            {
                "name": "rows",
                "shape": [len(rows), len(RANGES)],
                "datatype": "FP64",
                "data": [value for row in rows for value in row],
            }
        ],
        "outputs": [{"name": "predict"}, {"name": "predict_proba"}],
    },
    _of_tensors,
)
"""The Open Inference Protocol's. https://github.com/kserve/open-inference-protocol"""


def including(extra: str) -> Format:
    """Instances of which our server is asked for an extra, which has to be in the answer."""

    def read(answer: Any) -> Predicted:
        for record in answer["predictions"]:
            if extra not in record:
                raise WrongAnswerError(f"no {extra} in {json.dumps(record)[:200]}")
        return INSTANCES.read(answer)

    return Format(lambda rows: {"instances": rows, "include": [extra]}, read)
