"""Scaling policies: what they may say. What they do: see dynamic.py."""

from collections.abc import Mapping, Sequence

from local.clock import Clock
from local.control.autoscaling.registry import (
    INSTANCES,
    PROVISIONED,
    Key,
    ScalableTargets,
    described,
    invalid,
    target_key,
)
from local.control.autoscaling.steps import ADJUSTMENTS, AGGREGATIONS
from local.control.autoscaling.tracking import tracking_alarms
from local.control.records import Record
from local.control.service import Handler

_METRICS = {
    INSTANCES: (
        "SageMakerVariantInvocationsPerInstance",
        "SageMakerVariantConcurrentRequestsPerModelHighResolution",
    ),
    PROVISIONED: ("SageMakerVariantProvisionedConcurrencyUtilization",),
}
"""https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html"""

_CONFIGURATIONS = {
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
    "StepScaling": "StepScalingPolicyConfiguration",
}


class Policies:
    """The policies of one region, with the alarms of those that have some made for them."""

    def __init__(self, registry: ScalableTargets, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "PutScalingPolicy": self._put,
            "DescribeScalingPolicies": lambda request: described(
                self._registry.policies, request, result="ScalingPolicies", named="PolicyName"
            ),
            "DeleteScalingPolicy": lambda request: self._registry.delete_policy(
                (*target_key(request), request["PolicyName"])
            ),
        }

    def _put(self, request: Record) -> Record:
        target = target_key(request)
        self._registry.existing(target)
        key = (*target, request["PolicyName"])
        kind = request.get("PolicyType", "StepScaling")
        _check_kind(kind, request)
        if kind == "TargetTrackingScaling":
            tracking = request[_CONFIGURATIONS[kind]]
            _check_tracking(tracking, target[2])
            self._check_metric(key, tracking)
        else:
            _check_steps(request[_CONFIGURATIONS[kind]])
        found = self._registry.policies.find(key) or {"CreationTime": self._clock()}
        if found.get("PolicyType", kind) != kind:
            raise invalid(
                f"PolicyType of {key[-1]} is {found['PolicyType']} and cannot become {kind}. "
                "Delete the policy first."
            )
        arn = self._registry.arn("scalingPolicy", key)
        alarms = self._put_alarms(arn, target, found, request)
        stamped = {"PolicyType": kind, "PolicyARN": arn, "Alarms": alarms}
        self._registry.policies.put(key, found | request | stamped)
        return {"PolicyARN": arn, "Alarms": alarms}

    def _put_alarms(self, arn: str, target: Key, found: Record, request: Record) -> list[Record]:
        """Makes the alarms that a policy needs, and takes away those that it had."""
        tracking = request.get("TargetTrackingScalingPolicyConfiguration")
        try:
            alarms = tracking_alarms(arn, target, tracking) if tracking else {}
        except ValueError as error:
            raise invalid(f"{request['PolicyName']}: {error}") from error
        for name, alarm in alarms.items():
            self._registry.alarms.put(name, alarm)
        before = {alarm["AlarmName"] for alarm in found.get("Alarms", [])}
        self._registry.delete_alarms(before - alarms.keys())
        return [{"AlarmName": name, "AlarmARN": self._registry.alarm_arn(name)} for name in alarms]

    def _check_metric(self, key: Key, tracking: Record) -> None:
        """Two policies that track one metric would work against each other."""
        for other, policy in self._registry.policies:
            same_target = other[:-1] == key[:-1] and other != key
            configuration = policy.get("TargetTrackingScalingPolicyConfiguration")
            if same_target and configuration and _metric(configuration) == _metric(tracking):
                raise invalid(
                    "Only one TargetTrackingScaling policy for a given metric specification is "
                    f"allowed. There is {other[-1]}."
                )


def _check_kind(kind: str, request: Record) -> None:
    if kind not in _CONFIGURATIONS:
        raise invalid(
            f"the local cloud does not have PolicyType {kind}. Allowed: "
            f"{', '.join(_CONFIGURATIONS)}."
        )
    given = [member for member in request if member.endswith("PolicyConfiguration")]
    if given != [_CONFIGURATIONS[kind]]:
        raise invalid(
            f"PolicyType {kind} with {', '.join(given) or 'no configuration'}. Allowed: "
            f"{_CONFIGURATIONS[kind]}."
        )


def _metric(tracking: Record) -> Record | None:
    found: Record | None = tracking.get("PredefinedMetricSpecification") or tracking.get(
        "CustomizedMetricSpecification"
    )
    return found


def _check_tracking(tracking: Record, dimension: str) -> None:
    given = [member for member in tracking if member.endswith("MetricSpecification")]
    if len(given) != 1:
        raise invalid(
            f"TargetTrackingScalingPolicyConfiguration with {' and '.join(given) or 'no metric'}. "
            "Allowed: one of PredefinedMetricSpecification, CustomizedMetricSpecification."
        )
    kind = tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    allowed = _METRICS[dimension]
    if kind is not None and kind not in allowed:
        # In AWS's words: https://github.com/aws/aws-cdk/issues/29065
        raise invalid(
            f"Scalable dimension {dimension} only supports the following predefined metric types: "
            f"{', '.join(allowed)}"
        )


def _check_steps(configuration: Record) -> None:
    """The steps follow one another without gap and overlap.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
    """
    if "AdjustmentType" not in configuration or not configuration.get("StepAdjustments"):
        raise invalid("StepScalingPolicyConfiguration needs AdjustmentType and StepAdjustments.")
    for member, allowed in (
        ("AdjustmentType", ADJUSTMENTS),
        ("MetricAggregationType", AGGREGATIONS),
    ):
        given = configuration.get(member)
        if given is not None and given not in allowed:
            raise invalid(f"{member} is {given}. Allowed: {', '.join(allowed)}.")
    infinite = float("inf")
    steps = sorted(
        (
            step.get("MetricIntervalLowerBound", -infinite),
            step.get("MetricIntervalUpperBound", infinite),
        )
        for step in configuration["StepAdjustments"]
    )
    if any(low >= high for low, high in steps) or not _adjoin(steps):
        raise invalid(
            f"StepAdjustments cover {_shown(steps)}. Allowed: intervals that adjoin, each with its "
            "lower bound below its upper one."
        )


def _adjoin(steps: Sequence[tuple[float, float]]) -> bool:
    return all(before[1] == after[0] for before, after in zip(steps, steps[1:], strict=False))


def _shown(steps: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{low:g} to {high:g}" for low, high in steps)
