"""Which features of a row training has not seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.formats.unusual import unusual
from container.signature import NEVER_SEEN, Feature, Signature
from tests.unit.container.formats.samples import PAIR, float32

SIGNATURE = Signature(
    (
        Feature("size", range=(-1.0, 2.0)),
        Feature("colour", categories=("red", "green")),
        Feature("weight"),
        Feature("width", range=(0.0, 0.0)),
    ),
    ("yes", "no"),
)


def test_only_what_training_has_not_seen_is_named():
    rows = [
        [-1.0, 0.0, 1e30, 0],
        [2.5, 1.0, 0.0, -1],
        [2, NEVER_SEEN, 0.0, 0.0],
        [-1.5, NEVER_SEEN, 0.0, 0.0],
    ]
    assert unusual(rows, SIGNATURE) == [
        {},
        {"outOfRange": ["size", "width"]},
        {"neverSeen": ["colour"]},
        {"outOfRange": ["size"], "neverSeen": ["colour"]},
    ]


def test_rows_like_those_of_training_are_not_spoken_of():
    assert unusual([[-1.0, 0.0, 1e30, 0], [2.0, 1.0, 0.0, 0.0]], SIGNATURE) is None


def test_without_ranges_nothing_is_known():
    assert unusual([[1e30, -1e30]], PAIR) is None


@pytest.mark.parametrize("low", [4.3, float(np.float32(4.3))])
def test_the_decimal_of_a_bound_is_within_however_the_signature_writes_it(low):
    signature = Signature((Feature("size", range=(low, 7.9)),), ("yes", "no"))
    assert unusual([[4.3], [7.9], [float(np.float32(7.9))]], signature) is None
    assert unusual([[4.299999]], signature) == [{"outOfRange": ["size"]}]


@given(st.lists(st.floats(-1e37, 1e37), min_size=1), float32, float32)
def test_a_number_is_out_of_range_as_the_model_gets_it(values, first, second):
    low, high = sorted([first, second])
    signature = Signature((Feature("size", range=(low, high)),), ("yes", "no"))
    inside = [low <= float(np.float32(value)) <= high for value in values]
    named = [{} if within else {"outOfRange": ["size"]} for within in inside]
    assert unusual([[value] for value in values], signature) == (None if all(inside) else named)
