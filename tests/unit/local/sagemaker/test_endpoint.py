import math
from types import SimpleNamespace
from typing import Any

import pytest

from local.sagemaker.endpoint import Endpoint
from local.sagemaker.measurement import BacklogMeasurement
from tests.unit.local.sagemaker.conftest import seeded


class FakeFleet:
    """Knows how it was closed."""

    def __init__(self):
        self.closings: list[Any] = []

    def close(self, drain_seconds):
        self.closings.append(drain_seconds)


@pytest.fixture
def old():
    return FakeFleet()


@pytest.fixture
def new():
    return FakeFleet()


@pytest.fixture
def endpoint(old, storage, puts, now):
    return Endpoint(old, seeded(1), storage, lambda: now, BacklogMeasurement(puts, "iris"))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_a_fleet_that_comes_gets_its_share_and_the_old_one_the_rest(endpoint, old, new, share):
    assert endpoint.route(new, share) is None
    got = sum(endpoint.pick() is new for _ in range(10_000))
    assert abs(got - 10_000 * share) <= 5 * math.sqrt(10_000 * share * (1 - share))
    assert endpoint.serving is old


def test_a_fleet_with_the_whole_share_replaces_the_old_one(endpoint, old, new):
    endpoint.route(new, 0.1)
    assert endpoint.route(new, 1.0) is old
    assert {endpoint.pick() for _ in range(100)} == {new}
    assert endpoint.serving is new
    assert endpoint.route(new, 1.0) is None


def test_a_share_can_be_taken_back(endpoint, old, new):
    endpoint.route(new, 0.9)
    endpoint.withdraw(old)
    assert new in {endpoint.pick() for _ in range(100)}
    endpoint.withdraw(new)
    assert {endpoint.pick() for _ in range(100)} == {old}


def test_closing_stops_both_fleets_at_once(endpoint, old, new):
    endpoint.route(new, 0.5)
    endpoint.close()
    assert (old.closings, new.closings) == ([0], [0])


def test_closing_stops_a_fleet_that_has_taken_over_once_and_the_backlog(endpoint, old, new):
    endpoint.backlog = SimpleNamespace(close=lambda: new.closings.append("backlog"))
    endpoint.route(new, 0.5)
    endpoint.route(new, 1.0)
    endpoint.close()
    assert (old.closings, new.closings) == ([], ["backlog", 0])
