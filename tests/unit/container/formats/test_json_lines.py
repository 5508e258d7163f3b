"""Rows in JSON Lines: arrays and records, and how each mistake is named."""

import json
import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.formats.json_lines import parse_json_lines
from container.formats.rows import MAX_ROWS
from container.signature import NEVER_SEEN
from tests.unit.container.formats.samples import (
    LARGE_BYTES,
    MIXED,
    PAIR,
    numbers,
    refusal,
    rows_or_refused,
    tables,
)

FEATURES = ("width", "a,b", "[c{")
ROW = dict(zip(FEATURES, (1, 2, 3), strict=True))

SIGNATURE = numbers(*FEATURES)


def refused_lines(body: bytes, signature=SIGNATURE) -> dict[str, object]:
    return refusal(parse_json_lines, body, signature)


@given(tables(3), st.data(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_arrays_and_records_in_any_order_of_keys_survive(rows, data, newline, trailing):
    lines = []
    for row in rows:
        record = data.draw(st.permutations(list(zip(FEATURES, row, strict=True))))
        lines.append(json.dumps(data.draw(st.sampled_from([row, dict(record)]))))
    body = newline.join(lines) + newline * trailing
    assert parse_json_lines(body.encode(), SIGNATURE) == rows


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(FEATURES), inner),
)


@given(st.binary() | st.lists(JSON.map(json.dumps)).map(lambda lines: "\n".join(lines).encode()))
def test_any_bytes_are_rows_or_a_small_refusal(body):
    rows = rows_or_refused(parse_json_lines, body, SIGNATURE)
    if rows is not None:
        assert rows
        assert all(len(row) == 3 and all(map(math.isfinite, row)) for row in rows)


def test_texts_become_the_index_of_their_category():
    body = b'[1,"green","0"]\n{"shape":"1","colour":"red","size":2}\n'
    assert parse_json_lines(body, MIXED) == [[1, 1, 0], [2, 0, NEVER_SEEN]]
    refused = refusal(parse_json_lines, b'[1,2,"0"]', MIXED)
    assert refused["message"] == (
        "row 0, column 1 (counted from 0): 2.0 is not a text. Send a text."
    )


PLACE = "row 1 (counted from 0)"
LINES = [
    ("", "InvalidJson", f"{PLACE}: not JSON: Expecting value at column 1."),
    ("[1,2,3] [1,2,3]", "InvalidJson", f"{PLACE}: not JSON: Extra data at column 9."),
    ("[" * 3000, "InvalidJson", f"{PLACE}: nested too deeply."),
    ('{"width":1,"width":1}', "InvalidJson", f'{PLACE}: Key "width" is repeated. Send it once.'),
    ("5", "InvalidRow", f"{PLACE}: 5.0 is neither an array nor an object. Send 3 values."),
    ("[1,2]", "InvalidRow", f"{PLACE}: 2 values. Send 3 per row."),
    (
        '{"width":1,"a,b":2}',
        "InvalidRow",
        f'{PLACE}: feature "[c{{" is missing. Send every feature once.',
    ),
    (
        json.dumps({**ROW, "height": 1}),
        "InvalidRow",
        f'{PLACE}: "height" is no feature of the model. Remove it.',
    ),
]


@pytest.mark.parametrize(("line", "code", "message"), LINES)
def test_a_wrong_line_is_named_by_its_row(line, code, message):
    body = f"[1,2,3]\n{line}\n[1,2,3]\n".encode()
    assert refused_lines(body) == {"code": code, "message": message, "row": 1}


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("null", "null is not a number. Send a decimal number such as 5.1."),
        ('"4"', '"4" is not a number. Send a decimal number such as 5.1.'),
        ("NaN", "NaN is not a number. Send a decimal number such as 5.1."),
        ("1e39", "1e+39 is beyond float32. Send a number within +-3.4e38."),
    ],
)
@pytest.mark.parametrize("line", ["[1,2,%s]", '{"[c{":%s,"a,b":2,"width":1}'])
def test_a_wrong_cell_is_named_by_row_and_place_among_the_features(line, cell, message):
    assert refused_lines(line.replace("%s", cell).encode()) == {
        "code": "InvalidCell",
        "message": f"row 0, column 2 (counted from 0): {message}",
        "row": 0,
        "column": 2,
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "No rows. Send at least one."),
        (b"[1,\xff", "The body is not UTF-8: byte 3 is invalid."),
        (b"\xef\xbb\xbf[1]", "The body starts with a byte order mark. Send it without."),
    ],
)
def test_a_body_that_holds_no_rows_is_explained(body, message):
    assert refused_lines(body) == {"code": "InvalidRequest", "message": message}


@pytest.mark.parametrize("line", ["[1,2,3]", json.dumps(ROW)])
def test_one_row_more_than_allowed_is_too_many(line):
    rows = f"{line}\n" * MAX_ROWS
    assert len(parse_json_lines(rows.encode(), SIGNATURE)) == MAX_ROWS
    assert refused_lines(f"{rows}{line}".encode())["code"] == "PayloadTooLarge"


@pytest.mark.parametrize("repeated", [b",10", b"[[],", b'{"":', b"\n1"])
def test_a_large_body_is_refused_before_anything_is_built_of_it(repeated):
    body = b"[10" + repeated * (LARGE_BYTES // len(repeated))
    tracemalloc.start()
    try:
        refused = refused_lines(body, PAIR)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused["code"] == "PayloadTooLarge"
    assert peak_bytes < 3 * LARGE_BYTES
