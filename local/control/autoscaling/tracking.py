"""Target tracking: the alarms that a policy has made for it, and the capacity that it wants.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

import math
import uuid
from collections.abc import Sequence

from local.cloudwatch.alarm import Alarm
from local.control.autoscaling.registry import Key, variant_of
from local.control.records import Record

_HIGH = "GreaterThanThreshold"
_LOW_SHARE = 0.9
"""Of the target, below which there is too much capacity."""
_PERIODS = {"AlarmHigh": 3, "AlarmLow": 15}

_PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum"),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
        "ConcurrentRequestsPerModel",
        "Maximum",
    ),
    "SageMakerVariantProvisionedConcurrencyUtilization": (
        "ServerlessProvisionedConcurrencyUtilization",
        "Maximum",
    ),
}
"""Metric of CloudWatch and statistic that each stands for; which statistics is not confirmed.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""


def tracking_alarms(arn: str, target: Key, tracking: Record) -> dict[str, Alarm]:
    """The alarms of a policy, by name. Raises ValueError for what cannot be watched.

    arn: the policy's. With DisableScaleIn there is none for too much capacity.
    """
    value = tracking["TargetValue"]
    if value <= 0:
        raise ValueError(f"TargetValue is {value:g}. Allowed: above 0.")
    description = f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}."
    levels = {"AlarmHigh": (_HIGH, value)}
    if not tracking.get("DisableScaleIn"):
        levels["AlarmLow"] = ("LessThanThreshold", value * _LOW_SHARE)
    return {
        name: Alarm.parse(
            _metric(target, tracking)
            | {
                "AlarmName": name,
                "AlarmDescription": description,
                "AlarmActions": [arn],
                "Period": 60,
                "EvaluationPeriods": _PERIODS[kind],
                "ComparisonOperator": comparison,
                "Threshold": threshold,
            }
        )
        for kind, (comparison, threshold) in levels.items()
        for name in [_alarm_name(arn, target, kind)]
    }


def tracked(tracking: Record, alarm: Alarm, values: Sequence[float], capacity: int) -> int | None:
    """The capacity at which the metric would be at its target; None without data points.

    AWS tells no formula, only that it grows in proportion and shrinks more gradually. Here growth
    follows the newest data point, and capacity goes only as far as the busiest one allows.
    """
    if not values:
        return None
    metric = values[-1] if alarm.comparison == _HIGH else max(values)
    target: float = tracking["TargetValue"]
    return math.ceil(capacity * metric / target)


def _alarm_name(arn: str, target: Key, kind: str) -> str:
    return f"TargetTracking-{target[1]}-{kind}-{uuid.uuid5(uuid.NAMESPACE_URL, arn + kind)}"


def _metric(target: Key, tracking: Record) -> Record:
    if custom := tracking.get("CustomizedMetricSpecification"):
        return dict(custom)
    name, statistic = _PREDEFINED[tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]]
    endpoint, variant = variant_of(target)
    return {
        "Namespace": "AWS/SageMaker",
        "MetricName": name,
        "Statistic": statistic,
        "Dimensions": [
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": variant},
        ],
    }
