"""Thresholds of scikit-learn, which are double, in float32; whole forests: test_kernel.py."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from container.forest.export import floor32

LARGE = 2.0**100


@given(
    threshold=st.floats(-LARGE, LARGE),
    cell=st.floats(-LARGE, LARGE, width=32),
)
def test_a_rounded_threshold_parts_the_same_float32(threshold, cell):
    for number in (threshold, float(np.float32(threshold)), (cell + threshold) / 2):
        rounded = floor32(np.array([number]))[0]
        neighbours = np.nextafter(rounded, np.array([-np.inf, np.inf], np.float32))
        for value in (np.float32(cell), rounded, *neighbours):
            assert (value <= rounded) == (float(value) <= number)
