"""What answers have to look like, whoever gives them."""

import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from tests.acceptance.caller import JSON, Answer

CSV = "text/csv"
JSON_LINES = "application/jsonlines"

INTERNALS = (
    *("arn:", "Traceback", "LogStream", "log-stream", "OriginalMessage", "/aws/", "/opt/"),
    *("site-packages", 'File "', "amazonaws.com", "botocore"),
)
"""What no client may read."""

T = TypeVar("T")


class Patience:
    """How long tests wait at the most, however long AWS may take; `--patience` says it."""

    seconds = math.inf


def encoded(rows: Sequence[Sequence[Any]], content_type: str) -> str:
    """Rows as a body of this type."""
    if content_type == JSON:
        return json.dumps({"instances": rows})
    if content_type == CSV:
        return _lines(",".join(map(str, row)) for row in rows)
    return _lines(map(json.dumps, rows))


def labels(answer: Answer, content_type: str) -> list[str]:
    """The labels that an answer of this type predicts, once it is one."""
    assert answer.status == 200, f"{answer.status} {answer.data.decode(errors='replace')}"
    assert answer.headers["content-type"].partition(";")[0] == content_type
    if content_type == CSV:
        return [line.partition(",")[0] for line in answer.data.decode().splitlines()]
    if content_type == JSON_LINES:
        return [_label(json.loads(line)) for line in answer.data.splitlines()]
    return labels_of_json(answer.data)


def labels_of_json(body: bytes) -> list[str]:
    """The labels that a JSON text predicts."""
    return [_label(prediction) for prediction in json.loads(body)["predictions"]]


def assert_error(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """The error of an answer that is one of the declared form, and says nothing internal."""
    text = answer.data.decode()
    assert answer.status == status, f"{answer.status} {text}"
    assert not [word for word in INTERNALS if word in text]
    assert answer.headers["content-type"].partition(";")[0] == JSON
    body = json.loads(text)
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) <= {"code", "message", "row", "column"}
    assert error["code"] == code
    assert error["message"]
    return error


def within(seconds: float, check: Callable[[], T]) -> T:
    """The first true answer of a check, or its last one after so many seconds."""
    deadline = time.monotonic() + min(seconds, Patience.seconds)
    pause = 0.2
    while not (found := check()) and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(2 * pause, 10.0)
    return found


def _label(prediction: dict[str, Any]) -> str:
    label: str = prediction["label"]
    assert prediction["probabilities"][label] == max(prediction["probabilities"].values())
    return label


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
