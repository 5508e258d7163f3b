"""What rows are, whatever their format, and how those that are none are refused, by place.

Rows and columns are counted from 0, in the messages as in the errors' `row` and `column`.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from container.errors import Code, RequestError, shown

MAX_ROWS = 10_000
"""Rows in one request: bounds the memory and the time that one takes."""

FLOAT32_OVERFLOW = 2.0**128 * (1 - 2.0**-25)
"""The smallest number that rounds to infinity in float32, the type the model takes."""

CSV_NUMBER = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
"""Possessive: a long run of digits that ends wrongly is read once, not from each of its ends."""

NO_OVERFLOW = 1e38
"""A norm below it proves that nothing overflows, itself however it was rounded."""

Row = list[float]
"""What a model gets: numbers within float32, and for a category its index or NEVER_SEEN."""


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
            f"More than {MAX_ROWS} rows of {width} values. Send them in several requests.",
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


def all_float32(numbers: Iterable[float]) -> bool:
    """Whether all are surely finite in float32; False where they may be, by far the rarer case.

    One call in C in place of two comparisons for each number: no number is larger than the norm
    of all, and NaN is below nothing.
    """
    return math.hypot(*numbers) < NO_OVERFLOW


def in_line(row: int, column: int | None = None) -> str:
    """How messages name a row, or a cell of it, in the formats that have one row on each line."""
    return f"row {row}{'' if column is None else f', column {column}'} (counted from 0)"


def wrong_width(place: str, seen: int, width: int, row: int) -> RequestError:
    """The refusal of a row that has not `width` values."""
    return RequestError(Code.INVALID_ROW, f"{place}: {seen} values. Send {width} per row.", row=row)


def invalid_cell(place: str, value: object, row: int, column: int) -> RequestError:
    """The refusal of a cell that is no float32."""
    if isinstance(value, float) and not math.isnan(value):
        # Infinity is also how a number beyond double precision reads: its digits are gone.
        message = f"{place}: {shown(value)} is beyond float32. Send a number within +-3.4e38."
    else:
        message = f"{place}: {shown(value)} is not a number. Send a decimal number such as 5.1."
    return RequestError(Code.INVALID_CELL, message, row=row, column=column)
