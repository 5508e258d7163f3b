from typing import Any

import pytest

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
DIMENSIONS = {"EndpointName": "iris", "VariantName": "forest"}
ERRORS = {
    "name": "iris-forest-errors",
    "comparisonOperator": "GreaterThanOrEqualToThreshold",
    "evaluationPeriods": 1,
    "metricName": "Invocation5XXErrors",
    "namespace": "AWS/SageMaker",
    "dimensions": DIMENSIONS,
    "period": 60,
    "statistic": "Average",
    "threshold": 0.01,
    "treatMissingData": "notBreaching",
    "tags": {"team": "a"},
}
QUERIES: list[Any] = [
    {"id": "filled", "expression": "FILL(m1, 0)", "returnData": True},
    {
        "id": "m1",
        "metric": {
            "metricName": "InvocationsPerInstance",
            "namespace": "AWS/SageMaker",
            "dimensions": DIMENSIONS,
            "period": 60,
            "stat": "Sum",
        },
    },
]
IDLE = {
    "name": "iris-forest-idle",
    "comparisonOperator": "LessThanThreshold",
    "evaluationPeriods": 15,
    "threshold": 600,
    "alarmActions": ["arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:1"],
    "metricQueries": QUERIES,
}


@pytest.mark.parametrize("inputs", [ERRORS, IDLE], ids=["metric", "metric math"])
def test_an_alarm_lives_and_changes_in_place(provider, inputs):
    made = provider.make(ALARM, inputs)
    assert made.is_clean()
    made.change(threshold=0.5, evaluationPeriods=2)
    assert made.is_clean()
    made.change(tags={"team": "b", "cost": "1"})
    assert made.is_clean()
    made.change(tags=None)
    assert made.is_clean()
    assert made.goes()


def test_an_alarm_watches_what_the_program_says(provider, aws):
    provider.make(ALARM, IDLE)
    [alarm] = aws.call("cloudwatch", "DescribeAlarms", {})["MetricAlarms"]
    assert alarm["Metrics"][1]["MetricStat"] == {
        "Metric": {
            "Namespace": "AWS/SageMaker",
            "MetricName": "InvocationsPerInstance",
            "Dimensions": [
                {"Name": "EndpointName", "Value": "iris"},
                {"Name": "VariantName", "Value": "forest"},
            ],
        },
        "Period": 60,
        "Stat": "Sum",
    }


def test_a_threshold_that_someone_moved_shows_as_drift(provider, aws):
    made = provider.make(ALARM, IDLE)
    [alarm] = aws.call("cloudwatch", "DescribeAlarms", {})["MetricAlarms"]
    asked = ("AlarmName", "ComparisonOperator", "EvaluationPeriods", "AlarmActions")
    request = {name: alarm[name] for name in asked}
    queries = alarm["Metrics"]
    queries[1]["MetricStat"]["Metric"]["Dimensions"][1]["Value"] = "boosting"
    aws.call("cloudwatch", "PutMetricAlarm", {**request, "Threshold": 1.0, "Metrics": queries})
    inputs, _ = made.refresh()
    assert inputs["threshold"] == 1
    assert inputs["metricQueries"] == [
        QUERIES[0],
        {
            "id": "m1",
            "metric": {
                **QUERIES[1]["metric"],
                "dimensions": {"EndpointName": "iris", "VariantName": "boosting"},
            },
        },
    ]


def test_another_name_replaces_an_alarm(provider):
    answer = provider.diff(ALARM, ERRORS, {**ERRORS, "name": "other"})
    assert list(answer.replaces) == ["name"]
