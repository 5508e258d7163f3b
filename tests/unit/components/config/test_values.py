"""Values of the config: what each takes, and its words for the rest."""

import re
from enum import StrEnum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from components.config.values import (
    Name,
    Origin,
    ParameterName,
    Path,
    TimeZone,
    choice,
    closest,
    config_fault,
    not_below_min,
    text,
    whole,
)

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
BETWEEN = "a whole number from 2 to 5"


def checked(rule, value):
    """The value that a rule gives, or what it allows and the fix."""
    try:
        return rule.func(value)
    except type(config_fault("", "")) as fault:
        context = fault.context or {}
        return context["allowed"], context["fix"]


def refusal(type_, value):
    with pytest.raises(ValidationError) as error:
        TypeAdapter(type_).validate_python(value)
    [fault] = error.value.errors()
    return fault["msg"]


@given(st.integers(2, 5))
def test_a_whole_number_between_its_limits_is_taken(number):
    assert checked(whole(2, 5), number) == number


@given(st.integers().filter(lambda number: not 2 <= number <= 5))
def test_a_whole_number_outside_its_limits_is_refused(number):
    fix = "Raise it" if number < 2 else "Lower it"
    assert checked(whole(2, 5), number) == (BETWEEN, fix)


@pytest.mark.parametrize("value", ["3", 3.0, True, None, [3], float("nan")])
def test_what_is_no_whole_number_is_refused(value):
    assert checked(whole(0, 5), value) == (
        "a whole number from 0 to 5",
        "Write a number without quotes and without decimals",
    )


@given(ANYTHING)
def test_text_is_taken_if_all_of_it_matches(value):
    taken = isinstance(value, str) and re.fullmatch("a+", value)
    expected = value if taken else ("only a", "Write a")
    assert checked(text("a+", allowed="only a", fix="Write a"), value) == expected


@pytest.mark.parametrize("value", ["a", "iris", "v2", "churn-eu-2", "a" * 20])
def test_a_name_is_lower_case_with_single_dashes(value):
    assert TypeAdapter(Name).validate_python(value) == value


@pytest.mark.parametrize(
    "value", ["", "Iris", "2nd", "-a", "a-", "a--b", "a_b", "a.b", "é", "a\n", "a" * 21, 7, None]
)
def test_a_name_that_aws_could_refuse_is_refused(value):
    assert refusal(Name, value) == (
        "Allowed: 1 to 20 lower-case letters, digits and single dashes between them, "
        "a letter first. Rename it."
    )


@pytest.mark.parametrize("value", ["/iris", "/v1/iris", "/2024/a-b", "/v1/ping", "/" + "a" * 199])
def test_a_path_has_segments_behind_slashes(value):
    assert TypeAdapter(Path).validate_python(value) == value


@pytest.mark.parametrize(
    "value",
    ["", "/", "iris", "/iris/", "//a", "/Iris", "/a_b", "/{name}", 1, "/ping", "/sping"]
    + ["/" + "a" * 200, "/a\n"],
)
def test_a_path_of_any_other_form_is_refused(value):
    assert refusal(Path, value) == (
        "Allowed: a path of lower-case letters, digits and dashes behind each /, up to 200 "
        "characters, and neither /ping nor /sping, which API Gateway keeps for itself. "
        "Write it like /iris."
    )


class Level(StrEnum):
    LOW = "low"
    MIDDLE_CLASS = "middleClass"


def test_a_choice_is_one_of_its_words():
    taken = checked(choice(Level), "middleClass")
    assert taken is Level.MIDDLE_CLASS
    assert checked(choice(Level), taken) is taken


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("middleclass", "Write middleClass if that is meant"),
        ("Low", "Write low if that is meant"),
        ("MIDDLE_CLASS", "Write middleClass if that is meant"),
        ("upper", "Write one of them"),
        (True, "Write one of them"),
        ([], "Write one of them"),
        (None, "Write one of them"),
    ],
)
def test_anything_but_the_words_of_a_choice_is_refused(value, fix):
    assert checked(choice(Level), value) == ("one of low, middleClass", fix)


class Limits(BaseModel):
    min: int
    max: Annotated[int, not_below_min(9)]


@given(st.integers(), st.integers())
def test_a_maximum_is_not_below_the_minimum_before_it(lowest, highest):
    limits = {"min": lowest, "max": highest}
    if highest >= lowest:
        assert Limits.model_validate(limits).max == highest
    else:
        with pytest.raises(ValidationError) as error:
            Limits.model_validate(limits)
        [fault] = error.value.errors()
        assert fault["loc"] == ("max",)
        assert fault["msg"] == (
            f"Allowed: a whole number from {lowest} (min) to 9. Raise max or lower min."
        )


def test_a_maximum_is_not_judged_by_a_minimum_that_is_a_mistake():
    with pytest.raises(ValidationError) as error:
        Limits.model_validate({"min": "a", "max": 1})
    assert [fault["loc"] for fault in error.value.errors()] == [("min",)]


@pytest.mark.parametrize(
    ("seen", "meant"),
    [("rte", "rate"), ("burts", "burst"), ("RATE", "rate"), ("", None), (None, None), (5, None)],
)
def test_the_closest_word_is_offered_and_no_far_one(seen, meant):
    assert closest(seen, ["rate", "burst"]) == meant


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Etc/GMT+9"])
def test_a_time_zone_has_its_iana_name(zone):
    assert TypeAdapter(TimeZone).validate_python(zone) == zone


@pytest.mark.parametrize("value", ["Berlin", "europe/berlin", "+01:00", "", "../etc/passwd", 1, []])
def test_any_other_time_zone_is_refused(value):
    assert refusal(TimeZone, value) == "Allowed: an IANA time zone. Write it like Europe/Berlin."


ORIGINS = ["https://a.example", "https://a.example:8443", "http://localhost:3000"]


@pytest.mark.parametrize("origin", [*ORIGINS, "http://127.0.0.1"])
def test_an_origin_is_https_or_local(origin):
    assert TypeAdapter(Origin).validate_python(origin) == origin


@pytest.mark.parametrize(
    "value",
    ["*", "null", "http://a.example", "https://a.example/", "https://a'b", "https://", None],
)
def test_any_other_origin_is_refused(value):
    assert refusal(Origin, value) == (
        "Allowed: one origin over https, or http://localhost. "
        "Write it like https://console.example.com, without a path."
    )


@pytest.mark.parametrize("name", ["a", "sepal_length", "x2", "A" * 64])
def test_a_parameter_has_letters_digits_and_underscores(name):
    assert TypeAdapter(ParameterName).validate_python(name) == name


@pytest.mark.parametrize("value", ["", "2x", "_a", "a-b", "a b", "é", "a'", "A" * 65, "a\n", 1])
def test_any_other_parameter_is_refused(value):
    assert refusal(ParameterName, value) == (
        "Allowed: 1 to 64 letters, digits and underscores, a letter first. Rename it."
    )
