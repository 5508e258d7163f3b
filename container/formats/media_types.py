"""The media types the server speaks: how a request is read, how an answer is written."""

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum

import orjson

from container.errors import Code, RequestError, shown
from container.formats.json_lines import parse_json_lines
from container.formats.rows import Row, parse_csv, parse_json
from container.predictions import Predictions


class Format(StrEnum):
    """Media types of requests and answers."""

    JSON = "application/json"
    CSV = "text/csv"
    JSON_LINES = "application/jsonlines"


ALLOWED = f"{', '.join(list(Format)[:-1])} or {list(Format)[-1]}"


def parse_rows(requested: Format, body: bytes, features: Sequence[str]) -> list[Row]:
    """The rows of a request's body, in the order of the model's features. Raises RequestError."""
    match requested:
        case Format.JSON:
            return parse_json(body, len(features))
        case Format.CSV:
            return parse_csv(body, len(features))
        case Format.JSON_LINES:
            return parse_json_lines(body, features)


def request_format(media_type: str, charset: str | None) -> Format:
    """How a request's body is to be read.

    media_type: of Content-Type, lower case, without parameters; "" where the header is missing,
    which counts as JSON (as it does for API Gateway). charset: its parameter, if given.
    Raises RequestError UnsupportedMediaType.
    """
    if charset is not None and charset.lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise RequestError(
            Code.UNSUPPORTED_MEDIA_TYPE,
            f"Content-Type: charset {shown(charset)} is not supported. Send UTF-8.",
        )
    try:
        return Format(media_type or Format.JSON)
    except ValueError as error:
        raise RequestError(
            Code.UNSUPPORTED_MEDIA_TYPE,
            f"Content-Type: {shown(media_type)} is not supported. Send {ALLOWED}.",
        ) from error


def answer_format(accept: Sequence[tuple[str, float]], requested: Format) -> Format:
    """The format the client accepts most; between equals, the one of its request.

    accept: media ranges of the Accept header with their qualities, the most specific first;
    empty where the header is missing. Raises RequestError NotAcceptable.
    https://www.rfc-editor.org/rfc/rfc9110#name-accept
    """
    if not accept:
        return requested
    offered = sorted(Format, key=lambda offer: offer is not requested)
    best = max(offered, key=lambda offer: _quality(accept, offer))
    if not _quality(accept, best):
        ranges = ", ".join(media_range for media_range, _ in accept)
        raise RequestError(
            Code.NOT_ACCEPTABLE, f"Accept: {shown(ranges)} allows no answer. Accept {ALLOWED}."
        )
    return best


def format_answer(answer: Format, labels: Sequence[str], predictions: Predictions) -> bytes:
    """Predictions as text: the likeliest label of each row, then all probabilities.

    Each number has as few digits as tell it from its neighbours. JSON:
    `{"predictions":[{"label":...,"probabilities":{label: p}}]}`; JSON Lines: the objects of that
    list, one per line; CSV: a line per row, the label and then the probabilities in the order of
    `labels`, no header.
    """
    winners = [labels[index] for index in predictions.winners]
    rows = list(zip(winners, predictions.probabilities, strict=True))
    if answer is Format.CSV:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([winner, *row] for winner, row in rows)
        return text.getvalue().encode()
    objects = [
        {"label": winner, "probabilities": dict(zip(labels, row, strict=True))}
        for winner, row in rows
    ]
    if answer is Format.JSON_LINES:
        return b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in objects)
    return orjson.dumps({"predictions": objects})


def _quality(accept: Iterable[tuple[str, float]], offer: Format) -> float:
    family = offer.partition("/")[0]
    for media_range, quality in accept:
        if media_range.partition(";")[0].strip().lower() in {offer, f"{family}/*", "*/*"}:
            return quality
    return 0.0
