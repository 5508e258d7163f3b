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
from gateway_policies.scaling import INSTANCE_COUNT, SCALABLE_TARGET, targets_of
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
    if initial is UNKNOWN or status is UNKNOWN:
        return UNKNOWN
    if managed and status == "ENABLED":
        low, high = managed.number("minInstanceCount"), managed.number("maxInstanceCount")
        return _between(initial if low is None else low, high, initial or 0)
    shadow = variant in shadow_variants(config)
    targets = [] if shadow else targets_of(stack, endpoint, config, variant)
    if targets is UNKNOWN:
        return UNKNOWN
    if not targets:
        return _between(initial)
    return _largest([_scaled(stack, target, requests) for target in targets], initial or 0)


def _between(low: int | Unknown | None, *others: int | Unknown | None) -> Quantity | Unknown:
    """Without a target nothing says how many there will be up to the largest: the fewest."""
    high = [other for other in others if isinstance(other, int)]
    if not isinstance(low, int) or len(high) < len(others):
        return UNKNOWN
    return Quantity(low, low, max([low, *high]))


def _largest(counts: Sequence[Quantity | Unknown], initial: int) -> Quantity | Unknown:
    """Of the targets of a variant. What it begins with stays until scaling acts."""
    known = [count for count in counts if count is not UNKNOWN]
    if len(known) < len(counts):
        return UNKNOWN
    return Quantity(
        min(count.minimum for count in known),
        max(count.expected for count in known),
        max(initial, *(count.maximum for count in known)),
    )


def _scaled(stack: Stack, target: Resource, requests: float) -> Quantity | Unknown:
    low, high = target.number("minCapacity"), target.number("maxCapacity")
    if not isinstance(low, int) or not isinstance(high, int):
        return UNKNOWN
    usual = _Bounds(low, max(low, high))
    actions, policies = (_of(stack, target, token) for token in (SCHEDULED_ACTION, SCALING_POLICY))
    schedule = UNKNOWN if actions is UNKNOWN else _schedule(actions, usual)
    # Whose a policy is matters to what the requests keep alone.
    if schedule is UNKNOWN or (policies is UNKNOWN and requests):
        return UNKNOWN
    every = [usual, *schedule]
    needed = 0 if policies is UNKNOWN else _needed(policies, requests)
    # The limits of the target itself end with the first scheduled action.
    return Quantity(
        min(bounds.floor for bounds in every),
        _mean([min(max(b.floor, needed), b.ceiling) for b in schedule or every], schedule),
        max(bounds.ceiling for bounds in every),
    )


def _of(stack: Stack, target: Resource, token: str) -> list[Resource] | Unknown:
    """What Application Auto Scaling does with a target; UNKNOWN if more of it may be the target's.

    Its dimension tells what is for other services, as is what scales a table.
    """
    found = []
    for part in stack.of_type(token):
        if part.get("scalableDimension") not in (INSTANCE_COUNT, UNKNOWN, None):
            continue
        belongs = _belongs(stack, part, target)
        if belongs is UNKNOWN:
            return UNKNOWN
        if belongs:
            found.append(part)
    return found


def _belongs(stack: Stack, part: Resource, target: Resource) -> bool | Unknown:
    """Whether a part names a target, or comes of it or of the endpoint that it comes of."""
    names = part.text("resourceId"), target.text("resourceId")
    if UNKNOWN not in names:
        return names[0] == names[1]
    feeding, targets = _feeding(part), stack.of_type(SCALABLE_TARGET)
    related = [one for one in targets if one.urn in feeding]
    if not related and _feeding(target):
        related = [one for one in targets if feeding & _feeding(one)]
    if related and target not in related:
        return False
    return True if related == [target] else UNKNOWN


def _feeding(resource: Resource) -> frozenset[str]:
    return frozenset(resource.dependencies.get("resourceId", ()))


def _schedule(actions: Sequence[Resource], usual: _Bounds) -> list[_Bounds] | Unknown:
    """The limits over a day, in order of time. What is not daily is counted as all day."""
    found = []
    for action in actions:
        [(_, low)] = values(action, "scalableTargetAction.minCapacity")
        [(_, high)] = values(action, "scalableTargetAction.maxCapacity")
        if UNKNOWN in (low, high):
            return UNKNOWN
        floor = low if isinstance(low, int) else usual.floor
        ceiling = max(floor, high if isinstance(high, int) else usual.ceiling)
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
