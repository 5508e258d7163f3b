"""NumPy's array files, against NumPy."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from container.formats.npy import npy, parse_npy
from container.formats.rows import MAX_ROWS
from tests.unit.container.formats.samples import (
    MIXED,
    PAIR,
    numbers,
    refusal,
    rows_or_refused,
)

TYPES = ["<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8"]
FLOATS = {
    "<f4": st.floats(-(2.0**126), 2.0**126, width=32),
    "<f8": st.floats(-(2.0**126), 2.0**126),
}
SHAPES = st.tuples(st.integers(1, 20), st.just(2))


def saved(array, version=None) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), version=version)
    return file.getvalue()


@given(st.data(), st.sampled_from([(1, 0), (2, 0), (3, 0)]), st.sampled_from("CF"))
@pytest.mark.parametrize("kind", TYPES)
def test_rows_survive_what_numpy_saves(kind, data, version, order):
    array = data.draw(arrays(np.dtype(kind), SHAPES, elements=FLOATS.get(kind)))
    body = saved(np.asarray(array, order=order), version)
    assert parse_npy(body, PAIR) == array.tolist()


def test_one_dimension_is_one_row():
    assert parse_npy(saved([5.1, 3.5]), PAIR) == [[5.1, 3.5]]


def test_a_category_is_its_index():
    array = np.array([[1.5, 0, 0], [2.5, 3, -1]])
    assert parse_npy(saved(array), MIXED) == array.tolist()
    for cell in (0.5, 4, -2, np.nan):
        array[1, 1] = cell
        refused = refusal(parse_npy, saved(array), MIXED)
        assert (refused["code"], refused["row"], refused["column"]) == ("InvalidCell", 1, 1)
    array[1, 1] = 4
    assert refusal(parse_npy, saved(array), MIXED)["message"] == (
        "row 1, column 1 (counted from 0): 4.0 is no index of a category. Send one, or -1."
    )


@pytest.mark.parametrize("kind", ["<f4", "<f8"])
@pytest.mark.parametrize("cell", [math.nan, math.inf, -math.inf, 1e39])
def test_a_cell_that_is_no_float32_is_named(kind, cell):
    with np.errstate(over="ignore"):
        array = np.array([[1, 2], [3, cell]]).astype(kind)
    fault = "NaN is not a number." if math.isnan(cell) else " is beyond float32."
    refused = refusal(parse_npy, saved(array), PAIR)
    assert (refused["code"], refused["row"], refused["column"]) == ("InvalidCell", 1, 1)
    assert fault in refused["message"]


def test_numbers_near_the_end_of_float32_are_accepted():
    largest = float(np.finfo(np.float32).max)
    assert parse_npy(saved([[largest, -largest]]), PAIR) == [[largest, -largest]]


NO_FILE = "The body is no NPY file of numbers: "
SEND = " Send what numpy.save writes of an array of float32, (rows, features)."


def with_header(header: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(16)


BROKEN = [
    (b"", "it does not begin as one of version 1.0 to 3.0."),
    (b"\x93NUMPY\x04\x00", "it does not begin as one of version 1.0 to 3.0."),
    (b"\x93NUMPZ\x01\x00", "it does not begin as one of version 1.0 to 3.0."),
    (b"\x93NUMPY\x01\x00\xff\xff", 'its header is "".'),
    (with_header(b"{'a': ["), "its header is \"{'a': [\"."),
    (saved([[[1.0]]]), "its header is \"{'descr': '<f8', 'fortran_order': False,\"...."),
    (saved(1.0), "its header is \"{'descr': '<f8', 'fortran_order': False,\"...."),
    (saved([[1, 2]])[:-1], "15 bytes follow its header, not 16."),
    (saved([[1, 2]]) + b"\0", "17 bytes follow its header, not 16."),
]
ALLOWED = "Allowed: <f4, <f8, |i1, <i2, <i4, <i8, |u1, <u2, <u4, <u8."
BROKEN += [
    (saved(np.ones((1, 2), kind)), f'its type is "{kind}". {ALLOWED}')
    for kind in (">f8", "<f2", "|b1", "<U1", "<c8")
]


@pytest.mark.parametrize(("body", "fault"), BROKEN)
def test_what_is_no_array_of_numbers_is_explained(body, fault):
    assert refusal(parse_npy, body, PAIR) == {
        "code": "InvalidRequest",
        "message": f"{NO_FILE}{fault}{SEND}",
    }


def test_objects_are_never_unpickled():
    body = io.BytesIO()
    np.save(body, np.array([[{}, {}]]), allow_pickle=True)
    assert 'its type is "|O".' in refusal(parse_npy, body.getvalue(), PAIR)["message"]


@pytest.mark.parametrize(
    ("array", "code", "message"),
    [
        (np.ones((3, 5)), "InvalidRow", "row 0 (counted from 0): 5 values. Send 2 per row."),
        (np.ones(3), "InvalidRow", "row 0 (counted from 0): 3 values. Send 2 per row."),
        (np.ones((3, 0)), "InvalidRow", "row 0 (counted from 0): 0 values. Send 2 per row."),
        (np.ones((0, 2)), "InvalidRequest", "No rows. Send at least one."),
        (
            np.ones((MAX_ROWS + 1, 2)),
            "PayloadTooLarge",
            "10001 rows. At most 10000 are allowed. Send them in several requests.",
        ),
    ],
)
def test_an_array_of_another_shape_is_named(array, code, message):
    refused = refusal(parse_npy, saved(array), PAIR)
    assert (refused["code"], refused["message"]) == (code, message)


HEADERS = st.tuples(
    st.sampled_from(["<f4", "<f8", "|u1", "|O", ""]),
    st.sampled_from(["True", "False", "1"]),
    st.sampled_from(
        ["(2,)", "(1, 2)", "(1, 2, )", "(2)", "()", "(99999999999999999, 2)", "(1,2,3)"]
    ),
).map(lambda parts: "{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n".format(*parts))


@given(
    st.binary()
    | st.builds(lambda head, tail: with_header(head.encode()) + tail, HEADERS, st.binary())
    | st.builds(
        lambda place, byte: saved([[1, 2]])[:place] + byte + saved([[1, 2]])[place + 1 :],
        st.integers(0, 143),
        st.binary(min_size=1, max_size=1),
    )
)
def test_any_bytes_are_rows_or_a_small_refusal(body):
    rows = rows_or_refused(parse_npy, body, PAIR)
    if rows is not None:
        assert rows
        assert all(len(row) == 2 and all(map(math.isfinite, row)) for row in rows)


@given(arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 30))))
def test_numpy_loads_what_is_written(matrix):
    written = npy(matrix.tolist())
    loaded = np.load(io.BytesIO(written), allow_pickle=False)
    assert loaded.dtype == np.float64
    assert np.array_equal(loaded, matrix, equal_nan=True)
    assert (len(written) - matrix.nbytes) % 64 == 0


def test_what_is_written_is_read_again():
    rows = [[0.1, 0.2, 0.7], [1.0, 0.0, 0.0]]
    assert parse_npy(npy(rows), numbers("a", "b", "c")) == rows
