from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.control.autoscaling.cron import Cron

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # a Sunday


def times(fields, count=3, moment=NOON, zone=UTC):
    """The next times, as text without a zone."""
    cron = Cron.parse(fields)
    found = []
    for _ in range(count):
        moment = cron.next_after(moment, zone, moment)
        if moment is None:
            break
        found.append(f"{moment:%Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("0 20 * * ? *", ["2026-03-01 20:00", "2026-03-02 20:00", "2026-03-03 20:00"]),
        ("0/20 13 * * ? *", ["2026-03-01 13:00", "2026-03-01 13:20", "2026-03-01 13:40"]),
        ("*/30 * * * ? *", ["2026-03-01 12:30", "2026-03-01 13:00", "2026-03-01 13:30"]),
        ("0 9 ? * MON-FRI *", ["2026-03-02 09:00", "2026-03-03 09:00", "2026-03-04 09:00"]),
        ("0 9 ? * 1,7 *", ["2026-03-07 09:00", "2026-03-08 09:00", "2026-03-14 09:00"]),
        ("30 6-10/2 1 jan,JUL ? *", ["2026-07-01 06:30", "2026-07-01 08:30", "2026-07-01 10:30"]),
        ("0 0 L * ? *", ["2026-03-31 00:00", "2026-04-30 00:00", "2026-05-31 00:00"]),
        ("0 0 LW * ? *", ["2026-03-31 00:00", "2026-04-30 00:00", "2026-05-29 00:00"]),
        ("0 0 1W * ? *", ["2026-03-02 00:00", "2026-04-01 00:00", "2026-05-01 00:00"]),
        ("0 0 15W * ? *", ["2026-03-16 00:00", "2026-04-15 00:00", "2026-05-15 00:00"]),
        ("0 0 31W 1,5 ? *", ["2026-05-29 00:00", "2027-01-29 00:00", "2027-05-31 00:00"]),
        ("0 0 1W 8 ? *", ["2026-08-03 00:00", "2027-08-02 00:00", "2028-08-01 00:00"]),
        ("0 0 30W * ? *", ["2026-03-30 00:00", "2026-04-30 00:00", "2026-05-29 00:00"]),
        ("0 0 ? * 6L *", ["2026-03-27 00:00", "2026-04-24 00:00", "2026-05-29 00:00"]),
        ("0 0 ? * L *", ["2026-03-07 00:00", "2026-03-14 00:00", "2026-03-21 00:00"]),
        ("0 0 ? * TUE#2 *", ["2026-03-10 00:00", "2026-04-14 00:00", "2026-05-12 00:00"]),
        ("0 0 29 2 ? *", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("0 0 1 1 ? 2027,2030-2031", ["2027-01-01 00:00", "2030-01-01 00:00", "2031-01-01 00:00"]),
    ],
)  # fmt: skip
def test_an_expression_names_times(fields, expected):
    assert times(fields) == expected


@pytest.mark.parametrize("fields", ["0 0 30 2 ? *", "0 0 * * ? 2025", "0 0 31W 2 ? *"])
def test_some_name_none_any_more(fields):
    assert times(fields) == []


def test_a_time_of_day_is_that_of_the_zone_in_summer_and_winter():
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert times("0 20 * * ? *", 2, before, BERLIN) == ["2026-03-28 19:00", "2026-03-29 18:00"]


def test_a_time_that_the_clocks_skip_is_none_and_one_that_they_repeat_is_once():
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert times("30 2 * * ? *", 2, spring, BERLIN) == ["2026-03-30 00:30", "2026-03-31 00:30"]
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert times("30 2 * * ? *", 2, autumn, BERLIN) == ["2026-10-25 00:30", "2026-10-26 01:30"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("0 0 * * *", "cron(0 0 * * *) has 5 fields. Allowed: six, Minutes Hours Day-of-month "
            "Month Day-of-week Year."),
        ("0 0 * * * *", "cron(0 0 * * * *): Allowed is ? in one of Day-of-month and Day-of-week, "
            "and something else in the other."),
        ("0 0 ? * ? *", "cron(0 0 ? * ? *): Allowed is ? in one of Day-of-month and Day-of-week, "
            "and something else in the other."),
        ("60 0 * * ? *", "Minutes '60' of the cron expression. Allowed: 0 to 59, lists, ranges "
            "and steps of them."),
        ("0 9-5 * * ? *", "Hours '9-5' of the cron expression. Allowed: 0 to 23, lists, ranges "
            "and steps of them."),
        ("0/0 0 * * ? *", "Minutes '0/0' of the cron expression. Allowed: 0 to 59, lists, ranges "
            "and steps of them."),
        ("0 0 ? * DAY *", "Day-of-week 'DAY' of the cron expression. Allowed: 1 to 7 or SUN, MON, "
            "TUE, WED, THU, FRI, SAT, lists, ranges and steps of them."),
        ("0 0 32W * ? *", "Day-of-month '32W' of the cron expression. Allowed: 1 to 31, lists, "
            "ranges and steps of them."),
        ("0 0 *-5 * ? *", "Day-of-month '*-5' of the cron expression. Allowed: 1 to 31, lists, "
            "ranges and steps of them."),
        ("0 0 1 * ? 1969", "Year '1969' of the cron expression. Allowed: 1970 to 2199, lists, "
            "ranges and steps of them."),
    ],
)  # fmt: skip
def test_a_fault_is_named(fields, message):
    with pytest.raises(ValueError, match=r"\.$") as error:
        Cron.parse(fields)
    assert str(error.value) == message


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    offset=st.integers(0, 3 * 365 * 24 * 60),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
)
def test_the_next_time_is_later_on_time_and_at_most_two_days_off(minute, hour, offset, zone):
    moment = NOON + timedelta(minutes=offset)
    due = Cron.parse(f"{minute} {hour} * * ? *").next_after(moment, ZoneInfo(zone), moment)
    assert due is not None
    local = due.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (hour, minute)
    assert timedelta(0) < due - moment <= timedelta(hours=49)
