from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local.cloudwatch.alarms import Alarms
from local.cloudwatch.metrics import Metrics
from local.control.cloudwatch import CloudWatch
from local.control.service import Service

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARN = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"
ON_CALL = "arn:aws:sns:eu-central-1:123456789012:on-call"
ERRORS = {
    "AlarmName": "iris-errors",
    "AlarmDescription": "Too many errors.",
    "Namespace": "AWS/SageMaker",
    "MetricName": "Invocation5XXErrors",
    "Dimensions": [{"Name": "EndpointName", "Value": "iris"}],
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0.01,
    "TreatMissingData": "notBreaching",
    "AlarmActions": [ON_CALL],
}
IDLE = {
    "AlarmName": "iris-idle",
    "EvaluationPeriods": 15,
    "DatapointsToAlarm": 15,
    "ComparisonOperator": "LessThanThreshold",
    "Threshold": 600.0,
    "Metrics": [
        {
            "Id": "m1",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SageMaker",
                    "MetricName": "InvocationsPerInstance",
                    "Dimensions": [{"Name": "EndpointName", "Value": "iris"}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
            "ReturnData": False,
        },
        {"Id": "e1", "Expression": "FILL(m1, 0)", "Label": "Filled", "ReturnData": True},
    ],
}


class Passing:
    """The time; tests move it."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Passing()


@pytest.fixture
def metrics(clock):
    return Metrics(clock)


@pytest.fixture
def cloudwatch(aws, services, clock, metrics):
    control = CloudWatch("eu-central-1", clock, metrics, Alarms(metrics, clock))
    services.services["monitoring"] = Service("cloudwatch", control.handlers())
    return aws.client("cloudwatch")


def names(cloudwatch, **query):
    return [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms(**query)["MetricAlarms"]]


@pytest.mark.parametrize("definition", [ERRORS, IDLE])
def test_an_alarm_reads_back_whole(cloudwatch, definition):
    cloudwatch.put_metric_alarm(**definition)
    found = cloudwatch.describe_alarms(AlarmNames=[definition["AlarmName"]])
    [alarm] = found["MetricAlarms"]
    assert definition.items() <= alarm.items()
    assert alarm["AlarmArn"] == ARN + definition["AlarmName"]
    assert (alarm["ActionsEnabled"], alarm["OKActions"]) == (True, [])
    assert alarm["AlarmConfigurationUpdatedTimestamp"] == NOON
    assert found["CompositeAlarms"] == []


def test_the_state_follows_the_metric(cloudwatch, metrics, clock):
    cloudwatch.put_metric_alarm(**ERRORS)
    metrics.put("AWS/SageMaker", "Invocation5XXErrors", {"EndpointName": "iris"}, 1.0)
    clock.now += timedelta(minutes=1)
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"] == (
        "1 of 1 data points with GreaterThanThreshold 0.01 are an alarm. "
        "At 12:01, oldest first and - where missing: -, -, 1."
    )
    assert alarm["StateTransitionedTimestamp"] == clock.now


def test_an_alarm_put_again_is_the_new_one_only(cloudwatch):
    cloudwatch.put_metric_alarm(**ERRORS)
    cloudwatch.put_metric_alarm(**{k: v for k, v in ERRORS.items() if k != "AlarmActions"})
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["AlarmActions"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["iris-errors", "iris-idle"]),
        ({"AlarmNames": ["iris-idle", "never there"]}, ["iris-idle"]),
        ({"AlarmNamePrefix": "iris-e"}, ["iris-errors"]),
        ({"StateValue": "OK"}, ["iris-errors"]),
        ({"StateValue": "ALARM"}, ["iris-idle"]),
        ({"AlarmTypes": ["CompositeAlarm"]}, []),
        ({"ActionPrefix": "arn:aws:sns"}, ["iris-errors"]),
    ],
)
def test_alarms_are_found_by_what_they_are(cloudwatch, query, found):
    cloudwatch.put_metric_alarm(**ERRORS)
    cloudwatch.put_metric_alarm(**IDLE)
    assert names(cloudwatch, **query) == found


def test_a_state_can_be_set(cloudwatch):
    cloudwatch.put_metric_alarm(**ERRORS)
    cloudwatch.set_alarm_state(AlarmName="iris-errors", StateValue="ALARM", StateReason="a drill")
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", "a drill")


def test_deleted_alarms_are_gone_and_their_tags_too(cloudwatch):
    cloudwatch.put_metric_alarm(**ERRORS, Tags=[{"Key": "team", "Value": "a"}])
    cloudwatch.delete_alarms(AlarmNames=["iris-errors"])
    assert names(cloudwatch) == []
    cloudwatch.put_metric_alarm(**ERRORS)
    assert cloudwatch.list_tags_for_resource(ResourceARN=ARN + "iris-errors")["Tags"] == []


def test_tags_are_those_of_the_first_put_and_of_the_tag_operations(cloudwatch):
    arn = ARN + "iris-errors"
    cloudwatch.put_metric_alarm(**ERRORS, Tags=[{"Key": "team", "Value": "a"}])
    cloudwatch.put_metric_alarm(**ERRORS, Tags=[{"Key": "ignored", "Value": "yes"}])
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "env", "Value": "dev"}])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "env", "Value": "dev"},
        {"Key": "team", "Value": "a"},
    ]
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team", "env"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


@pytest.mark.parametrize(
    ("operation", "request_", "code", "message"),
    [
        (
            "PutMetricAlarm",
            ERRORS | {"Period": 10},
            "ValidationError",
            "Alarm 'iris-errors': Period 10: the local cloud keeps metrics by the minute. "
            "Allowed: multiples of 60.",
        ),
        (
            "DescribeAlarms",
            {"MaxRecords": 1},
            "ValidationError",
            "the local cloud does not have MaxRecords of DescribeAlarms",
        ),
        ("DeleteAlarms", {"AlarmNames": ["x"]}, "ResourceNotFound", "There is no alarm 'x'."),
        (
            "SetAlarmState",
            {"AlarmName": "x", "StateValue": "OK", "StateReason": ""},
            "ResourceNotFound",
            "There is no alarm 'x'.",
        ),
        (
            "SetAlarmState",
            {"AlarmName": "x", "StateValue": "FINE", "StateReason": ""},
            "ValidationError",
            "StateValue FINE. Allowed: OK, ALARM, INSUFFICIENT_DATA.",
        ),
        (
            "ListTagsForResource",
            {"ResourceARN": ARN + "x"},
            "ResourceNotFoundException",
            f"There is no resource {ARN}x.",
        ),
    ],
)
def test_what_cannot_be_done_is_answered_as_an_error(
    aws, cloudwatch, operation, request_, code, message
):
    with pytest.raises(ClientError) as error:
        aws.call("cloudwatch", operation, request_)
    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["Error"]["Message"] == message
