"""The fast way of the common request, against the strict parser."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.errors import RequestError
from container.formats.json_rows import parse_json
from container.formats.plain_json import plain_rows
from container.formats.rows import MAX_ROWS
from container.predictions import Extra
from tests.unit.container.formats.samples import LARGE_BYTES, PAIR, tables

CELLS = (
    "0 -0 -0.0 1 5.1 1e2 1E-5 1e+2 12345678901234567890 123456789012345678901234567890 1e38 3.5e38 "
    "-1e39 1e999 9007199254740993 .5 1. 01 +1 - e 1e [] [1] 1,2 ] [ { } : , NaN null true"
)
WRITTEN = st.sampled_from([*CELLS.split(), "", " ", "1 2", '""', '"1"', '{"instances":[]}'])
ROW = st.lists(WRITTEN, max_size=3).map(lambda cells: f"[{','.join(cells)}]")
BODY = st.builds(
    lambda start, rows, end: f"{start}{','.join(rows)}{end}".encode(),
    st.sampled_from(
        ['{"instances":[', '{"instances": [', '{"instances":', '{"instanc5es":[', '{"insta[nces":[']
        + ['[{"instances":[', '{"instances":[[', '{"instances"[:', '["instances":{', "\ufeff{"]
    ),
    st.lists(ROW | WRITTEN, max_size=4),
    st.sampled_from(["]}", "]}\n", "}", "]", "]}]", "]]}", '],"include":["set"]}', "]},"]),
)
MUTATED = st.builds(
    lambda rows, place, byte: (lambda b: b[:place] + byte + b[place + 1 :])(
        json.dumps({"instances": rows}).encode()
    ),
    tables(2),
    st.integers(0, 400),
    st.sampled_from([bytes([code]) for code in b'0123456789+-.eE[]{}, \n":abins\\\xff'] + [b""]),
)


@given(st.binary() | BODY | MUTATED)
def test_what_it_takes_the_strict_parser_takes_and_gives_the_same_rows(body):
    rows = plain_rows(body, 2)
    if rows is None:
        return
    as_floats = [[float(cell) for cell in row] for row in rows]
    assert (as_floats, frozenset()) == parse_json(body, PAIR)


@given(tables(2), st.sampled_from([None, 1]))
def test_it_takes_what_is_plain(rows, indent):
    within = [[cell if abs(cell) < 1e36 else 1.0 for cell in row] for row in rows]
    body = json.dumps({"instances": within}, indent=indent).encode()
    assert plain_rows(body, 2) == within


REFUSED = [
    b'{"instances":[[1,[2]]]}',
    b'{"instances":[[[1,2,3],4]]}',
    b'{"instances":[[1,[2]],3,4]}',
    b'{"instances":[[true,1]]}',
    b'{"instances":[[1,2],[3,4]],"instances":[[1,2],[3,4]],"":0,"":0}',
    b'{"instances":[[1],[2,3,4]]}',
    b'{"instances":[[1,3.5e38]]}',
    b'{"instances":[[1,-3.5e38]]}',
    b'{"instances":[]}',
    b'{"instances":1}',
    b'{"instances":[1,2]}',
    b'[{"instances":[[1,2]]}]',
    b'{"insta3nces":[[1,2]]}',
    b'{"instances":[[1,2,3]]}',
]


@pytest.mark.parametrize("body", REFUSED)
def test_what_the_strict_parser_refuses_it_leaves_to_it(body):
    with pytest.raises(RequestError):
        parse_json(body, PAIR)
    assert plain_rows(body, 2) is None


def test_extras_are_left_to_the_strict_parser():
    body = b'{"instances":[[1,2]],"include":["set"]}'
    assert plain_rows(body, 2) is None
    assert parse_json(body, PAIR)[1] == {Extra.SET}


@pytest.mark.parametrize("repeated", [b",10", b",[]"])
def test_nothing_is_built_of_a_large_body(repeated):
    body = b'{"instances":[[10%b]]}' % (repeated * (LARGE_BYTES // len(repeated)))
    tracemalloc.start()
    try:
        assert plain_rows(body, 2) is None
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < LARGE_BYTES


def test_it_takes_as_many_rows_as_are_allowed():
    body = b'{"instances":[%b]}'
    assert plain_rows(body % b",".join([b"[1,2]"] * MAX_ROWS), 2) == [[1, 2]] * MAX_ROWS
    assert plain_rows(body % b",".join([b"[1,2]"] * (MAX_ROWS + 1)), 2) is None


def test_a_number_too_large_for_the_short_proof_is_left_to_the_strict_parser():
    body = b'{"instances":[[2e38,1]]}'
    assert plain_rows(body, 2) is None
    assert parse_json(body, PAIR)[0] == [[2e38, 1]]
