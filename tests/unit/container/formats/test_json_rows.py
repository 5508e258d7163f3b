"""Rows in JSON: arrays and records, the envelope, and how each mistake is named."""

import json
import math
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.formats.json_rows import checked_rows, parse_json
from container.formats.rows import MAX_ROWS
from container.predictions import Extra
from container.signature import NEVER_SEEN
from tests.unit.container.formats.samples import (
    COLOURS,
    LARGE_BYTES,
    MIXED,
    PAIR,
    float32,
    numbers,
    refusal,
    rows_or_refused,
    tables,
)

NAMES = ("width", "a,b", "[c{")


def refused_json(body: bytes, signature=PAIR) -> dict[str, object]:
    return refusal(parse_json, body, signature)


def json_body(cell: str) -> bytes:
    return f'{{"instances": [[1, 2], [3, {cell}]]}}'.encode()


@given(tables(3), st.data())
def test_arrays_and_records_in_any_order_of_keys_survive(rows, data):
    instances = []
    for row in rows:
        record = data.draw(st.permutations(list(zip(NAMES, row, strict=True))))
        instances.append(data.draw(st.sampled_from([row, dict(record)])))
    body = json.dumps({"instances": instances}).encode()
    assert parse_json(body, numbers(*NAMES)) == (rows, frozenset())


@given(st.lists(st.tuples(float32, st.sampled_from(COLOURS)), min_size=1), st.booleans())
def test_texts_become_the_index_of_their_category(cells, records):
    arrays = [[size, colour, "0"] for size, colour in cells]
    as_records = [dict(zip(MIXED.names, row, strict=True)) for row in arrays]
    instances = as_records if records else arrays
    assert checked_rows(instances, MIXED) == [[s, COLOURS.index(c), 0] for s, c in cells]


@pytest.mark.parametrize("text", ["Red", "", " red"])
def test_a_text_of_no_category_was_never_seen(text):
    assert checked_rows([[1.0, text, "0"]], MIXED) == [[1, NEVER_SEEN, 0]]


@pytest.mark.parametrize(
    ("instance", "column", "message"),
    [
        ([1.0, 2.0, "0"], 1, "2.0 is not a text. Send a text."),
        ([1.0, None, "0"], 1, "null is not a text. Send a text."),
        (
            {"size": 1.0, "colour": "red", "shape": 0.0},
            2,
            "0.0 is not a text. Send a text.",
        ),
        (["red", "red", "0"], 0, '"red" is not a number. Send a decimal number such as 5.1.'),
    ],
)
def test_a_cell_of_the_other_kind_is_named(instance, column, message):
    assert refusal(checked_rows, [[1.0, "red", "0"], instance], MIXED) == {
        "code": "InvalidCell",
        "message": f"instances[1][{column}]: {message}",
        "row": 1,
        "column": column,
    }


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(COLOURS),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(MIXED.names), inner)
    ),
)
BODIES = JSON_LIKE | st.fixed_dictionaries(
    {"instances": JSON_LIKE}, optional={"include": JSON_LIKE, "more": JSON_LIKE}
)


@given(st.binary() | BODIES.map(lambda value: json.dumps(value).encode()))
@pytest.mark.parametrize("signature", [PAIR, MIXED])
def test_any_bytes_are_rows_or_a_small_refusal(signature, body):
    parsed = rows_or_refused(parse_json, body, signature)
    if parsed is not None:
        rows, include = parsed
        assert rows
        assert include <= set(Extra)
        width = len(signature.features)
        assert all(len(row) == width and all(map(math.isfinite, row)) for row in rows)


@given(st.floats(allow_nan=False))
def test_a_number_is_accepted_exactly_if_it_fits_float32(value):
    try:
        struct.pack("<f", value)
        fits = math.isfinite(value)
    except OverflowError:
        fits = False
    body = json.dumps({"instances": [[value]]}).encode()
    if fits:
        assert parse_json(body, numbers("a"))[0] == [[value]]
    else:
        assert refused_json(body, numbers("a"))["code"] == "InvalidCell"


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
    assert refused_json(json_body(cell)) == {
        "code": "InvalidCell",
        "message": f"instances[1][1]: {message}",
        "row": 1,
        "column": 1,
    }


ROWS = [
    ("[3]", "1 values. Send 2 per row."),
    ("[]", "0 values. Send 2 per row."),
    ("3", "3.0 is neither an array nor an object. Send 2 values."),
    ('{"a": 3}', 'feature "b" is missing. Send every feature once.'),
    ('{"a": 3, "b": 4, "d": 5, "c": 6}', '"d" is no feature of the model. Remove it.'),
]


@pytest.mark.parametrize(("row", "message"), ROWS)
def test_a_row_of_another_shape_is_named(row, message):
    assert refused_json(f'{{"instances": [[1, 2], {row}]}}'.encode()) == {
        "code": "InvalidRow",
        "message": f"instances[1]: {message}",
        "row": 1,
    }


@pytest.mark.parametrize(
    "asked", [[], ["set"], ["intervals", "contributions", "set"], ["set", "set"]]
)
def test_extras_are_asked_for_in_the_body(asked):
    body = json.dumps({"instances": [[1, 2]], "include": asked}).encode()
    assert parse_json(body, PAIR) == ([[1, 2]], frozenset(map(Extra, asked)))


SEND = 'Send {"instances": [[...], ...]}.'
ENVELOPES = [
    (b"[]", "InvalidRequest", f"The body is an array of 0, not an object. {SEND}"),
    (b"{}", "InvalidRequest", f'Key "instances" is missing. {SEND}'),
    (b'{"instances": {}}', "InvalidRequest", "instances: an object is not an array of rows."),
    (b'{"instances": []}', "InvalidRequest", "No rows. Send at least one."),
    (
        b'{"instances": [[1, 2]], "explain": 1}',
        "InvalidRequest",
        'Unknown key "explain". Allowed are "instances" and "include". Remove it.',
    ),
    (
        b'{"instances": [[1, 2]], "include": "set"}',
        "InvalidRequest",
        'include: "set" is not an array. Send an array of contributions, set, intervals.',
    ),
    (
        b'{"instances": [[1, 2]], "include": ["set", "x"]}',
        "InvalidRequest",
        'include: "x" is unknown. Allowed: contributions, set, intervals.',
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
    assert refused_json(body) == {"code": code, "message": message}


@pytest.mark.parametrize(
    ("row", "signature"),
    [
        ("[1,2]", PAIR),
        ('{"a,b":1,"[{":2}', numbers("a,b", "[{")),
        ('[1,"a,b[{","0"]', MIXED),
    ],
)
def test_one_row_more_than_allowed_is_too_many(row, signature):
    rows = [row] * MAX_ROWS
    include = f'"include":{json.dumps(list(Extra))}'
    body = f'{{"instances":[{",".join(rows)}],{include}}}'.encode()
    assert len(parse_json(body, signature)[0]) == MAX_ROWS
    body = f'{{"instances":[{",".join([*rows, row])}]}}'.encode()
    assert refused_json(body, signature)["code"] == "PayloadTooLarge"


def test_rows_that_are_no_arrays_are_counted_too():
    assert refused_json(b'{"instances": [1' + b",1" * MAX_ROWS + b"]}")["message"] == (
        "10001 rows. At most 10000 are allowed. Send them in several requests."
    )


LARGE = [
    (b'{"instances": [[[]]%s]}', b",[[]]"),
    (b'{"instances": [[10%s]]}', b",10"),
    (b'{"instances": [[%s]]}', b'{"":'),
    (b'{"instances": [[1,2]], "include": ["set"%s]}', b',"set"'),
]


@pytest.mark.parametrize(("body", "repeated"), LARGE)
def test_a_large_body_is_refused_before_anything_is_built_of_it(body, repeated):
    large = body % (repeated * (LARGE_BYTES // len(repeated)))
    tracemalloc.start()
    try:
        refused = refused_json(large)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused == {
        "code": "PayloadTooLarge",
        "message": "More than 10000 rows of 2 values. Send them in several requests.",
    }
    assert peak_bytes < 3 * LARGE_BYTES
