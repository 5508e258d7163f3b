from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from local.cloudwatch.distribution import Distribution
from local.cloudwatch.metrics import Metric

FOREST = {"EndpointName": "iris", "VariantName": "forest"}
ERRORS = Metric.of("AWS/SageMaker", "Invocation5XXErrors", FOREST)
MINUTE = timedelta(minutes=1)


def put(metrics, value):
    metrics.put("AWS/SageMaker", "Invocation5XXErrors", FOREST, value)


def test_values_are_found_by_the_minute_in_which_they_came(metrics, clock):
    start = clock.now
    put(metrics, 1)
    clock.forward(seconds=59)
    put(metrics, 2)
    clock.forward(seconds=1)
    put(metrics, 4)
    assert metrics.over(ERRORS, start, start + MINUTE).total == 3
    assert metrics.over(ERRORS, start + MINUTE, start + 2 * MINUTE).total == 4
    assert metrics.over(ERRORS, start, start + 2 * MINUTE).total == 7
    assert metrics.over(ERRORS, start + 2 * MINUTE, start + 900 * MINUTE) is None


def test_the_order_of_dimensions_makes_no_metric_of_its_own(metrics, clock):
    metrics.put("Own", "a", {"x": "1", "y": "2"}, 1)
    metrics.put("Own", "a", {"y": "2", "x": "1"}, 1)
    assert list(metrics) == [Metric.of("Own", "a", {"x": "1", "y": "2"})]


def test_a_metric_with_other_dimensions_is_another_one(metrics, clock):
    put(metrics, 1)
    other = Metric.of("AWS/SageMaker", "Invocation5XXErrors", {"EndpointName": "iris"})
    assert metrics.over(other, clock.now, clock.now + MINUTE) is None


def test_values_can_be_of_another_time(metrics, clock):
    values = Distribution()
    values.add(5)
    metrics.merge(ERRORS, clock.now - timedelta(hours=1), values)
    assert metrics.over(ERRORS, clock.now - timedelta(hours=1), clock.now).total == 5


def test_a_time_past_retention_is_refused(metrics, clock):
    metrics.check_kept(clock.now - timedelta(days=3))
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text follows
        metrics.check_kept(clock.now - timedelta(days=4))
    assert str(error.value) == "2026-02-25 12:00 is past the 3 days that are kept."


def test_what_is_past_retention_is_forgotten(metrics, clock):
    start = clock.now
    put(metrics, 1)
    clock.forward(days=3)
    metrics.put("Own", "a", {}, 1)
    assert metrics.over(ERRORS, start, start + MINUTE).total == 1
    clock.forward(minutes=1)
    metrics.put("Own", "a", {}, 1)
    assert list(metrics) == [Metric.of("Own", "a", {})]


def test_no_value_is_lost_among_threads(metrics, clock):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: [put(metrics, 1) for _ in range(500)], range(8)))
    assert metrics.over(ERRORS, clock.now, clock.now + MINUTE).count == 4000
