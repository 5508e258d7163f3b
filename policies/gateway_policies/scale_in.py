"""Rules for scaling that also takes capacity away."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pulumi_policy import Severity

from gateway_policies.alarms import METRIC_ALARM
from gateway_policies.links import Links
from gateway_policies.metric_math import fills
from gateway_policies.property_rule import values
from gateway_policies.resource import UNKNOWN, Resource, Stack, Unknown
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limits,
    shown,
    stack_rule,
    unknown,
    violation,
)
from gateway_policies.scaling import SCALABLE_TARGET

SCALING_POLICY = "aws:appautoscaling/policy:Policy"
_GUIDE = "https://docs.aws.amazon.com/autoscaling/application/userguide"

_STEPS = "stepScalingPolicyConfiguration.stepAdjustments[].scalingAdjustment"
_TRACKING = "targetTrackingScalingPolicyConfiguration"
_SHRINKS = (
    "a target-tracking policy that scales in, or a step policy with a negative step and an alarm"
)


@stack_rule(
    Control(
        id="scale-in",
        title="Something takes capacity away from every scalable target",
        family=Family.SCALING,
        severity=Severity.HIGH,
        fix="Leave disableScaleIn out, or add a step policy with a negative step and its alarm.",
        url=f"{_GUIDE}/application-auto-scaling-target-tracking.html",
    )
)
def scale_in(stack: Stack, _: Limits) -> Findings:
    """What only grows stays at its peak, and at the price of it, until somebody looks."""
    targets = stack.of_type(SCALABLE_TARGET)
    policies = Links(targets, stack.of_type(SCALING_POLICY), "resourceId", own="resourceId")
    alarms = _Alarms(stack)
    for target in targets:
        low, high = target.get("minCapacity"), target.get("maxCapacity")
        if low == high and isinstance(low, int):
            continue
        [(path, suspended)] = values(target, "suspendedState.dynamicScalingInSuspended")
        if suspended is True:
            yield violation(path, seen="true", allowed="false", urn=target.urn)
            continue
        found = policies.of(target)
        own = [] if found is UNKNOWN else [one for one in found if _same_dimension(one, target)]
        verdicts = [shrinks(policy) for policy in own]
        working = [
            verdict
            for policy, verdict in zip(own, verdicts, strict=True)
            if verdict is not False and (_tracks(policy) or alarms.of(policy))
        ]
        if True in working:
            continue
        if found is UNKNOWN or working:
            yield unknown("policies", allowed=_SHRINKS, urn=target.urn)
        else:
            yield violation("policies", seen=_described(own), allowed=_SHRINKS, urn=target.urn)


def _described(policies: Sequence[Resource]) -> str:
    if not policies:
        return "none"
    names = shown([policy.get("name") for policy in policies])
    if any(shrinks(policy) is True for policy in policies):
        return f"{names}, of which no alarm of this stack calls the one with a negative step"
    return f"{names}, which take nothing away"


def _same_dimension(policy: Resource, target: Resource) -> bool:
    one, other = policy.get("scalableDimension"), target.get("scalableDimension")
    return one == other or UNKNOWN in (one, other)


def _tracks(policy: Resource) -> bool:
    return bool(policy.get(_TRACKING))


def shrinks(policy: Resource) -> bool | Unknown:
    """Whether a scaling policy takes capacity away where its metric or its alarm says so."""
    if _tracks(policy):
        [(_, disabled)] = values(policy, f"{_TRACKING}.disableScaleIn")
        return UNKNOWN if disabled is UNKNOWN else disabled is not True
    steps = [step for _, step in values(policy, _STEPS)]
    [(_, kind)] = values(policy, "stepScalingPolicyConfiguration.adjustmentType")
    # An exact capacity may be less than there is.
    numbers = [step for step in steps if isinstance(step, int | float)]
    if any(step < 0 or kind == "ExactCapacity" for step in numbers):
        return True
    return UNKNOWN if UNKNOWN in [*steps, kind if steps else None] else False


class _Alarms:
    """The alarms of a stack by the policies that they call."""

    def __init__(self, stack: Stack) -> None:
        self._by_urn: Mapping[str, list[Resource]] = defaultdict(list)
        self._by_arn: Mapping[str, list[Resource]] = defaultdict(list)
        for alarm in stack.of_type(METRIC_ALARM):
            # Actions that are not enabled call nothing.
            if alarm.get("actionsEnabled") is False:
                continue
            for state in ("alarm", "ok", "insufficientData"):
                key = f"{state}Actions"
                for urn in alarm.dependencies.get(key, ()):
                    self._by_urn[urn].append(alarm)
                for _, arn in values(alarm, f"{key}[]"):
                    if isinstance(arn, str):
                        self._by_arn[arn].append(alarm)

    def of(self, policy: Resource) -> list[Resource]:
        """Those that call a policy."""
        arn = policy.get("arn")
        named = self._by_arn.get(arn, []) if isinstance(arn, str) else []
        found = {alarm.urn: alarm for alarm in [*self._by_urn.get(policy.urn, []), *named]}
        return list(found.values())


@stack_rule(
    Control(
        id="scale-in-fill",
        title="Alarms that take capacity away see a minute without requests",
        family=Family.SCALING,
        severity=Severity.HIGH,
        fix="Put FILL(..., 0) around each metric of the expression that the alarm watches.",
        url="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
    )
)
def scale_in_fill(stack: Stack, _: Limits) -> Findings:
    """Without requests there is no metric: the alarm stays silent just when nobody needs more."""
    alarms = _Alarms(stack)
    for policy in stack.of_type(SCALING_POLICY):
        if _tracks(policy) or shrinks(policy) is False:
            continue
        for alarm in alarms.of(policy):
            yield from _fill_findings(alarm)


def _fill_findings(alarm: Resource) -> Findings:
    allowed = "FILL(..., 0) around each metric"
    queries = alarm.get("metricQueries")
    if queries is UNKNOWN:
        yield unknown("metricQueries", allowed=allowed, urn=alarm.urn)
    elif isinstance(queries, list):
        found = fills(queries)
        if found is None:
            return
        path = f"metricQueries[{found.index}].expression"
        if found.filled is UNKNOWN:
            yield unknown(path, allowed=allowed, urn=alarm.urn)
        elif not found.filled:
            yield violation(path, seen=shown(found.expression), allowed=allowed, urn=alarm.urn)


RULES = (scale_in, scale_in_fill)
