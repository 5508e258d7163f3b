"""Quantities: a number and its unit, nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.units import Days, PerDay, PerMinute, PerSecond

UNITS = {
    "/min": (TypeAdapter(PerMinute), "1200/min"),
    "/s": (TypeAdapter(PerSecond), "50/s"),
    "/day": (TypeAdapter(PerDay), "100000/day"),
    "d": (TypeAdapter(Days), "30d"),
}
JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


def message(unit, value):
    with pytest.raises(ValidationError) as error:
        UNITS[unit][0].validate_python(value)
    [fault] = error.value.errors()
    return fault["msg"]


def expected(unit):
    return (
        f"Allowed: a whole number above 0, of up to 9 digits, followed by {unit}. "
        f"Write it like {UNITS[unit][1]}."
    )


@given(st.integers(1, 999_999_999), st.sampled_from(sorted(UNITS)))
def test_a_quantity_in_its_unit_is_its_number(number, unit):
    assert UNITS[unit][0].validate_python(f"{number}{unit}") == number


@given(st.sampled_from(sorted(UNITS)), JSON)
def test_anything_else_is_refused_with_an_example(unit, value):
    if isinstance(value, str) and re.fullmatch(f"[1-9][0-9]{{0,8}}{unit}", value):
        return
    assert message(unit, value) == expected(unit)


@given(st.integers(1, 999_999_999), st.permutations(sorted(UNITS)))
def test_a_quantity_in_another_unit_is_refused(number, units):
    assert message(units[0], f"{number}{units[1]}") == expected(units[0])


@pytest.mark.parametrize(
    "text",
    ["0/s", "05/s", "-5/s", "+5/s", "5 /s", " 5/s", "5/s\n", "5.5/s", "1e3/s", "5", "/s", "5/S"]
    + ["5/s/s", "٥/s", f"1{'0' * 9}/s", f"{'9' * 5000}/s"],
)
def test_a_number_that_is_not_plainly_written_is_refused(text):
    assert message("/s", text) == expected("/s")


def test_the_examples_are_valid():
    for adapter, example in UNITS.values():
        assert adapter.validate_python(example) == int(re.sub(r"\D", "", example))
