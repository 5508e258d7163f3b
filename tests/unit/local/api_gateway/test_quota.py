import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.quota import MAX_OFFSET, Period, Quota, Quotas


@pytest.fixture
def quotas(settable):
    return Quotas(settable)


def spent(quotas, quota, attempts, key="k"):
    return sum(quotas.spend(key, quota) for _ in range(attempts))


@pytest.mark.parametrize(
    ("quota", "now", "began"),
    [
        (Quota(1, Period.DAY), "2026-03-01T23:00Z", "2026-03-01"),
        (Quota(1, Period.WEEK), "2026-03-01T00:00Z", "2026-03-01"),  # a Sunday
        (Quota(1, Period.WEEK), "2026-03-07T23:00Z", "2026-03-01"),
        (Quota(1, Period.WEEK, offset=1), "2026-03-01T00:00Z", "2026-02-23"),
        (Quota(1, Period.WEEK, offset=6), "2026-03-01T00:00Z", "2026-02-28"),
        (Quota(1, Period.MONTH), "2026-03-31T00:00Z", "2026-03-01"),
        (Quota(1, Period.MONTH, offset=27), "2026-03-27T00:00Z", "2026-02-28"),
        (Quota(1, Period.MONTH, offset=27), "2026-03-28T00:00Z", "2026-03-28"),
        (Quota(1, Period.MONTH, offset=14), "2026-01-01T00:00Z", "2025-12-15"),
    ],
)
def test_a_period_begins_on_its_day(quota, now, began):
    assert quota.began(datetime.fromisoformat(now)) == date.fromisoformat(began)


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    period=st.sampled_from(Period),
    data=st.data(),
)
def test_a_period_holds_every_day_from_its_first_to_the_next_one(now, period, data):
    quota = Quota(1, period, data.draw(st.integers(0, MAX_OFFSET[period])))
    began = quota.began(now)
    longest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31}[period]
    assert timedelta() <= now.date() - began < timedelta(days=longest)
    assert quota.began(datetime(began.year, began.month, began.day, tzinfo=UTC)) == began


def test_a_quota_is_used_up_and_begins_anew(quotas, settable):
    quota = Quota(3, Period.DAY)
    assert spent(quotas, quota, 5) == 3
    settable.pass_by(hours=11, minutes=59)
    assert spent(quotas, quota, 5) == 0
    settable.pass_by(minutes=1)
    assert spent(quotas, quota, 5) == 3


def test_a_quota_that_grows_lets_through_what_it_grew_by(quotas):
    assert spent(quotas, Quota(3, Period.DAY), 5) == 3
    assert spent(quotas, Quota(5, Period.DAY), 5) == 2


def test_every_key_has_its_own(quotas):
    assert spent(quotas, Quota(1, Period.DAY), 5, key="a") == 1
    assert spent(quotas, Quota(1, Period.DAY), 5, key="b") == 1


def test_sixty_four_threads_spend_exactly_the_limit(quotas, hasty_threads):
    passed = []

    def send():
        passed.append(spent(quotas, Quota(1000, Period.MONTH), 50))

    threads = [threading.Thread(target=send) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 1000
