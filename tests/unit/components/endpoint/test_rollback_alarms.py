"""Alarms that roll an update back."""

import statistics

import pytest

from components.config.rollout import RollbackOn
from components.endpoint.rollback_alarms import RollbackAlarms

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


@pytest.fixture
def watched(deploy):
    def watch(*variants, **limits):
        return deploy(
            lambda: (
                RollbackAlarms(
                    "iris-rollback",
                    {
                        "endpoint_name": "prod-iris",
                        "configuration_name": "prod-iris-3f9a1-0c1d2e3",
                        "variant_names": variants,
                        "rollback_on": RollbackOn.model_validate(limits),
                    },
                ).names
            )
        )

    return watch


def fires(alarm, value):
    """As CloudWatch compares one period's statistic with the threshold."""
    assert alarm["comparisonOperator"] == "GreaterThanThreshold"
    return value > alarm["threshold"]


def test_each_variant_has_an_alarm_for_each_limit(watched):
    stack = watched("forest", "boosting", errorRate="1%", latencyP90="300ms")
    assert stack.result == [
        "prod-iris-forest-errors",
        "prod-iris-forest-latency",
        "prod-iris-boosting-errors",
        "prod-iris-boosting-latency",
    ]
    assert sorted(alarm.inputs["name"] for alarm in stack.all(ALARM)) == sorted(stack.result)


def test_a_limit_that_is_not_given_has_no_alarm(watched):
    assert watched("forest", latencyP90="300ms").result == ["prod-iris-forest-latency"]


def test_only_the_new_fleet_counts(watched):
    alarm = watched("forest", errorRate="1%").one(ALARM).inputs
    assert alarm["dimensions"] == {
        "EndpointName": "prod-iris",
        "VariantName": "forest",
        "EndpointConfigName": "prod-iris-3f9a1-0c1d2e3",
    }


@pytest.mark.parametrize(("failed", "rolls_back"), [(2, True), (1, False), (0, False)])
def test_more_than_1_percent_of_failures_fires_an_alarm_of_1_percent(watched, failed, rolls_back):
    alarm = watched("forest", errorRate="1%").one(ALARM).inputs
    assert (alarm["metricName"], alarm["statistic"]) == ("Invocation5XXErrors", "Average")
    assert fires(alarm, statistics.mean([1] * failed + [0] * (100 - failed))) is rolls_back


@pytest.mark.parametrize(("milliseconds", "rolls_back"), [(301, True), (299, False)])
def test_latency_is_compared_in_microseconds(watched, milliseconds, rolls_back):
    alarm = watched("forest", latencyP90="300ms").one(ALARM).inputs
    assert (alarm["metricName"], alarm["extendedStatistic"]) == ("ModelLatency", "p90")
    assert fires(alarm, milliseconds * 1000) is rolls_back


def test_one_bad_minute_is_enough_and_one_without_requests_is_a_good_one(watched):
    alarm = watched("forest", errorRate="1%").one(ALARM).inputs
    assert (alarm["period"], alarm["evaluationPeriods"]) == (60, 1)
    assert alarm["treatMissingData"] == "notBreaching"
