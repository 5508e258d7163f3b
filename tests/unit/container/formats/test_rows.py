"""Rows in JSON and CSV: what is accepted, and how each mistake is named."""

import json
import math
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.errors import MAX_BODY_BYTES, RequestError
from container.formats.rows import MAX_ROWS, parse_csv, parse_json

PARSERS = [parse_json, parse_csv]

float32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
tables = st.lists(st.lists(float32, min_size=3, max_size=3), min_size=1, max_size=20)


def refusal(parse, body: bytes, width: int = 2) -> dict[str, object]:
    with pytest.raises(RequestError) as error:
        parse(body, width)
    refused: dict[str, object] = json.loads(error.value.to_json())["error"]
    return refused


def json_body(cell: str) -> bytes:
    return f'{{"instances": [[1, 2], [3, {cell}]]}}'.encode()


@given(tables)
def test_rows_survive_json(rows):
    assert parse_json(json.dumps({"instances": rows}).encode(), 3) == rows


@given(tables, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_rows_survive_csv(rows, newline, trailing):
    text = newline.join(",".join(map(repr, row)) for row in rows) + newline * trailing
    assert parse_csv(text.encode(), 3) == rows


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("instances"), inner),
)


@given(st.binary() | JSON_LIKE.map(lambda value: json.dumps({"instances": value}).encode()))
@pytest.mark.parametrize("parse", PARSERS)
def test_any_bytes_are_rows_or_a_small_refusal(parse, body):
    try:
        rows = parse(body, 2)
    except RequestError as error:
        refused = error.to_json()
        assert refused.startswith(b'{"error":{"code":"')
        assert refused.endswith(b"}}")
        assert len(refused) < MAX_BODY_BYTES
    else:
        assert rows
        assert all(len(row) == 2 and all(map(math.isfinite, row)) for row in rows)


@given(st.floats(allow_nan=False))
@pytest.mark.parametrize("parse", PARSERS)
def test_a_number_is_accepted_exactly_if_it_fits_float32(parse, value):
    body = repr(value) if parse is parse_csv else json.dumps({"instances": [[value]]})
    try:
        struct.pack("<f", value)
        fits = math.isfinite(value)
    except OverflowError:
        fits = False
    if fits:
        assert parse(body.encode(), 1) == [[value]]
    else:
        assert refusal(parse, body.encode(), 1)["code"] == "InvalidCell"


@pytest.mark.parametrize("sign", ["", "-"])
def test_the_last_number_before_float32_overflows_is_accepted(sign):
    assert parse_csv(f"{sign}3.4028235677973362e38".encode(), 1)
    assert refusal(parse_csv, f"{sign}3.4028235677973366e38".encode(), 1)["column"] == 0


JSON_CELLS = [
    ('"4"', '"4" is not a number. Send a decimal number such as 5.1.'),
    ("true", "true is not a number. Send a decimal number such as 5.1."),
    ("null", "null is not a number. Send a decimal number such as 5.1."),
    ("[4]", "an array of 1 is not a number. Send a decimal number such as 5.1."),
    ("{}", "an object is not a number. Send a decimal number such as 5.1."),
    ("NaN", "NaN is not a number. Send a decimal number such as 5.1."),
    ("-Infinity", "-Infinity is beyond float32. Send a number within +-3.4e38."),
    ("1e39", "1e+39 is beyond float32. Send a number within +-3.4e38."),
    ("1e999", "Infinity is beyond float32. Send a number within +-3.4e38."),
    ("1" * 5000, "Infinity is beyond float32. Send a number within +-3.4e38."),
]


@pytest.mark.parametrize(("cell", "message"), JSON_CELLS)
def test_a_wrong_cell_in_json_is_named_by_index(cell, message):
    assert refusal(parse_json, json_body(cell)) == {
        "code": "InvalidCell",
        "message": f"instances[1][1]: {message}",
        "row": 1,
        "column": 1,
    }


CSV_CELLS = ["", " 4", "x", '"4"', "NaN", "inf", "1_0", "0x1", "4\r", "\u0664", "4\x0b"]


@pytest.mark.parametrize("cell", CSV_CELLS)
def test_a_wrong_cell_in_csv_is_named_by_row_and_column(cell):
    assert refusal(parse_csv, f"1,2\n{cell},3".encode()) == {
        "code": "InvalidCell",
        "message": f"row 1, column 0 (counted from 0): {json.dumps(cell)} is not a number. "
        "Send a decimal number such as 5.1.",
        "row": 1,
        "column": 0,
    }


@pytest.mark.parametrize("cell", ["4 ", "4\t", "4\r\r"])
def test_blanks_at_the_end_of_a_csv_line_belong_to_its_last_cell(cell):
    refused = refusal(parse_csv, f"1,{cell}\n".encode())
    assert (refused["code"], refused["row"], refused["column"]) == ("InvalidCell", 0, 1)


def test_a_csv_number_beyond_float32_is_named():
    assert refusal(parse_csv, b"1,-1e39")["message"] == (
        "row 0, column 1 (counted from 0): -1e+39 is beyond float32. Send a number within +-3.4e38."
    )


ROWS = [
    (parse_json, b'{"instances": [[1, 2], [3]]}', "instances[1]: 1 values."),
    (parse_json, b'{"instances": [[1, 2], []]}', "instances[1]: 0 values."),
    (parse_csv, b"1,2\n3,4,5\n", "row 1 (counted from 0): 3 values."),
    (parse_csv, b"1,2\n\n3,4\n", "row 1 (counted from 0): 1 values."),
    (parse_csv, b"1,2\n\n", "row 1 (counted from 0): 1 values."),
]


@pytest.mark.parametrize(("parse", "body", "message"), ROWS)
def test_a_row_of_the_wrong_width_is_named(parse, body, message):
    assert refusal(parse, body) == {
        "code": "InvalidRow",
        "message": f"{message} Send 2 numbers per row.",
        "row": 1,
    }


def test_a_row_that_is_no_array_is_named():
    assert refusal(parse_json, b'{"instances": [[1, 2], 3]}') == {
        "code": "InvalidRow",
        "message": "instances[1]: 3.0 is not an array. Send 2 numbers.",
        "row": 1,
    }


SEND = 'Send {"instances": [[...], ...]}.'
ENVELOPES = [
    (b"[]", "InvalidRequest", f"The body is an array of 0, not an object. {SEND}"),
    (b"{}", "InvalidRequest", f'Key "instances" is missing. {SEND}'),
    (b'{"instances": {}}', "InvalidRequest", "instances: an object is not an array of rows."),
    (b'{"instances": []}', "InvalidRequest", "No rows. Send at least one."),
    (
        b'{"instances": [[1, 2]], "explain": 1}',
        "InvalidRequest",
        'Unknown key "explain". The only key allowed is "instances". Remove it.',
    ),
    (
        b'{"instances": [[1, 2]], "instances": [[3, 4]]}',
        "InvalidJson",
        'Key "instances" is repeated. Send it once.',
    ),
    (b"", "InvalidJson", "The body is not JSON: Expecting value at line 1, column 1."),
    (b'{"a":\n}', "InvalidJson", "The body is not JSON: Expecting value at line 2, column 1."),
    (b"[" * 5_000, "InvalidJson", "The body is nested too deeply."),
    (b'{"a":' * 5_000, "InvalidJson", "The body is nested too deeply."),
    (b'"\xff"', "InvalidJson", "The body is not UTF-8: byte 1 is invalid."),
    (
        b"\xef\xbb\xbf{}",
        "InvalidJson",
        "The body starts with a byte order mark. Send it without.",
    ),
]


@pytest.mark.parametrize(("body", "code", "message"), ENVELOPES)
def test_a_wrong_envelope_is_explained(body, code, message):
    assert refusal(parse_json, body) == {"code": code, "message": message}


CSV_BODIES = [
    (b"", "No rows. Send at least one."),
    (b"1,\xff", "The body is not UTF-8: byte 2 is invalid."),
    (b"\xef\xbb\xbf1,2", "The body starts with a byte order mark. Send it without."),
]


@pytest.mark.parametrize(("body", "message"), CSV_BODIES)
def test_a_csv_body_that_holds_no_rows_is_explained(body, message):
    assert refusal(parse_csv, body) == {"code": "InvalidRequest", "message": message}


TOO_MANY = [
    (parse_csv, lambda rows: b"1,2\n" * rows, "10001 rows. At most 10000 are allowed."),
    (
        parse_json,
        lambda rows: b'{"instances": [[1,2]' + b",[1,2]" * (rows - 1) + b"]}",
        "More than 10000 rows of 2 numbers.",
    ),
]


@pytest.mark.parametrize(("parse", "body", "message"), TOO_MANY)
def test_one_row_more_than_allowed_is_too_many(parse, body, message):
    assert len(parse(body(MAX_ROWS), 2)) == MAX_ROWS
    assert refusal(parse, body(MAX_ROWS + 1)) == {
        "code": "PayloadTooLarge",
        "message": f"{message} Send them in several requests.",
    }


def test_rows_that_are_no_arrays_are_counted_too():
    assert refusal(parse_json, b'{"instances": [1' + b",1" * MAX_ROWS + b"]}")["message"] == (
        "10001 rows. At most 10000 are allowed. Send them in several requests."
    )


LARGE_BYTES = 6_000_000
LARGE = [
    (parse_json, b'{"instances": [[[]]%s]}', b",[[]]", "PayloadTooLarge"),
    (parse_json, b'{"instances": [[10%s]]}', b",10", "PayloadTooLarge"),
    (parse_json, b'{"instances": [[%s]]}', b'{"":', "PayloadTooLarge"),
    (parse_csv, b"10%s", b",10", "InvalidRow"),
    (parse_csv, b"10%s", b"\n10", "PayloadTooLarge"),
]


@pytest.mark.parametrize(("parse", "body", "repeated", "code"), LARGE)
def test_a_large_body_is_refused_before_anything_is_built_of_it(parse, body, repeated, code):
    large = body % (repeated * (LARGE_BYTES // len(repeated)))
    tracemalloc.start()
    try:
        refused = refusal(parse, large)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused["code"] == code
    assert peak_bytes < 3 * LARGE_BYTES
