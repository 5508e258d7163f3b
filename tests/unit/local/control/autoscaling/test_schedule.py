import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.control.autoscaling.schedule import parse_schedule

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def following(expression, moment=NOON, zone=UTC, first=NOON):
    return parse_schedule(expression).next_after(moment, zone, first)


def test_at_is_once_by_the_clocks_of_its_zone():
    at = "at(2026-07-01T08:00:00)"
    due = datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert following(at, zone=BERLIN) == due
    assert following(at, zone=BERLIN, moment=due) is None


@pytest.mark.parametrize(
    ("expression", "every"),
    [
        ("rate(1 minute)", timedelta(minutes=1)),
        ("rate(5 minutes)", timedelta(minutes=5)),
        ("rate(2 hours)", timedelta(hours=2)),
        ("rate(1 day)", timedelta(days=1)),
    ],
)
def test_a_rate_counts_from_its_beginning(expression, every):
    assert following(expression) == NOON + every
    assert following(expression, moment=NOON + every / 2) == NOON + every
    assert following(expression, moment=NOON + every) == NOON + 2 * every
    assert following(expression, moment=NOON - 3 * every) == NOON


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("every day", "Allowed: at(yyyy-mm-ddThh:mm:ss), rate(value unit), cron(fields)."),
        ("at(2026-02-30T00:00:00)",
            "at(2026-02-30T00:00:00) names no moment. Allowed: at(yyyy-mm-ddThh:mm:ss)."),
        ("at(2026-02-03)", "at(2026-02-03) names no moment. Allowed: at(yyyy-mm-ddThh:mm:ss)."),
        ("rate(1 minutes)",
            "rate(1 minutes) is no interval. Allowed: a positive number and minute, hour or day, "
            "with an s unless it is 1."),
        ("rate(2 minute)",
            "rate(2 minute) is no interval. Allowed: a positive number and minute, hour or day, "
            "with an s unless it is 1."),
        ("rate(0 days)",
            "rate(0 days) is no interval. Allowed: a positive number and minute, hour or day, "
            "with an s unless it is 1."),
    ],
)  # fmt: skip
def test_anything_else_is_refused(expression, message):
    with pytest.raises(ValueError, match=r"\.$") as error:
        parse_schedule(expression)
    assert str(error.value) == message


@given(st.text())
def test_no_text_ends_in_another_error(text):
    for expression in (text, f"cron({text})", f"rate({text})", f"at({text})"):
        with contextlib.suppress(ValueError):
            parse_schedule(expression)
