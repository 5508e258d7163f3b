"""Step policies and the alarms that drive them."""

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config.scaling import Cooldown
from components.endpoint.step_scaling import idle_threshold, scale_from_zero, scale_in_when_idle

POLICY = "aws:appautoscaling/policy:Policy"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def steps():
    target = aws.appautoscaling.Target(
        "forest",
        service_namespace="sagemaker",
        resource_id="endpoint/prod-iris/variant/forest",
        scalable_dimension="sagemaker:variant:DesiredInstanceCount",
        min_capacity=1,
        max_capacity=2,
    )
    return {
        "endpoint_name": "prod-iris",
        "variant_name": "forest",
        "target": target,
        "cooldown": Cooldown(),
    }


@pytest.fixture
def idle(deploy):
    options = pulumi.ResourceOptions()
    return deploy(lambda: scale_in_when_idle("forest", steps(), 1200, options))


@pytest.fixture
def waiting(deploy):
    return deploy(lambda: scale_from_zero("forest", steps(), pulumi.ResourceOptions()))


def test_one_instance_goes_for_each_alarm_and_then_there_is_a_pause(idle):
    assert idle.one(POLICY).inputs["stepScalingPolicyConfiguration"] == {
        "adjustmentType": "ChangeInCapacity",
        "metricAggregationType": "Average",
        "cooldown": 300,
        "stepAdjustments": [{"metricIntervalUpperBound": "0", "scalingAdjustment": -1}],
    }


def test_a_minute_without_the_metric_counts_as_one_without_traffic(idle):
    alarm = idle.one(ALARM).inputs
    invocations, filled = alarm["metricQueries"]
    assert invocations["metric"] == {
        "namespace": "AWS/SageMaker",
        "metricName": "InvocationsPerInstance",
        "dimensions": {"EndpointName": "prod-iris", "VariantName": "forest"},
        "stat": "Sum",
        "period": 60,
    }
    assert filled["expression"] == "FILL(invocations, 0)"
    assert (invocations["returnData"], filled["returnData"]) == (False, True)
    assert alarm["treatMissingData"] == "breaching"


def test_a_quarter_of_an_hour_below_half_the_target_is_idle(idle):
    alarm = idle.one(ALARM).inputs
    assert alarm["name"] == "prod-iris-forest-idle"
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 600)
    assert (alarm["evaluationPeriods"], alarm["datapointsToAlarm"]) == (15, 15)


@pytest.mark.parametrize("resources", ["idle", "waiting"])
def test_the_alarm_drives_the_policy(resources, request):
    stack = request.getfixturevalue(resources)
    [action] = stack.one(ALARM).inputs["alarmActions"]
    assert action == f"arn:{stack.one(POLICY).name}"


def test_work_that_waits_without_an_instance_starts_one(waiting):
    alarm = waiting.one(ALARM).inputs
    assert alarm["metricName"] == "HasBacklogWithoutCapacity"
    assert alarm["dimensions"] == {"EndpointName": "prod-iris"}
    assert (alarm["comparisonOperator"], alarm["threshold"]) == (
        "GreaterThanOrEqualToThreshold",
        1,
    )
    configuration = waiting.one(POLICY).inputs["stepScalingPolicyConfiguration"]
    assert configuration["cooldown"] == 60
    assert configuration["stepAdjustments"] == [
        {"metricIntervalLowerBound": "0", "scalingAdjustment": 1}
    ]


@given(
    target=st.integers(1, 10**6),
    instances=st.integers(2, 100),
    fullness=st.floats(0, 1, exclude_max=True),
)
def test_an_instance_that_goes_never_brings_the_others_above_the_target(
    target, instances, fullness
):
    load = instances * idle_threshold(target) * fullness
    assert load / (instances - 1) <= target
