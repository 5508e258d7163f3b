"""Parses CSV into rows, strictly: what is not meant is refused, by place.

https://www.rfc-editor.org/rfc/rfc4180, except that no cell holds the end of a line.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from container.errors import Code, RequestError, shown
from container.formats.rows import (
    CSV_NUMBER,
    FLOAT32_OVERFLOW,
    Row,
    check_count,
    decoded,
    in_line,
    invalid_cell,
    wrong_width,
)
from container.signature import NEVER_SEEN, Signature

CELL = re.compile(r'("(?:[^"]++|"")*+"|[^",]*+)(,|\Z)')
"""A cell as it is written, and what ends it. Possessive: every character is read once."""


def parse_csv(body: bytes, signature: Signature) -> list[Row]:
    r"""Rows of a body that has one on each line (\n or \r\n), under a header or not.

    A first line that holds no number is a header: the features' names in any order, which is that
    of the columns. Where no feature is a number, it is a header only if it is exactly the names.
    Numbers are never quoted. Raises RequestError: InvalidRequest (not UTF-8, no rows, another
    header), PayloadTooLarge (more than MAX_ROWS), InvalidRow or InvalidCell.
    """
    if not body:
        check_count(0)
    text = decoded(body, Code.INVALID_REQUEST).removesuffix("\n")
    # Not splitlines: it also splits at form feeds and other characters that end no CSV line.
    lines = text.count("\n") + 1
    order = _header(text[: text.find("\n")] if lines > 1 else text, signature)
    if order is None:
        check_count(lines)
        return _rows(text.split("\n"), signature, range(len(signature.features)))
    check_count(lines - 1)
    rows = _rows(text.split("\n")[1:], signature, order)
    # Where each of the model's columns stands in a line.
    places = sorted(range(len(order)), key=order.__getitem__)
    return [[row[place] for place in places] for row in rows]


def _header(line: str, signature: Signature) -> list[int] | None:
    """Which feature each column of the body is; None if the line is no header.

    Raises RequestError if it is one that does not name every feature once.
    """
    # One more than there are names is unknown or repeated: it decides.
    cells = list(islice(_cells(line.removesuffix("\r"), 0), len(signature.features) + 1))
    if any(map(CSV_NUMBER.fullmatch, cells)):
        return None
    index = {name: place for place, name in enumerate(signature.names)}
    names = list(map(_text, cells))
    if None not in signature.codes and sorted(names) != sorted(index):
        return None
    faults = [f"{shown(name)} is no feature of the model" for name in names if name not in index]
    times = Counter(names)
    faults += [f"{shown(name)} is repeated" for name in names if times[name] > 1]
    faults += [f"feature {shown(name)} is missing" for name in index if not times[name]]
    if faults:
        raise RequestError(
            Code.INVALID_REQUEST,
            f"The first line holds no number, so it is a header, and {faults[0]}. "
            "Name every feature once, or send rows alone.",
        )
    return [index[name] for name in names]


def _rows(lines: Sequence[str], signature: Signature, order: Sequence[int]) -> list[Row]:
    """Rows in the order of their columns; order: which feature each column is."""
    codes = [signature.codes[feature] for feature in order]
    rows = []
    for index, line in enumerate(lines):
        row: Row = []
        for column, cell in enumerate(_row_cells(line.removesuffix("\r"), index, len(codes))):
            known = codes[column]
            if known is not None:
                row.append(known.get(_text(cell), NEVER_SEEN))
                continue
            if not CSV_NUMBER.fullmatch(cell):
                raise invalid_cell(in_line(index, column), cell, index, column)
            value = float(cell)
            if not -FLOAT32_OVERFLOW < value < FLOAT32_OVERFLOW:
                raise invalid_cell(in_line(index, column), value, index, column)
            row.append(value)
        rows.append(row)
    return rows


def _row_cells(line: str, index: int, width: int) -> list[str]:
    # Counted first: cells take up to 20 times their text, and one line may be all of the body.
    quoted = '"' in line
    seen = sum(1 for _ in _cells(line, index)) if quoted else line.count(",") + 1
    if seen != width:
        raise wrong_width(in_line(index), seen, width, index)
    return list(_cells(line, index)) if quoted else line.split(",")


def _cells(line: str, index: int) -> Iterator[str]:
    """The cells of a line as they are written, with their quotation marks."""
    start, more = 0, True
    while more:
        cell = CELL.match(line, start)
        if cell is None:
            raise RequestError(
                Code.INVALID_ROW,
                f"{in_line(index)}: a quotation mark stands inside a cell or is not closed. "
                'Send "" for one inside a cell, and the cell between two more.',
                row=index,
            )
        yield cell[1]
        start, more = cell.end(), cell[2] == ","


def _text(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
