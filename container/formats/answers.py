"""Writes predictions as a client accepts them, and no more of them than the endpoint discloses."""

from collections.abc import Mapping, Sequence

import orjson

from container.errors import Code, RequestError
from container.formats.media_types import Format
from container.formats.npy import npy
from container.predictions import Disclosure, Extra, Predictions

DECIMALS = 2

ROOM_FOR_EXTRAS = (Format.JSON, Format.JSON_LINES)


def check_extras(include: frozenset[Extra], answer: Format, disclose: Disclosure) -> None:
    """Refuse extras that the answer could not hold.

    Raises RequestError: NotAcceptable if its format has no room for them, InvalidRequest if the
    endpoint does not disclose them.
    """
    if include and answer not in ROOM_FOR_EXTRAS:
        raise RequestError(
            Code.NOT_ACCEPTABLE,
            f"Accept: {answer} has no room for {_named(include)}. "
            f"Accept {' or '.join(ROOM_FOR_EXTRAS)}, or include nothing.",
        )
    if disclose is not Disclosure.ALL and (hidden := include - {Extra.SET}):
        raise RequestError(
            Code.INVALID_REQUEST,
            f"include: {_named(hidden)} is not disclosed by this endpoint. "
            f"The only one that it discloses is {Extra.SET}.",
        )


def _named(extras: frozenset[Extra]) -> str:
    return ", ".join(sorted(extras))


def format_answer(
    answer: Format,
    labels: Sequence[str],
    predictions: Predictions,
    extras: Sequence[Mapping[str, object]] | None,
    disclose: Disclosure,
) -> bytes:
    """Predictions as text: the likeliest label of each row, then all probabilities.

    extras: what more each row's object holds, where the format has objects; all of it if
    everything is disclosed, else only the set. Each probability, which must be finite, is
    written with as few digits as tell it from the next double. JSON:
    `{"predictions":[{"label":...,"probabilities":{label: p}}]}`; JSON Lines: the objects of that
    list, one per line; CSV: a line per row, the label and then the probabilities in the order of
    `labels`, no header; NPY: the probabilities alone, float64 (rows, labels). Where only labels
    are disclosed the probabilities are missing, and NPY is refused: RequestError NotAcceptable.
    """
    if disclose is Disclosure.ROUNDED:
        rounded = [[round(p, DECIMALS) for p in row] for row in predictions.probabilities]
        predictions = predictions._replace(probabilities=rounded)
    match answer:
        case Format.JSON:
            return orjson.dumps({"predictions": _objects(labels, predictions, extras, disclose)})
        case Format.JSON_LINES:
            objects = _objects(labels, predictions, extras, disclose)
            newline = orjson.OPT_APPEND_NEWLINE
            return b"".join([orjson.dumps(entry, option=newline) for entry in objects])
        case Format.CSV:
            return _csv(labels, predictions, disclose)
        case Format.NPY:
            if disclose is Disclosure.LABEL:
                raise RequestError(
                    Code.NOT_ACCEPTABLE,
                    f"Accept: {answer} holds probabilities, which this endpoint does not disclose. "
                    f"Accept {Format.JSON}, {Format.JSON_LINES} or {Format.CSV}.",
                )
            return npy(predictions.probabilities)


def _objects(
    labels: Sequence[str],
    predictions: Predictions,
    extras: Sequence[Mapping[str, object]] | None,
    disclose: Disclosure,
) -> list[dict[str, object]]:
    objects: list[dict[str, object]]
    if disclose is Disclosure.LABEL:
        objects = [{"label": labels[winner]} for winner in predictions.winners]
    else:
        # Each row has as many as there are labels; checking it would take many rows a fifth longer.
        objects = [
            {"label": labels[winner], "probabilities": dict(zip(labels, row))}  # noqa: B905
            for winner, row in zip(predictions.winners, predictions.probabilities, strict=True)
        ]
    if extras is not None:
        for entry, more in zip(objects, extras, strict=True):
            # Ranges and categories tell of the training data: what lies outside, where they end.
            disclosed = more if disclose is Disclosure.ALL else _set_alone(more)
            entry.update(disclosed)
    return objects


def _set_alone(extras: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in extras.items() if key == Extra.SET}


def _csv(labels: Sequence[str], predictions: Predictions, disclose: Disclosure) -> bytes:
    names = [_cell(label) for label in labels]
    if disclose is Disclosure.LABEL:
        return b"".join(b"%b\n" % names[winner] for winner in predictions.winners)
    rows = orjson.dumps(predictions.probabilities)[2:-2].split(b"],[")
    lines = zip(predictions.winners, rows, strict=True)
    return b"".join(b"%b,%b\n" % (names[winner], row) for winner, row in lines)


def _cell(label: str) -> bytes:
    if any(character in label for character in ',"\r\n'):
        label = '"' + label.replace('"', '""') + '"'
    return label.encode()
