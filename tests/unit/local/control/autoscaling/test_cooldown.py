from datetime import UTC, datetime, timedelta

import pytest

from local.control.autoscaling.cooldown import Activity, Change, change

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = NOW + timedelta(seconds=1)
GREW = Activity(Change(to=4, added=2), cooldown_seconds=300, until=SOON)
SHRANK = Activity(Change(to=4, added=-2), cooldown_seconds=300, until=SOON)


def by(adjustment):
    return lambda capacity: capacity + adjustment


def found(wanted, last=None, current=4, limits=(0, 100)):
    return change(wanted, current, limits, last, NOW)


@pytest.mark.parametrize(
    ("last", "adjustment", "expected"),
    [
        (None, 3, Change(to=7, added=3)),
        (None, -1, Change(to=3, added=-1)),
        (None, 0, None),
        # AWS's example: 2 were added, 3 are asked for, so that 1 is added.
        (GREW, 3, Change(to=5, added=3)),
        (GREW, 2, None),
        (GREW, 1, None),
        (GREW, -1, Change(to=3, added=-1)),
        (SHRANK, -1, None),
        (SHRANK, -3, None),
        (SHRANK, 1, Change(to=5, added=1)),
    ],
)
def test_a_cooldown_holds_back_what_goes_the_same_way(last, adjustment, expected):
    assert found(by(adjustment), last) == expected


@pytest.mark.parametrize("added", [2, -2])
@pytest.mark.parametrize("adjustment", [1, -1])
def test_after_the_cooldown_everything_goes(added, adjustment):
    over = Activity(Change(4, added), cooldown_seconds=300, until=NOW)
    assert found(by(adjustment), over) == Change(to=4 + adjustment, added=adjustment)


@pytest.mark.parametrize("added", [2, -2])
def test_a_change_that_is_not_done_counts(added):
    under_way = Activity(Change(4, added), cooldown_seconds=0)
    assert found(by(1 if added > 0 else -1), under_way) is None


def test_an_exact_capacity_is_not_added_twice():
    assert found(lambda capacity: 4, GREW) is None
    assert found(lambda capacity: 5, GREW) == Change(to=5, added=3)


def test_a_policy_without_an_answer_changes_nothing():
    assert found(lambda capacity: None) is None
    assert found(lambda capacity: 9 if capacity == 4 else None, GREW) is None


@pytest.mark.parametrize(
    ("adjustment", "limits", "expected"),
    [
        (10, (1, 6), Change(to=6, added=2)),
        (-10, (1, 6), Change(to=1, added=-3)),
        (1, (1, 4), None),
        (-1, (4, 6), None),
        # Somebody brought the capacity outside: growth does not shrink it, nor the other way.
        (1, (1, 2), None),
        (-1, (6, 8), None),
        (0, (1, 2), None),
        (0, (6, 8), None),
        (1, (6, 8), Change(to=6, added=2)),
        (-1, (1, 2), Change(to=2, added=-2)),
    ],
)
def test_limits_hold(adjustment, limits, expected):
    assert found(by(adjustment), limits=limits) == expected
