"""Rows in CSV: headers, quotes, categories, and how each mistake is named."""

import csv
import io
import json
import math
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.formats.csv_rows import parse_csv
from container.formats.rows import MAX_ROWS
from container.signature import NEVER_SEEN
from tests.unit.container.formats.samples import (
    COLOURS,
    LARGE_BYTES,
    MIXED,
    PAIR,
    TEXTS,
    float32,
    numbers,
    refusal,
    rows_or_refused,
    tables,
)

NAMES = ("a", "b,c", 'd "e"')


def written(rows, newline="\n", quoting=csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=newline, quoting=quoting).writerows(rows)
    return text.getvalue()


@given(tables(3), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_rows_survive(rows, newline, trailing):
    text = newline.join(",".join(map(repr, row)) for row in rows) + newline * trailing
    assert parse_csv(text.encode(), numbers(*NAMES)) == rows


@given(tables(3), st.permutations(range(3)), st.sampled_from(["\n", "\r\n"]))
def test_a_header_orders_the_columns(rows, order, newline):
    table = [[NAMES[place] for place in order]] + [[row[place] for place in order] for row in rows]
    # Texts in quotes, numbers without: as pandas writes them.
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC):
        assert parse_csv(written(table, newline, quoting).encode(), numbers(*NAMES)) == rows


HEADERS = [
    ("a,c", 'and "c" is no feature of the model.'),
    ("a,a", 'and "a" is repeated.'),
    ("a", 'and feature "b" is missing.'),
    ("a,b,a", 'and "a" is repeated.'),
    ("A,b", 'and "A" is no feature of the model.'),
    ("", 'and "" is no feature of the model.'),
    ("nan,", 'and "nan" is no feature of the model.'),
]


@pytest.mark.parametrize(("header", "fault"), HEADERS)
def test_a_header_that_does_not_name_each_feature_once_is_refused_by_name(header, fault):
    assert refusal(parse_csv, f"{header}\n1,2\n".encode(), PAIR) == {
        "code": "InvalidRequest",
        "message": f"The first line holds no number, so it is a header, {fault} "
        "Name every feature once, or send rows alone.",
    }


def test_names_that_are_numbers_are_a_row():
    assert parse_csv(b"1,2\n3,4\n", numbers("1", "2")) == [[1, 2], [3, 4]]


def test_rows_under_a_header_are_counted_without_it():
    refused = refusal(parse_csv, b"b,a\n1,2\n3,x\n", PAIR)
    assert refused["message"] == (
        'row 1, column 1 (counted from 0): "x" is not a number. Send a decimal number such as 5.1.'
    )


@given(st.lists(st.tuples(float32, st.sampled_from(COLOURS)), min_size=1), st.booleans())
def test_texts_become_the_index_of_their_category(cells, header):
    table = [[size, colour, "0"] for size, colour in cells]
    body = written([list(MIXED.names), *table] if header else table).encode()
    assert parse_csv(body, MIXED) == [[size, COLOURS.index(colour), 0] for size, colour in cells]


@pytest.mark.parametrize("text", ["Red", "", " red", '"red "', "\u20ac"])
def test_a_text_of_no_category_was_never_seen(text):
    assert parse_csv(f"1,{text},0".encode(), MIXED) == [[1, NEVER_SEEN, 0]]


def test_where_all_are_texts_only_the_exact_names_are_a_header():
    assert parse_csv(b"shape,colour\n0,red", TEXTS) == [[0, 0]]
    assert parse_csv(b"shape,color\n0,red", TEXTS) == [[NEVER_SEEN, NEVER_SEEN]] * 2


@pytest.mark.parametrize("line", ['1,"red,0', '1,r"ed,0', '1,"red"x,0', '"'])
def test_a_quotation_mark_that_does_not_enclose_a_cell_is_refused(line):
    assert refusal(parse_csv, f"2,red,0\n{line}".encode(), MIXED) == {
        "code": "InvalidRow",
        "message": "row 1 (counted from 0): a quotation mark stands inside a cell or is not "
        'closed. Send "" for one inside a cell, and the cell between two more.',
        "row": 1,
    }


@given(st.binary() | st.text(st.sampled_from('ab12.,"\n\r-e ')).map(str.encode))
@pytest.mark.parametrize("signature", [PAIR, MIXED, TEXTS])
def test_any_bytes_are_rows_or_a_small_refusal(signature, body):
    rows = rows_or_refused(parse_csv, body, signature)
    if rows is not None:
        assert rows
        width = len(signature.features)
        assert all(len(row) == width and all(map(math.isfinite, row)) for row in rows)


@given(st.floats(allow_nan=False))
def test_a_number_is_accepted_exactly_if_it_fits_float32(value):
    try:
        struct.pack("<f", value)
        fits = math.isfinite(value)
    except OverflowError:
        fits = False
    body = f"1,{value!r}".encode()
    if fits:
        assert parse_csv(body, PAIR) == [[1, value]]
    else:
        assert refusal(parse_csv, body, PAIR)["code"] == "InvalidCell"


@pytest.mark.parametrize("sign", ["", "-"])
def test_the_last_number_before_float32_overflows_is_accepted(sign):
    assert parse_csv(f"{sign}3.4028235677973362e38".encode(), numbers("a"))
    refused = refusal(parse_csv, f"{sign}3.4028235677973366e38".encode(), numbers("a"))
    assert refused["column"] == 0


CELLS = ["", " 4", "x", '"4"', "NaN", "inf", "1_0", "0x1", "4\r", "\u0664", "4\x0b"]


@pytest.mark.parametrize("cell", CELLS)
def test_a_wrong_cell_is_named_by_row_and_column(cell):
    assert refusal(parse_csv, f"1,2\n{cell},3".encode(), PAIR) == {
        "code": "InvalidCell",
        "message": f"row 1, column 0 (counted from 0): {json.dumps(cell)} is not a number. "
        "Send a decimal number such as 5.1.",
        "row": 1,
        "column": 0,
    }


@pytest.mark.parametrize("cell", ["4 ", "4\t", "4\r\r"])
def test_blanks_at_the_end_of_a_line_belong_to_its_last_cell(cell):
    refused = refusal(parse_csv, f"1,{cell}\n".encode(), PAIR)
    assert (refused["code"], refused["row"], refused["column"]) == ("InvalidCell", 0, 1)


def test_a_number_beyond_float32_is_named():
    assert refusal(parse_csv, b"1,-1e39", PAIR)["message"] == (
        "row 0, column 1 (counted from 0): -1e+39 is beyond float32. Send a number within +-3.4e38."
    )


ROWS = [
    (b"1,2\n3,4,5\n", PAIR, "3 values. Send 2 per row."),
    (b"1,2\n\n3,4\n", PAIR, "1 values. Send 2 per row."),
    (b"1,2\n\n", PAIR, "1 values. Send 2 per row."),
    (b'1,red,0\n1,"a,b"\n', MIXED, "2 values. Send 3 per row."),
    (b'1,red,0\n1,"a,b",0,1\n', MIXED, "4 values. Send 3 per row."),
]


@pytest.mark.parametrize(("body", "signature", "message"), ROWS)
def test_a_row_of_the_wrong_width_is_named(body, signature, message):
    assert refusal(parse_csv, body, signature) == {
        "code": "InvalidRow",
        "message": f"row 1 (counted from 0): {message}",
        "row": 1,
    }


BODIES = [
    (b"", "No rows. Send at least one."),
    (b"a,b\n", "No rows. Send at least one."),
    (b"1,\xff", "The body is not UTF-8: byte 2 is invalid."),
    (b"\xef\xbb\xbf1,2", "The body starts with a byte order mark. Send it without."),
]


@pytest.mark.parametrize(("body", "message"), BODIES)
def test_a_body_that_holds_no_rows_is_explained(body, message):
    assert refusal(parse_csv, body, PAIR) == {"code": "InvalidRequest", "message": message}


@pytest.mark.parametrize("header", [b"", b"b,a\n"])
def test_one_row_more_than_allowed_is_too_many(header):
    assert len(parse_csv(header + b"1,2\n" * MAX_ROWS, PAIR)) == MAX_ROWS
    assert refusal(parse_csv, header + b"1,2\n" * (MAX_ROWS + 1), PAIR) == {
        "code": "PayloadTooLarge",
        "message": "10001 rows. At most 10000 are allowed. Send them in several requests.",
    }


LARGE = [
    (b",10", PAIR, "InvalidRow"),
    (b"\n10", PAIR, "PayloadTooLarge"),
    (b",x", PAIR, "InvalidRow"),
    (b',""', MIXED, "InvalidRow"),
    (b'""', MIXED, "InvalidRow"),
]


@pytest.mark.parametrize("first", [b"10", b'"x"'])
@pytest.mark.parametrize(("repeated", "signature", "code"), LARGE)
def test_a_large_body_is_refused_before_anything_is_built_of_it(first, repeated, signature, code):
    body = first + repeated * (LARGE_BYTES // len(repeated))
    tracemalloc.start()
    try:
        refused = refusal(parse_csv, body, signature)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused["code"] in {code, "InvalidRequest"}
    assert peak_bytes < 3 * LARGE_BYTES
