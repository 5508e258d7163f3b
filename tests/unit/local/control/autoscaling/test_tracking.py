import pytest

from local.control.autoscaling.registry import INSTANCES, PROVISIONED
from local.control.autoscaling.tracking import tracked, tracking_alarms

ARN = "arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:1"
TARGET = ("sagemaker", "endpoint/iris/variant/forest", INSTANCES)
DIMENSIONS = [
    {"Name": "EndpointName", "Value": "iris"},
    {"Name": "VariantName", "Value": "forest"},
]


def predefined(metric="SageMakerVariantInvocationsPerInstance", value=100.0, **members):
    specification = {"PredefinedMetricType": metric}
    return {"TargetValue": value, "PredefinedMetricSpecification": specification, **members}


def alarms(tracking, target=TARGET):
    found = tracking_alarms(ARN, target, tracking)
    assert all(name == alarm.definition["AlarmName"] for name, alarm in found.items())
    return list(found.values())


def test_a_policy_has_an_alarm_above_its_target_and_one_well_below():
    high, low = (alarm.definition for alarm in alarms(predefined()))
    shared = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "InvocationsPerInstance",
        "Dimensions": DIMENSIONS,
        "Statistic": "Sum",
        "Period": 60,
        "AlarmActions": [ARN],
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {ARN}.",
    }
    assert {k: v for k, v in high.items() if k != "AlarmName"} == shared | {
        "EvaluationPeriods": 3,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 100.0,
    }
    assert {k: v for k, v in low.items() if k != "AlarmName"} == shared | {
        "EvaluationPeriods": 15,
        "ComparisonOperator": "LessThanThreshold",
        "Threshold": 90.0,
    }


def test_alarms_are_named_as_on_aws_and_the_same_each_time():
    first, second = (tracking_alarms(ARN, TARGET, predefined()) for _ in range(2))
    assert list(first) == list(second)
    assert [name.rsplit("-", 5)[0] for name in first] == [
        "TargetTracking-endpoint/iris/variant/forest-AlarmHigh",
        "TargetTracking-endpoint/iris/variant/forest-AlarmLow",
    ]
    other = tracking_alarms(f"{ARN}2", TARGET, predefined())
    assert not first.keys() & other.keys()


def test_without_scale_in_there_is_no_alarm_for_it():
    [high] = alarms(predefined(DisableScaleIn=True))
    assert high.comparison == "GreaterThanThreshold"


@pytest.mark.parametrize(
    ("metric", "dimension", "name", "statistic"),
    [
        (
            "SageMakerVariantConcurrentRequestsPerModelHighResolution",
            INSTANCES,
            "ConcurrentRequestsPerModel",
            "Maximum",
        ),
        (
            "SageMakerVariantProvisionedConcurrencyUtilization",
            PROVISIONED,
            "ServerlessProvisionedConcurrencyUtilization",
            "Maximum",
        ),
    ],
)
def test_each_predefined_metric_stands_for_one_of_cloudwatch(metric, dimension, name, statistic):
    high, _ = alarms(predefined(metric), (*TARGET[:2], dimension))
    assert (high.definition["MetricName"], high.definition["Statistic"]) == (name, statistic)


HIGH, LOW = alarms(predefined())


@pytest.mark.parametrize(
    ("alarm", "values", "capacity", "found"),
    [
        (HIGH, [101.0, 101.0, 101.0], 1, 2),
        (HIGH, [900.0, 101.0, 150.0], 2, 3),  # the newest one
        (HIGH, [101.0, 101.0, 1000.0], 2, 20),
        (LOW, [50.0] * 15, 4, 2),
        (LOW, [10.0] * 14 + [70.0], 4, 3),  # the busiest one
        (LOW, [70.0] + [10.0] * 14, 4, 3),
        (LOW, [89.0] * 15, 2, 2),
        (LOW, [0.0] * 15, 2, 0),
        (HIGH, [], 2, None),
    ],
)
def test_capacity_follows_the_metric_in_proportion(alarm, values, capacity, found):
    assert tracked(predefined(), alarm, values, capacity) == found
