"""Parses request bodies into rows of numbers, strictly: what is not meant is refused, by place.

Rows and columns are counted from 0, in the messages as in the errors' `row` and `column`.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Sequence

from container.errors import Code, RequestError, shown

MAX_ROWS = 10_000
"""Rows in one request: bounds the memory and the time that one takes."""

FLOAT32_OVERFLOW = 2.0**128 * (1 - 2.0**-25)
"""The smallest number that rounds to infinity in float32, the type the model takes."""

CSV_NUMBER = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
"""Possessive: a long run of digits that ends wrongly is read once, not from each of its ends."""

Row = list[float]


def parse_json(body: bytes, width: int) -> list[Row]:
    """Rows of `{"instances": [[5.1, 3.5, 1.4, 0.2], ...]}`, each of `width` numbers.

    Raises RequestError: InvalidJson, InvalidRequest (the object around the rows),
    PayloadTooLarge (more than MAX_ROWS), InvalidRow or InvalidCell.
    """
    # A valid body has no text but its one key: it opens an object, an array and one more for each
    # row, and has a comma between any two values.
    check_size(body, width, opened=MAX_ROWS + 2, commas=MAX_ROWS * width)
    try:
        document = json.loads(
            decoded(body, Code.INVALID_JSON),
            # Integers are features like all numbers; float also knows no limit of digits.
            parse_int=float,
            object_pairs_hook=distinct_keys,
        )
    except json.JSONDecodeError as error:
        raise RequestError(
            Code.INVALID_JSON,
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
        ) from error
    except RecursionError as error:
        raise RequestError(Code.INVALID_JSON, "The body is nested too deeply.") from error
    if not isinstance(document, dict):
        raise RequestError(
            Code.INVALID_REQUEST,
            f'The body is {shown(document)}, not an object. Send {{"instances": [[...], ...]}}.',
        )
    for key in document:
        if key != "instances":
            raise RequestError(
                Code.INVALID_REQUEST,
                f'Unknown key {shown(key)}. The only key allowed is "instances". Remove it.',
            )
    if "instances" not in document:
        raise RequestError(
            Code.INVALID_REQUEST, 'Key "instances" is missing. Send {"instances": [[...], ...]}.'
        )
    return checked_rows(document["instances"], width)


def checked_rows(instances: object, width: int) -> list[Row]:
    """The instances, if they are a non-empty list of rows of `width` floats; else RequestError."""
    if not isinstance(instances, list):
        raise RequestError(
            Code.INVALID_REQUEST, f"instances: {shown(instances)} is not an array of rows."
        )
    check_count(len(instances))
    for index, row in enumerate(instances):
        if not isinstance(row, list):
            raise RequestError(
                Code.INVALID_ROW,
                f"instances[{index}]: {shown(row)} is not an array. Send {width} numbers.",
                row=index,
            )
        if len(row) != width:
            raise wrong_width(f"instances[{index}]", len(row), width, index)
        column = first_wrong_cell(row)
        if column is not None:
            raise invalid_cell(f"instances[{index}][{column}]", row[column], index, column)
    return instances


def first_wrong_cell(row: Sequence[object]) -> int | None:
    """The first place in a row of JSON whose value is no number of float32; None if all are."""
    for column, value in enumerate(row):
        # The parser makes every number a float; NaN fails the comparison.
        if type(value) is not float or not -FLOAT32_OVERFLOW < value < FLOAT32_OVERFLOW:
            return column
    return None


def parse_csv(body: bytes, width: int) -> list[Row]:
    r"""Rows of comma-separated numbers, one per line (\n or \r\n), no header, each of `width`.

    Raises RequestError: InvalidRequest (not UTF-8, no rows), PayloadTooLarge (more than
    MAX_ROWS), InvalidRow or InvalidCell.
    """
    text = decoded(body, Code.INVALID_REQUEST).removesuffix("\n")
    # Not splitlines: it also splits at form feeds and other characters that end no CSV line.
    check_count(text.count("\n") + 1 if body else 0)
    return [_csv_row(line, index, width) for index, line in enumerate(text.split("\n"))]


def _csv_row(line: str, index: int, width: int) -> Row:
    # Counted first: cells take up to 20 times their text, and one line may be all of the body.
    cells = line.count(",") + 1
    if cells != width:
        raise wrong_width(f"row {index} (counted from 0)", cells, width, index)
    row = []
    for column, cell in enumerate(line.removesuffix("\r").split(",")):
        place = f"row {index}, column {column} (counted from 0)"
        if not CSV_NUMBER.fullmatch(cell):
            raise invalid_cell(place, cell, index, column)
        value = float(cell)
        if not -FLOAT32_OVERFLOW < value < FLOAT32_OVERFLOW:
            raise invalid_cell(place, value, index, column)
        row.append(value)
    return row


def decoded(body: bytes, code: Code) -> str:
    """The text of a body in UTF-8 without a byte order mark; else RequestError of `code`."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(
            code, f"The body is not UTF-8: byte {error.start} is invalid."
        ) from error
    if text.startswith("\ufeff"):
        raise RequestError(code, "The body starts with a byte order mark. Send it without.")
    return text


def distinct_keys(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON, for `json.loads`; RequestError InvalidJson if a key is repeated."""
    document = dict(pairs)
    if len(document) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        repeated = next(key for key, count in counts.items() if count > 1)
        raise RequestError(Code.INVALID_JSON, f"Key {shown(repeated)} is repeated. Send it once.")
    return document


def check_size(body: bytes, width: int, *, opened: int, commas: int) -> None:
    """Refuse more arrays, objects or values than MAX_ROWS rows hold, before any of them is built.

    Built, they take some 20 times their text. opened: the most brackets that a valid body opens.
    commas: the most commas that it can have, and one more.
    """
    if body.count(b"[") + body.count(b"{") > opened or body.count(b",") >= commas:
        raise RequestError(
            Code.PAYLOAD_TOO_LARGE,
            f"More than {MAX_ROWS} rows of {width} numbers. Send them in several requests.",
        )


def check_count(rows: int) -> None:
    """Refuses no rows and more than MAX_ROWS. Raises RequestError."""
    if rows == 0:
        raise RequestError(Code.INVALID_REQUEST, "No rows. Send at least one.")
    if rows > MAX_ROWS:
        raise RequestError(
            Code.PAYLOAD_TOO_LARGE,
            f"{rows} rows. At most {MAX_ROWS} are allowed. Send them in several requests.",
        )


def wrong_width(place: str, seen: int, width: int, row: int) -> RequestError:
    """The refusal of a row that has not `width` values."""
    return RequestError(
        Code.INVALID_ROW, f"{place}: {seen} values. Send {width} numbers per row.", row=row
    )


def invalid_cell(place: str, value: object, row: int, column: int) -> RequestError:
    """The refusal of a cell that is no float32."""
    if isinstance(value, float) and not math.isnan(value):
        # Infinity is also how a number beyond double precision reads: its digits are gone.
        message = f"{place}: {shown(value)} is beyond float32. Send a number within +-3.4e38."
    else:
        message = f"{place}: {shown(value)} is not a number. Send a decimal number such as 5.1."
    return RequestError(Code.INVALID_CELL, message, row=row, column=column)
