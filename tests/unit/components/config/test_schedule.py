"""Moments of scheduled actions: what AWS's page on cron takes, and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.config.schedule import EXAMPLES, ScheduleExpression

ADAPTER = TypeAdapter(ScheduleExpression)
FORM = f"Allowed: cron with six fields, or at with a date and a time. {EXAMPLES}."


def refusal(value):
    with pytest.raises(ValidationError) as error:
        ADAPTER.validate_python(value)
    [fault] = error.value.errors()
    return fault["msg"]


@pytest.mark.parametrize(
    "fields",
    # Examples of AWS's pages, then each sign in each field that has it.
    ["30 6 ? * MON *", "0 10 * * ? *", "15 12 * * ? *", "0 18 ? * MON-FRI *", "0 8 1 * ? *"]
    + ["0/10 * ? * MON-FRI *", "0/5 8-17 ? * MON-FRI *", "0 9 ? * 2#1 *", "0 23 L * ? *"]
    + ["0,15,30-40 0-23 1,15 JAN,6-9,DEC ? 2027-2030", "*/15 */6 */2 */3 ? */2"]
    + [
        "0/59 0/23 1/30 1/11 ? 1970/229",
        "0 0 3W * ? *",
        "0 0 ? * L *",
        "0 0 ? * 6L *",
        "0 0 ? * FRI#5 *",
        "0 0 ? * SUN,3,FRI *",
    ]
    + ["59 23 31 12 ? 2199", "0 0 1 1 ? 1970", "10-30/5 0 ? * 1-7 *"],
)
def test_what_awss_page_has_is_taken(fields):
    expression = f"cron({fields})"
    assert ADAPTER.validate_python(expression) == expression


FIELDS = [
    ("minutes", "0 to 59, and the signs , - * /", "{} 0 * * ? *",
     ["60", "-1", "a", "", "1-", "30-10", "0/0", "0/60", "1/", "/5", "?", "L", "*,5", "5,,6", "٣"]),
    ("hours", "0 to 23, and the signs , - * /", "0 {} * * ? *", ["24", "22-2", "?", "5W", "*/24"]),
    ("days of the month", "1 to 31, and the signs , - * ? / L W", "0 0 {} * ? *",
     ["0", "32", "L,5", "LW", "W", "32W", "1-5W", "MON", "?,1", "5#1"]),
    ("months", "1 to 12 or JAN to DEC, and the signs , - * /", "0 0 * {} ? *",
     ["0", "13", "jan", "JANUARY", "DEC-JAN", "MON", "?", "L"]),
    ("days of the week", "1 to 7 or SUN to SAT, and the signs , - * ? L #", "0 0 ? * {} *",
     ["0", "8", "mon", "FRI-MON", "8L", "2#0", "2#6", "8#1", "3#1,6#3", "JAN", "1/2", "MON/2"]),
    ("years", "1970 to 2199, and the signs , - * /", "0 0 * * ? {}",
     ["1969", "2200", "27", "?", "2027/230"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "allowed", "fields", "text"),
    [(name, allowed, fields, text) for name, allowed, fields, texts in FIELDS for text in texts],
)
def test_a_field_that_aws_does_not_take_is_named(name, allowed, fields, text):
    expected = f"Allowed: as {name}: {allowed}. Mend the {name}." if text else FORM
    assert refusal(f"cron({fields.format(text)})") == expected


@pytest.mark.parametrize("fields", ["0 20 * * * *", "0 20 ? * ? *", "0 20 1 * MON *"])
def test_days_are_of_the_month_or_of_the_week(fields):
    assert refusal(f"cron({fields})") == (
        "Allowed: ? as days of the month or as days of the week, since AWS goes by one of them. "
        "Write ? in the place of one, and only there."
    )


@pytest.mark.parametrize(
    "value",
    [5, None, "", "rate(5 minutes)", "cron(0 20 * * ?)", "cron(0 20 * * ? * *)", "0 20 * * ? *"]
    + ["cron(0  20 * * ? *)", "cron( 0 20 * * ? *)", "cron(0 20 * * ? *)\n", "CRON(0 20 * * ? *)"]
    + ["at(2027-01-01)", "at(2027-01-01 00:00:00)", "at(2027-01-01T00:00:00Z)"],
)
def test_what_is_neither_cron_nor_at_is_refused(value):
    assert refusal(value) == FORM


@given(st.datetimes())
def test_any_moment_is_taken(moment):
    expression = f"at({moment.isoformat(timespec='seconds')})"
    assert ADAPTER.validate_python(expression) == expression


@pytest.mark.parametrize(
    "text", ["2027-02-29T00:00:00", "2027-13-01T00:00:00", "2027-01-01T24:00:00"]
)
def test_a_moment_that_does_not_exist_is_refused(text):
    assert refusal(f"at({text})") == f"Allowed: a date and a time that exist. {EXAMPLES}."


FIELD = st.text("0123456789,-*?/LW#MONJAFERI", max_size=6)


@given(st.lists(FIELD, min_size=6, max_size=6).map(" ".join))
def test_any_fields_are_taken_or_explained(fields):
    """What is taken has no number beyond its field's limits; what is not gets a line of ours."""
    try:
        taken = ADAPTER.validate_python(f"cron({fields})")
    except ValidationError as error:
        types = [fault["type"] for fault in error.errors()]
    else:
        types = ["config_fault"]
        minutes, hours, *_ = taken.removeprefix("cron(").split(" ")
        assert all(int(number) < 60 for number in re.findall(r"\d+", minutes))
        assert all(int(number) < 24 for number in re.findall(r"\d+", hours))
    assert types == ["config_fault"]
