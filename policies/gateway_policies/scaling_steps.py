"""Rules for how scaling goes on: pauses, schedules, and instances that cannot scale."""

import re

from pulumi_policy import Severity

from gateway_policies.property_rule import values
from gateway_policies.resource import UNKNOWN, Block, Resource, Stack, Unknown
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limit,
    Limits,
    shown,
    stack_rule,
    unknown,
    violation,
)
from gateway_policies.sagemaker import ENDPOINT, variants
from gateway_policies.scale_in import SCALING_POLICY
from gateway_policies.scaling import INSTANCE_COUNT, configuration_of, targets_of

SCHEDULED_ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
_GUIDE = "https://docs.aws.amazon.com/autoscaling/application/userguide"

_COOLDOWNS = (
    "stepScalingPolicyConfiguration.cooldown",
    "targetTrackingScalingPolicyConfiguration.scaleInCooldown",
    "targetTrackingScalingPolicyConfiguration.scaleOutCooldown",
)


@stack_rule(
    Control(
        id="scaling-cooldown",
        title="Scaling does not pause for long",
        family=Family.SCALING,
        severity=Severity.MEDIUM,
        fix="Lower it, or raise the policy's maxCooldownSeconds.",
        url=f"{_GUIDE}/step-scaling-policy-overview.html",
    ),
    limits={
        "maxCooldownSeconds": Limit(
            default=3600, description="Longest pause between two changes of capacity, seconds"
        )
    },
)
def scaling_cooldown(stack: Stack, limits: Limits) -> Findings:
    """While it lasts, load that grows is not met and instances that idle are paid for."""
    most = limits["maxCooldownSeconds"]
    allowed = f"up to {most} seconds"
    for policy in stack.of_type(SCALING_POLICY):
        for key in _COOLDOWNS:
            [(path, cooldown)] = values(policy, key)
            if cooldown is UNKNOWN:
                yield unknown(path, allowed=allowed, urn=policy.urn)
            elif isinstance(cooldown, int | float) and cooldown > most:
                yield violation(path, seen=shown(cooldown), allowed=allowed, urn=policy.urn)


@stack_rule(
    Control(
        id="scheduled-bounds",
        title="Schedules stay within the limits of the environment",
        family=Family.SCALING,
        severity=Severity.HIGH,
        fix="Set the number within this range, which the policy's configuration gives.",
        url=f"{_GUIDE}/application-auto-scaling-scheduled-scaling.html",
    ),
    limits={
        "minInstances": Limit(default=1, description="Fewest instances that a schedule may leave"),
        "maxInstances": Limit(default=10, description="Most instances that a schedule may allow"),
    },
)
def scheduled_bounds(stack: Stack, limits: Limits) -> Findings:
    """A schedule sets new limits: a mistake in it undoes those of the target every day anew."""
    empty = _may_be_empty(stack)
    for action in stack.of_type(SCHEDULED_ACTION):
        if action.get("scalableDimension") not in (INSTANCE_COUNT, UNKNOWN):
            continue
        floor = 0 if _is_of(action, empty) else limits["minInstances"]
        yield from _bound_findings(action, floor, limits["maxInstances"])


def _may_be_empty(stack: Stack) -> set[object]:
    """Names of asynchronous endpoints, which keep their queue while they have no instance."""
    names = set()
    for endpoint in stack.of_type(ENDPOINT):
        config = configuration_of(stack, endpoint)
        if config and config.get("asyncInferenceConfig"):
            names.add(endpoint.get("name"))
    return names


def _is_of(action: Resource, endpoints: set[object]) -> bool:
    """Whether an action is for one of the endpoints, or may be as far as preview knows."""
    resource_id = action.get("resourceId")
    if resource_id is UNKNOWN or UNKNOWN in endpoints:
        return bool(endpoints)
    return str(resource_id).removeprefix("endpoint/").split("/")[0] in endpoints


def _bound_findings(action: Resource, floor: int, cap: int) -> Findings:
    [(low_path, low)] = values(action, "scalableTargetAction.minCapacity")
    [(high_path, high)] = values(action, "scalableTargetAction.maxCapacity")
    least = max(floor, low, 1) if isinstance(low, int) and low <= cap else max(floor, 1)
    for path, value, bound in ((low_path, low, floor), (high_path, high, least)):
        allowed = f"{bound}..{cap}"
        if value is UNKNOWN:
            yield unknown(path, allowed=allowed, urn=action.urn)
        # What a schedule leaves out stays as it is.
        elif value is not None and not (isinstance(value, int) and bound <= value <= cap):
            yield violation(path, seen=shown(value), allowed=allowed, urn=action.urn)


@stack_rule(
    Control(
        id="variant-burstable",
        title="Variants that scale do not run on burstable instances",
        family=Family.SCALING,
        severity=Severity.MEDIUM,
        fix="Choose another type, such as ml.m5.large, or register no scalable target.",
        url="https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html",
    )
)
def variant_burstable(stack: Stack, _: Limits) -> Findings:
    """AWS does not scale them, and without credits they answer at a fraction of their speed."""
    for endpoint in stack.of_type(ENDPOINT):
        config = configuration_of(stack, endpoint)
        if config is None:
            continue
        for variant in variants(config):
            scales = _scales(stack, endpoint, config, variant)
            instance = variant.get("instanceType")
            is_burstable = isinstance(instance, str) and _BURSTABLE.match(instance)
            if scales is False or not (is_burstable or instance is UNKNOWN):
                continue
            path = f"{variant.path}.instanceType"
            allowed = "a type without bursts, so not ml.t2, ml.t3 and the like"
            if instance is UNKNOWN:
                yield unknown(path, allowed=allowed, urn=config.urn)
            elif scales is UNKNOWN:
                seen = f"{shown(instance)}, and whether it scales is not known at preview"
                yield unknown(path, seen=seen, allowed=allowed, urn=config.urn)
            else:
                yield violation(path, seen=shown(instance), allowed=allowed, urn=config.urn)


_BURSTABLE = re.compile(r"ml\.t\d")


def _scales(stack: Stack, endpoint: Resource, config: Resource, variant: Block) -> bool | Unknown:
    [(_, managed)] = values(variant, "managedInstanceScaling.status")
    targets = targets_of(stack, endpoint, config, variant)
    if managed == "ENABLED" or (targets is not UNKNOWN and targets):
        return True
    return UNKNOWN if UNKNOWN in (managed, targets) else False


RULES = (scaling_cooldown, scheduled_bounds, variant_burstable)
