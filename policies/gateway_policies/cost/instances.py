"""How many instances a variant of an endpoint runs: its limits, its schedule, its traffic."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway_policies.cost.charge import HOURS, Quantity
from gateway_policies.property_rule import values
from gateway_policies.resource import UNKNOWN, Block, Resource, Stack, Unknown
from gateway_policies.sagemaker import shadow_variants
from gateway_policies.scale_in import SCALING_POLICY
from gateway_policies.scaling import targets_of
from gateway_policies.scaling_steps import SCHEDULED_ACTION

_DAY_MINUTES = 24 * 60
_DAILY = re.compile(r"cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)")
_TRACKING = "targetTrackingScalingPolicyConfiguration"
_PER_INSTANCE = f"{_TRACKING}.predefinedMetricSpecification.predefinedMetricType"
# https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-code-define.html
_INVOCATIONS = "SageMakerVariantInvocationsPerInstance"


@dataclass(frozen=True)
class _Bounds:
    """Limits that hold from a minute of the day on."""

    floor: int
    ceiling: int
    minute: int = 0


def instances(
    stack: Stack, endpoint: Resource, config: Resource, variant: Block, requests: float
) -> Quantity | Unknown:
    """Instances of a variant, as a mean over the month. requests: that reach it in a month."""
    initial = variant.number("initialInstanceCount")
    managed = variant.block("managedInstanceScaling")
    status = managed.text("status") if managed else None
    if status is UNKNOWN:
        return UNKNOWN
    if managed and status == "ENABLED":
        low, high = managed.number("minInstanceCount"), managed.number("maxInstanceCount")
        return _between(initial if low is None else low, high)
    if variant in shadow_variants(config):
        return _between(initial, initial)
    targets = targets_of(stack, endpoint, config, variant)
    if targets is UNKNOWN:
        return UNKNOWN
    if not targets:
        return _between(initial, initial)
    return _scaled(stack, targets[0], requests)


def _between(low: int | Unknown | None, high: int | Unknown | None) -> Quantity | Unknown:
    """Without a target nothing says how many there will be between the two: the fewest."""
    if not isinstance(low, int) or not isinstance(high, int):
        return UNKNOWN
    return Quantity(low, low, high)


def _scaled(stack: Stack, target: Resource, requests: float) -> Quantity | Unknown:
    low, high = target.number("minCapacity"), target.number("maxCapacity")
    if not isinstance(low, int) or not isinstance(high, int):
        return UNKNOWN
    usual = _Bounds(low, high)
    schedule = _schedule(_of(stack, target, SCHEDULED_ACTION), usual)
    if schedule is UNKNOWN:
        return UNKNOWN
    every = [usual, *schedule]
    needed = _needed(_of(stack, target, SCALING_POLICY), requests)
    # The limits of the target itself end with the first scheduled action.
    return Quantity(
        min(bounds.floor for bounds in every),
        _mean([min(max(b.floor, needed), b.ceiling) for b in schedule or every], schedule),
        max(bounds.ceiling for bounds in every),
    )


def _of(stack: Stack, target: Resource, token: str) -> list[Resource]:
    """What Application Auto Scaling does with a target: resources that name it, or come of it."""
    name = target.text("resourceId")
    return [
        found
        for found in stack.of_type(token)
        if (isinstance(name, str) and found.text("resourceId") == name)
        or target.urn in found.dependencies.get("resourceId", ())
    ]


def _schedule(actions: Sequence[Resource], usual: _Bounds) -> list[_Bounds] | Unknown:
    """The limits over a day, in order of time. What is not daily is counted as all day."""
    found = []
    for action in actions:
        [(_, low)] = values(action, "scalableTargetAction.minCapacity")
        [(_, high)] = values(action, "scalableTargetAction.maxCapacity")
        if UNKNOWN in (low, high):
            return UNKNOWN
        floor = low if isinstance(low, int) else usual.floor
        ceiling = high if isinstance(high, int) else max(usual.ceiling, floor)
        daily = _DAILY.fullmatch(str(action.get("schedule")))
        minute = int(daily[1]) + 60 * int(daily[2]) if daily else -1
        found.append(_Bounds(floor, ceiling, minute))
    zones = {str(action.get("timezone")) for action in actions}
    if len(zones) > 1 or any(bounds.minute < 0 for bounds in found):
        # When which limits hold is not worth a calendar here: the dearest, to be careful.
        return [max([usual, *found], key=lambda bounds: bounds.floor)]
    return sorted(found, key=lambda bounds: bounds.minute)


def _mean(counts: Sequence[int], schedule: Sequence[_Bounds]) -> float:
    """Mean of what holds from each time of a schedule until the next one, over a day."""
    if len(counts) == 1:
        return counts[0]
    starts = [bounds.minute for bounds in schedule]
    lasting = [end - start for start, end in pairwise([*starts, starts[0] + _DAY_MINUTES])]
    return sum(n * minutes for n, minutes in zip(counts, lasting, strict=True)) / _DAY_MINUTES


def _needed(policies: Sequence[Resource], requests: float) -> int:
    """Instances that even traffic keeps, by the target of requests that scaling tracks."""
    per_minute = requests / HOURS / 60
    for policy in policies:
        [(_, metric)] = values(policy, _PER_INSTANCE)
        [(_, target)] = values(policy, f"{_TRACKING}.targetValue")
        if metric == _INVOCATIONS and isinstance(target, int | float) and target > 0:
            return math.ceil(per_minute / target)
    return 0
