import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.throttle import Limit, Throttles


@pytest.fixture
def throttles(settable):
    return Throttles(settable)


def taken(throttles, limit, attempts, key="k"):
    return sum(throttles.take({key: limit}) for _ in range(attempts))


def test_a_bucket_that_is_full_lets_its_burst_through_at_once(throttles):
    assert taken(throttles, Limit(rate=1, burst=5), attempts=9) == 5


@pytest.mark.parametrize("rate", [10, 4, 0.5])
def test_a_bucket_gains_its_rate_and_holds_no_more_than_its_burst(throttles, settable, rate):
    limit = Limit(rate, burst=2)
    assert taken(throttles, limit, 9) == 2
    settable.pass_by(seconds=1 / rate)
    assert taken(throttles, limit, 9) == 1
    settable.pass_by(seconds=1 / rate / 2)
    assert taken(throttles, limit, 9) == 0
    settable.pass_by(hours=1)
    assert taken(throttles, limit, 9) == 2


def test_ten_tokens_a_second_come_one_by_one(throttles, settable):
    limit = Limit(rate=10, burst=1)
    assert taken(throttles, limit, 1) == 1
    for _ in range(100):
        settable.pass_by(milliseconds=100)
        assert taken(throttles, limit, 2) == 1


def test_nothing_passes_where_the_burst_is_nothing(throttles):
    assert taken(throttles, Limit(rate=100, burst=0), 3) == 0


def test_no_token_is_taken_where_one_is_missing(throttles):
    narrow, wide = Limit(rate=0, burst=1), Limit(rate=0, burst=3)
    assert throttles.take({"narrow": narrow, "wide": wide})
    assert not throttles.take({"narrow": narrow, "wide": wide})
    assert taken(throttles, wide, 9, key="wide") == 2


def test_a_limit_that_changes_holds_from_then_on(throttles, settable):
    assert taken(throttles, Limit(rate=1, burst=9), 3) == 3
    assert taken(throttles, Limit(rate=1, burst=2), 9) == 2
    settable.pass_by(seconds=10)
    assert taken(throttles, Limit(rate=0.2, burst=9), 9) == 2


def test_a_clock_that_goes_back_takes_nothing_away(throttles, settable):
    limit = Limit(rate=1, burst=2)
    assert taken(throttles, limit, 1) == 1
    settable.pass_by(hours=-1)
    assert taken(throttles, limit, 9) == 1


def test_sixty_four_threads_get_exactly_the_burst(throttles, hasty_threads):
    passed = []

    def send():
        passed.append(taken(throttles, Limit(rate=0, burst=1000), 50))

    threads = [threading.Thread(target=send) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 1000


@given(
    rate=st.floats(0, 100),
    burst=st.integers(0, 20),
    waits=st.lists(st.floats(0, 5), min_size=1, max_size=20),
)
def test_never_more_passes_than_burst_and_rate_allow(rate, burst, waits):
    started = now = datetime(2026, 3, 1, tzinfo=UTC)
    throttles = Throttles(lambda: now)
    passed = 0
    for wait in waits:
        now += timedelta(seconds=wait)
        passed += taken(throttles, Limit(rate, burst), 30)
    assert passed <= burst + (now - started).total_seconds() * rate + 1e-3
