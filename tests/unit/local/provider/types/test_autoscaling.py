"""The control plane wants a live endpoint for a target; here a store of what was put will do."""

from datetime import UTC, datetime

import pytest

from local.aws import Aws
from local.provider.types import RESOURCE_TYPES

TARGET = RESOURCE_TYPES["aws:appautoscaling/target:Target"]
POLICY = RESOURCE_TYPES["aws:appautoscaling/policy:Policy"]
ACTION = RESOURCE_TYPES["aws:appautoscaling/scheduledAction:ScheduledAction"]
KEY = {
    "serviceNamespace": "sagemaker",
    "resourceId": "endpoint/iris/variant/forest",
    "scalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
TRACKING = {
    "policyType": "TargetTrackingScaling",
    "targetTrackingScalingPolicyConfiguration": {
        "targetValue": 1200,
        "disableScaleIn": True,
        "scaleInCooldown": 300,
        "predefinedMetricSpecification": {
            "predefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
    },
}
BACKLOG = {
    "policyType": "TargetTrackingScaling",
    "targetTrackingScalingPolicyConfiguration": {
        "targetValue": 5,
        "customizedMetricSpecification": {
            "metricName": "ApproximateBacklogSizePerInstance",
            "namespace": "AWS/SageMaker",
            "statistic": "Average",
            "dimensions": [{"name": "EndpointName", "value": "iris"}],
        },
    },
}
METRIC_MATH = {
    "policyType": "TargetTrackingScaling",
    "targetTrackingScalingPolicyConfiguration": {
        "targetValue": 5,
        "customizedMetricSpecification": {
            "metrics": [
                {"id": "total", "expression": "m1 * 2", "returnData": True},
                {
                    "id": "m1",
                    "returnData": False,
                    "metricStat": {
                        "metric": {
                            "metricName": "Invocations",
                            "namespace": "AWS/SageMaker",
                            "dimensions": [{"name": "EndpointName", "value": "iris"}],
                        },
                        "stat": "Sum",
                    },
                },
            ]
        },
    },
}
STEPS = {
    "policyType": "StepScaling",
    "stepScalingPolicyConfiguration": {
        "adjustmentType": "ChangeInCapacity",
        "cooldown": 300,
        "metricAggregationType": "Average",
        "stepAdjustments": [{"metricIntervalUpperBound": "0", "scalingAdjustment": -1}],
    },
}
NIGHT = {
    "schedule": "cron(0 20 * * ? *)",
    "timezone": "Europe/Berlin",
    "startTime": "2026-03-01T13:00:00+01:00",
    "scalableTargetAction": {"minCapacity": 1, "maxCapacity": 2},
}


class PutAws(Aws):
    """Keeps what was put last; times come back as the SDK tells them."""

    def __init__(self):
        self.region = "eu-central-1"
        self.gateway_url = "http://127.0.0.1:1"
        self.record = None
        self.requests = []

    def call(self, service, operation, request):
        self.requests.append((operation, request))
        if operation.startswith(("Put", "Register")):
            self.record = {**request, "PolicyARN": "p", "ScheduledActionARN": "s"}
            self.record["ScalableTargetARN"] = "t"
            if "StartTime" in request:
                self.record["StartTime"] = datetime(2026, 3, 1, 12, tzinfo=UTC)
        if operation.startswith(("Delete", "Deregister")):
            self.record = None
        found = [self.record] if self.record else []
        return dict.fromkeys(("ScalableTargets", "ScalingPolicies", "ScheduledActions"), found)


@pytest.mark.parametrize(
    ("kind", "inputs", "change"),
    [
        (TARGET, {"minCapacity": 1, "maxCapacity": 2}, {"maxCapacity": 5}),
        (POLICY, {"name": "p", **TRACKING}, BACKLOG),
        (POLICY, {"name": "p", **TRACKING}, METRIC_MATH),
        (POLICY, {"name": "p", **STEPS}, TRACKING),
        (ACTION, {"name": "night", **NIGHT}, {"schedule": "rate(1 day)"}),
    ],
    ids=["target", "backlog", "metric math", "steps", "schedule"],
)
def test_it_is_put_read_put_again_and_deleted(kind, inputs, change):
    aws, made = PutAws(), {**KEY, **inputs}
    kind.refuse_unknown(made)
    assert kind.faults(made) == []
    resource_id, record = kind.make(aws, made)
    assert kind.live_inputs(record, made) == made
    assert kind.attributes(aws, resource_id, record, made)["arn"] in ("p", "s", "t")
    changed = {**made, **change}
    record = kind.change(aws, resource_id, made, changed)
    assert kind.live_inputs(record, changed) == changed
    kind.remove(aws, resource_id, changed)
    assert kind.look_up(aws, resource_id, changed) is None


def test_what_is_asked_for_is_named_in_full():
    aws = PutAws()
    for kind, name in ((POLICY, {"name": "p"}), (ACTION, {"name": "p"}), (TARGET, {})):
        kind.look_up(aws, "x", {**KEY, **name})
    where = {
        "ServiceNamespace": "sagemaker",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    resource = "endpoint/iris/variant/forest"
    assert aws.requests == [
        (
            "DescribeScalingPolicies",
            {**where, "ResourceId": resource, "PolicyNames": ["p"]},
        ),
        (
            "DescribeScheduledActions",
            {**where, "ResourceId": resource, "ScheduledActionNames": ["p"]},
        ),
        ("DescribeScalableTargets", {**where, "ResourceIds": [resource]}),
    ]


def test_limits_that_a_schedule_moved_show_as_drift():
    made = {**KEY, "minCapacity": 1, "maxCapacity": 2}
    _, record = TARGET.make(PutAws(), made)
    assert TARGET.live_inputs({**record, "MaxCapacity": 9}, made) == {**made, "maxCapacity": 9}
