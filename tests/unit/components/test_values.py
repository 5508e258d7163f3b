"""Values of the config: what each takes, and its words for the rest."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.values import Name, Path, config_fault, text, whole

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


@pytest.mark.parametrize("value", ["/iris", "/v1/iris", "/2024/a-b"])
def test_a_path_has_segments_behind_slashes(value):
    assert TypeAdapter(Path).validate_python(value) == value


@pytest.mark.parametrize("value", ["", "/", "iris", "/iris/", "//a", "/Iris", "/a_b", "/{name}", 1])
def test_a_path_of_any_other_form_is_refused(value):
    assert refusal(Path, value) == (
        "Allowed: a path of lower-case letters, digits and dashes behind each /. "
        "Write it like /iris."
    )
