"""From a DeploymentConfig to the pace of a roll-out.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeploymentConfig.html
"""

import math
from collections.abc import Mapping, Sequence

from local.control.records import Record
from local.control.sagemaker.members import invalid
from local.sagemaker.plan import EndpointPlan, VariantPlan
from local.sagemaker.rollout import Rollout

_ROUNDING = 1e-9
_PERCENT = 100

_SIZES = {"CanarySize": (0, 50), "LinearStepSize": (10, 50), "MaximumBatchSize": (5, 50)}
"""Allowed percent of a variant's instances.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html
"""

_SIZE_OF = {"ALL_AT_ONCE": None, "CANARY": "CanarySize", "LINEAR": "LinearStepSize"}
"""What tells the size of a step, by the type of traffic routing."""

_TIMES = {
    "WaitIntervalInSeconds": (0, 3600),
    "TerminationWaitInSeconds": (0, 3600),
    "MaximumExecutionTimeoutInSeconds": (600, 28_800),
}
_MAX_ALARMS = 10


def rollout(config: Record, plan: EndpointPlan) -> Rollout:
    """How an endpoint moves to a plan. Raises AwsError for what AWS refuses."""
    alarms = tuple(
        alarm["AlarmName"]
        for alarm in config.get("AutoRollbackConfiguration", {}).get("Alarms", [])
        if "AlarmName" in alarm
    )
    if len(alarms) > _MAX_ALARMS:
        raise invalid(f"Alarms has {len(alarms)} alarms. Allowed: at most {_MAX_ALARMS}.")
    policies = [policy for policy in config if policy != "AutoRollbackConfiguration"]
    if len(policies) > 1:
        raise invalid(f"DeploymentConfig has {' and '.join(policies)}. Allowed: one policy.")
    # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
    if policies and any(variant.serverless for variant in plan.variants):
        raise invalid(f"{policies[0]} is not supported with serverless variants.")
    if "RollingUpdatePolicy" in config:
        return _rolling(config["RollingUpdatePolicy"], plan.variants, alarms)
    return _blue_green(config.get("BlueGreenUpdatePolicy", {}), plan.variants, alarms)


def _blue_green(
    policy: Record, variants: Sequence[VariantPlan], alarms: tuple[str, ...]
) -> Rollout:
    _check_times(policy)
    routing = policy.get("TrafficRoutingConfiguration", {})
    _check_times(routing)
    return Rollout(
        steps=_steps(routing, variants),
        wait_seconds=routing.get("WaitIntervalInSeconds", 0),
        final_wait_seconds=policy.get("TerminationWaitInSeconds", 0),
        timeout_seconds=policy.get("MaximumExecutionTimeoutInSeconds"),
        alarms=alarms,
    )


def _steps(routing: Record, variants: Sequence[VariantPlan]) -> tuple[float, ...]:
    kind = routing.get("Type", "ALL_AT_ONCE")
    if kind not in _SIZE_OF:
        raise invalid(f"Traffic routing type {kind}. Allowed: {', '.join(_SIZE_OF)}.")
    member = _SIZE_OF[kind]
    unwanted = sorted({"CanarySize", "LinearStepSize"} & routing.keys() - {member})
    if unwanted:
        raise invalid(f"{', '.join(unwanted)} does not go with traffic routing type {kind}.")
    if member is None:
        return ()
    if member not in routing:
        raise invalid(f"Traffic routing type {kind} needs {member}.")
    share = _share(member, routing[member], variants)
    return (share,) if kind == "CANARY" else _equal_steps(share)


def _rolling(policy: Record, variants: Sequence[VariantPlan], alarms: tuple[str, ...]) -> Rollout:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
    if len(variants) > 1:
        raise invalid(
            f"RollingUpdatePolicy with {len(variants)} production variants. Allowed: one variant."
        )
    if "RollbackMaximumBatchSize" in policy:
        raise invalid(
            "the local cloud does not have RollbackMaximumBatchSize of rolling updates: it keeps "
            "the old fleet whole, so that a roll-back is one step"
        )
    _check_times(policy)
    share = _share("MaximumBatchSize", policy["MaximumBatchSize"], variants)
    instances = max(variants[0].instances, 1)
    batch = math.ceil(share * instances - _ROUNDING)
    wait = policy["WaitIntervalInSeconds"]
    return Rollout(
        steps=_equal_steps(batch / instances),
        wait_seconds=wait,
        final_wait_seconds=wait,
        timeout_seconds=policy.get("MaximumExecutionTimeoutInSeconds"),
        alarms=alarms,
    )


def _share(member: str, size: Record, variants: Sequence[VariantPlan]) -> float:
    """Of every variant's instances; the smallest, where a count is not the same share of each."""
    low, high = _SIZES[member]
    if size["Type"] == "CAPACITY_PERCENT":
        shares: list[float] = [size["Value"] / _PERCENT]
    else:
        shares = [size["Value"] / max(variant.instances, 1) for variant in variants]
    for share in shares:
        if not low - _ROUNDING <= share * _PERCENT <= high + _ROUNDING:
            raise invalid(
                f"{member} is {share:.0%} of a variant's instances. Allowed: {low} to {high} %."
            )
    return min(shares)


def _equal_steps(share: float) -> tuple[float, ...]:
    """The shares before the whole: 0.3, 0.6, 0.9."""
    count = math.ceil(1 / share - _ROUNDING)
    return tuple(step * share for step in range(1, count))


def _check_times(members: Mapping[str, int]) -> None:
    for member, (low, high) in _TIMES.items():
        if not low <= members.get(member, low) <= high:
            raise invalid(f"{member} is {members[member]}. Allowed: {low} to {high}.")
