"""Quantities: a number and its unit, nothing else."""

import re
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.config.units import (
    PER_FIVE_MINUTES,
    SECONDS,
    Days,
    ErrorRate,
    Megabytes,
    Milliseconds,
    PerDay,
    PerMinute,
    PerSecond,
    Seconds,
    numbers,
    percent,
)

UNITS: dict[str, tuple[Any, str]] = {
    "/min": (PerMinute, "1200/min"),
    "/s": (PerSecond, "50/s"),
    "/5min": (Annotated[int, PER_FIVE_MINUTES], "2000/5min"),
    "/day": (PerDay, "100000/day"),
    "d": (Days, "30d"),
}
JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


def refusal(type_, value):
    with pytest.raises(ValidationError) as error:
        TypeAdapter(type_).validate_python(value)
    [fault] = error.value.errors()
    return fault["msg"]


def message(unit, value):
    return refusal(UNITS[unit][0], value)


def expected(unit):
    return (
        f"Allowed: a whole number above 0, of up to 9 digits, followed by {unit}. "
        f"Write it like {UNITS[unit][1]}."
    )


@given(st.integers(1, 999_999_999), st.sampled_from(sorted(UNITS)))
def test_a_quantity_in_its_unit_is_its_number(number, unit):
    assert TypeAdapter(UNITS[unit][0]).validate_python(f"{number}{unit}") == number


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
    for unit, (type_, example) in UNITS.items():
        assert TypeAdapter(type_).validate_python(example) == int(example.removesuffix(unit))


@pytest.mark.parametrize(
    ("type_", "text", "number"),
    [
        (Seconds, "90s", 90),
        (Seconds, "10m", 600),
        (Seconds, "2h", 7200),
        (Milliseconds, "300ms", 300),
        (Milliseconds, "2s", 2000),
        (Megabytes, "512MB", 512),
        (Megabytes, "2GB", 2048),
    ],
)
def test_a_quantity_with_several_units_is_given_in_the_first(type_, text, number):
    assert TypeAdapter(type_).validate_python(text) == number


@pytest.mark.parametrize(
    ("type_", "value", "said"),
    [
        (Seconds, "1d", "followed by s, m or h. Write it like 10m."),
        (Milliseconds, "1m", "followed by ms or s. Write it like 300ms."),
        (Megabytes, "1gb", "followed by MB or GB. Write it like 2048MB."),
    ],
)
def test_the_units_are_listed(type_, value, said):
    assert refusal(type_, value).endswith(said)


@given(st.integers(1, 100))
def test_a_percentage_is_taken_between_its_limits(number):
    type_ = Annotated[int, percent(10, 50)]
    if 10 <= number <= 50:
        assert TypeAdapter(type_).validate_python(f"{number}%") == number
    else:
        allowed = "Allowed: a whole percentage from 10% to 50%. Write it like 10%."
        assert refusal(type_, f"{number}%") == allowed


@pytest.mark.parametrize("value", [20, "20", "20.5%", "020%", "20 %", "%", "٢٠%", None])
def test_what_is_no_whole_percentage_is_refused(value):
    assert refusal(Annotated[int, percent(10, 50)], value) == (
        "Allowed: a whole percentage from 10% to 50%. Write it like 10%."
    )


@pytest.mark.parametrize(
    ("text", "share"), [("1%", 0.01), ("0.5%", 0.005), ("0.01%", 0.0001), ("99.99%", 0.9999)]
)
def test_an_error_rate_is_given_as_a_fraction(text, share):
    assert TypeAdapter(ErrorRate).validate_python(text) == share


@pytest.mark.parametrize("value", ["0%", "0.00%", "100%", "0.001%", "1", 1, ".5%", "-1%", "1%\n"])
def test_an_error_rate_that_never_or_always_fires_is_refused(value):
    assert refusal(ErrorRate, value) == (
        "Allowed: a percentage above 0% and below 100%, with up to two decimals. "
        "Write it like 0.5%."
    )


@given(st.integers(1, 9999))
def test_a_quantity_may_have_a_limit(seconds):
    type_ = Annotated[int, SECONDS.within("a time of up to 1h", highest=3600)]
    if seconds <= 3600:
        assert TypeAdapter(type_).validate_python(f"{seconds}s") == seconds
    else:
        assert refusal(type_, f"{seconds}s") == "Allowed: a time of up to 1h. Lower it."


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 10**7))
def test_a_pattern_of_numbers_has_those_between_its_limits(first, more, number):
    found = re.fullmatch(numbers(first, first + more), str(number))
    assert bool(found) is (first <= number <= first + more)


@given(st.integers(1, 999_999))
def test_an_amount_is_written_so_that_it_is_read_again(seconds):
    assert TypeAdapter(Seconds).validate_python(SECONDS.text(seconds)) == seconds
