"""Parses JSON Lines into rows of numbers, as strictly as rows.py parses the other formats.

https://jsonlines.org
"""

import json
from collections.abc import Sequence

from container.errors import Code, RequestError, shown
from container.formats.rows import (
    MAX_ROWS,
    Row,
    check_count,
    check_size,
    decoded,
    distinct_keys,
    first_wrong_cell,
    invalid_cell,
    wrong_width,
)


def parse_json_lines(body: bytes, features: Sequence[str]) -> list[Row]:
    """Rows of a body that has one on each line, all in the order of `features`.

    A line is an array of numbers, in the order of `features`, or an object with exactly these
    keys. Raises RequestError: InvalidRequest (not UTF-8, no rows), PayloadTooLarge (more than
    MAX_ROWS), InvalidJson, InvalidRow or InvalidCell.
    """
    width, names = len(features), "".join(features)
    check_size(
        body,
        width,
        # The names of an object's keys may hold any character.
        opened=MAX_ROWS * (1 + names.count("[") + names.count("{")),
        commas=MAX_ROWS * (width + names.count(",")),
    )
    text = decoded(body, Code.INVALID_REQUEST).removesuffix("\n")
    # Not splitlines: a text in JSON may hold other characters that end a line.
    check_count(text.count("\n") + 1 if body else 0)
    return [_row(line, index, features) for index, line in enumerate(text.split("\n"))]


def _row(line: str, index: int, features: Sequence[str]) -> Row:
    place = f"row {index} (counted from 0)"
    row = _value(line, index, place)
    if isinstance(row, dict):
        row = _in_order(row, index, place, features)
    if not isinstance(row, list):
        raise RequestError(
            Code.INVALID_ROW,
            f"{place}: {shown(row)} is neither an array nor an object. "
            f"Send {len(features)} numbers.",
            row=index,
        )
    if len(row) != len(features):
        raise wrong_width(place, len(row), len(features), index)
    column = first_wrong_cell(row)
    if column is not None:
        place = f"row {index}, column {column} (counted from 0)"
        raise invalid_cell(place, row[column], index, column)
    return row


def _value(line: str, index: int, place: str) -> object:
    try:
        value: object = json.loads(line, parse_int=float, object_pairs_hook=distinct_keys)
    except json.JSONDecodeError as error:
        message = f"{place}: not JSON: {error.msg} at column {error.colno}."
        raise RequestError(Code.INVALID_JSON, message, row=index) from error
    except RecursionError as error:
        message = f"{place}: nested too deeply."
        raise RequestError(Code.INVALID_JSON, message, row=index) from error
    except RequestError as error:
        raise RequestError(error.code, f"{place}: {error}", row=index) from error
    return value


def _in_order(
    record: dict[str, object], index: int, place: str, features: Sequence[str]
) -> list[object]:
    """The record's values in the order of the features, which must be its keys."""
    for name in features:
        if name not in record:
            message = f"{place}: feature {shown(name)} is missing. Send every feature once."
            raise RequestError(Code.INVALID_ROW, message, row=index)
    unknown = next((key for key in record if key not in features), None)
    if unknown is not None:
        message = f"{place}: {shown(unknown)} is no feature of the model. Remove it."
        raise RequestError(Code.INVALID_ROW, message, row=index)
    return [record[name] for name in features]
