from datetime import UTC, datetime, timedelta

from local.clock import FastClock, system_clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_system_clock_knows_its_zone():
    assert system_clock().tzinfo is UTC


def test_a_fast_clock_agrees_at_first_and_then_runs_ahead():
    moments = iter([NOON, NOON, NOON + timedelta(seconds=2)])
    clock = FastClock(lambda: next(moments), speed=60)
    assert clock() == NOON
    assert clock() == NOON + timedelta(minutes=2)


def test_who_sleeps_by_a_fast_clock_wakes_early():
    slept: list[float] = []
    FastClock(lambda: NOON, speed=60, sleep=slept.append).sleep(90)
    assert slept == [1.5]
