"""Reads rows from NumPy's array files and writes probabilities as one, without NumPy.

https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import re
from array import array
from collections.abc import Sequence
from itertools import chain

from container.errors import Code, RequestError, shown
from container.formats.rows import (
    FLOAT32_OVERFLOW,
    Row,
    all_float32,
    check_count,
    in_line,
    invalid_cell,
    wrong_width,
)
from container.signature import NEVER_SEEN, Signature

MAGIC = b"\x93NUMPY"

LENGTH_BYTES = {(1, 0): 2, (2, 0): 4, (3, 0): 4}
"""By version of the format, how many bytes say how long the header is."""

HEADER = re.compile(
    r"\{\s*+'descr'\s*+:\s*+'(?P<type>[^']{1,8})'\s*+,"
    r"\s*+'fortran_order'\s*+:\s*+(?P<fortran>True|False)\s*+,"
    r"\s*+'shape'\s*+:\s*+\((?P<first>[0-9]{1,18})\s*+,\s*+(?:(?P<second>[0-9]{1,18}),?+\s*+)?\)"
    r"\s*+,?+\s*+\}\s*+"
)
"""The header of one dimension or two, its keys in the order of the alphabet as in every writer.

Not ast.literal_eval, which a header can make warn, or recurse too deeply.
"""

TYPE_CODES = {
    "<f4": "f",
    "<f8": "d",
    "|i1": "b",
    "<i2": "h",
    "<i4": "i",
    "<i8": "q",
    "|u1": "B",
    "<u2": "H",
    "<u4": "I",
    "<u8": "Q",
}
"""Types of numbers and what the array module calls them on processors of this byte order."""

SEND = "Send what numpy.save writes of an array of float32, (rows, features)."

ALIGNMENT = 64
"""The numbers of a written file begin at a multiple of these bytes, as the format asks."""


def parse_npy(body: bytes, signature: Signature) -> list[Row]:
    """Rows of an array (rows, features), or (features,) for one; ints stay ints.

    Little-endian numbers in the order of C or of Fortran. A column that has categories holds
    their index, NEVER_SEEN for another. Raises RequestError: InvalidRequest (no such array),
    PayloadTooLarge (more than MAX_ROWS), InvalidRow or InvalidCell.
    """
    header, start = _header(body)
    form = HEADER.fullmatch(header)
    if form is None:
        raise _no_array(f"its header is {shown(header)}")
    code = TYPE_CODES.get(form["type"])
    if code is None:
        raise _no_array(f"its type is {shown(form['type'])}. Allowed: {', '.join(TYPE_CODES)}")
    shape = (form["first"], form["second"]) if form["second"] else (1, form["first"])
    rows, seen = map(int, shape)
    width = len(signature.features)
    check_count(rows)
    if seen != width:
        raise wrong_width(in_line(0), seen, width, 0)
    expected = rows * width * array(code).itemsize
    if len(body) - start != expected:
        raise _no_array(f"{len(body) - start} bytes follow its header, not {expected}")
    numbers: Row = list(array(code, body[start:]))
    if form["fortran"] == "True":
        table = [list(row) for row in zip(*_parts(numbers, rows), strict=True)]
    else:
        table = _parts(numbers, width)
    if not signature.numeric or not all_float32(numbers):
        _check_cells(table, signature)
    return table


def _header(body: bytes) -> tuple[str, int]:
    """The header, and where what follows it starts."""
    version = tuple(body[6:8])
    if not body.startswith(MAGIC) or version not in LENGTH_BYTES:
        raise _no_array("it does not begin as one of version 1.0 to 3.0")
    begin = 8 + LENGTH_BYTES[version]
    end = begin + int.from_bytes(body[8:begin], "little")
    # A header of ours is ASCII; what is not fails the comparison, in whatever encoding.
    return body[begin:end].decode("latin-1"), end


def _parts(numbers: Row, size: int) -> list[Row]:
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]


def _check_cells(rows: Sequence[Row], signature: Signature) -> None:
    for index, row in enumerate(rows):
        for column, (value, codes) in enumerate(zip(row, signature.codes, strict=True)):
            # NaN fails the comparison.
            if not -FLOAT32_OVERFLOW < value < FLOAT32_OVERFLOW:
                raise invalid_cell(in_line(index, column), value, index, column)
            if codes is not None and (value % 1 or not NEVER_SEEN <= value < len(codes)):
                raise RequestError(
                    Code.INVALID_CELL,
                    # Not how many there are: that is training data, and not for all who may call.
                    f"{in_line(index, column)}: {shown(value)} is no index of a category. "
                    "Send one, or -1.",
                    row=index,
                    column=column,
                )


def _no_array(reason: str) -> RequestError:
    return RequestError(
        Code.INVALID_REQUEST, f"The body is no NPY file of numbers: {reason}. {SEND}"
    )


def npy(matrix: Sequence[Sequence[float]]) -> bytes:
    """A file of float64, in version 1.0; matrix: (rows, columns), at least one row."""
    shape = f"({len(matrix)}, {len(matrix[0])})"
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    begin = len(MAGIC) + 4
    length = -(-(begin + len(header) + 1) // ALIGNMENT) * ALIGNMENT - begin
    padded = header.ljust(length - 1).encode() + b"\n"
    numbers = array("d", chain.from_iterable(matrix)).tobytes()
    return b"%b\x01\x00%b%b%b" % (MAGIC, length.to_bytes(2, "little"), padded, numbers)
