"""Scaling by load: alarms run policies, policies change capacities."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from local.clock import Clock
from local.cloudwatch.alarms import Action
from local.control.autoscaling.capacity import Capacities
from local.control.autoscaling.cooldown import Activity, Change, change
from local.control.autoscaling.registry import Key, ScalableTargets
from local.control.autoscaling.steps import stepped
from local.control.autoscaling.tracking import tracked
from local.control.records import Record

DEFAULT_COOLDOWN_SECONDS = 300
"""For variants of endpoints.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Wish:
    """What a policy may do. cooldown_seconds: after it."""

    policy: str
    change: Change
    cooldown_seconds: int


class DynamicScaling:
    """The policies of one region, run by whoever calls run_due. clock: of the alarms."""

    def __init__(self, registry: ScalableTargets, capacities: Capacities, clock: Clock) -> None:
        self._registry = registry
        self._capacities = capacities
        self._clock = clock
        self._last: dict[Key, Activity] = {}

    def run_due(self) -> None:
        """Does what alarms have asked for since the last call.

        Where several policies of a target would change it, the largest capacity wins.
        https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
        """
        self._settle()
        policies = {policy["PolicyARN"]: (key, policy) for key, policy in self._registry.policies}
        wishes: dict[Key, list[_Wish]] = {}
        for action in self._registry.alarms.take_actions():
            if action.arn in policies:  # others are of services that the local cloud does not have
                key, policy = policies[action.arn]
                wishes.setdefault(key[:-1], []).extend(self._wishes(key, policy, action))
        for target, wanted in wishes.items():
            if wanted:
                self._fulfil(target, max(wanted, key=lambda wish: wish.change.to))

    def _settle(self) -> None:
        """Begins the cooldown of changes that are done; forgets those that failed."""
        for target, activity in list(self._last.items()):
            capacity = self._capacities.find(target)
            if activity.until or (capacity and not capacity.settled):
                continue
            if capacity and capacity.current == activity.change.to:
                until = self._clock() + timedelta(seconds=activity.cooldown_seconds)
                self._last[target] = replace(activity, until=until)
            else:
                del self._last[target]

    def _wishes(self, key: Key, policy: Record, action: Action) -> list[_Wish]:
        """One, or none."""
        name, target = key[-1], self._registry.targets.find(key[:-1])
        capacity = self._capacities.find(key[:-1])
        if target is None or capacity is None:
            return []
        steps = policy.get("StepScalingPolicyConfiguration")
        tracking = policy.get("TargetTrackingScalingPolicyConfiguration", {})

        def wanted(current: int) -> int | None:
            if steps:
                return stepped(steps, action.alarm, action.values, current)
            return tracked(tracking, action.alarm, action.values, current)

        found = change(
            wanted,
            capacity.current,
            (target["MinCapacity"], target["MaxCapacity"]),
            self._last.get(key[:-1]),
            self._clock(),
        )
        if found is None:
            return []
        way = "Out" if found.to > capacity.current else "In"
        if target["SuspendedState"][f"DynamicScaling{way}Suspended"]:
            return []
        seconds = steps.get("Cooldown") if steps else tracking.get(f"Scale{way}Cooldown")
        return [_Wish(name, found, DEFAULT_COOLDOWN_SECONDS if seconds is None else seconds)]

    def _fulfil(self, target: Key, wish: _Wish) -> None:
        # Where the endpoint takes no change now, the alarm asks again in a minute.
        if self._capacities.order(target, wish.change.to):
            self._last[target] = Activity(wish.change, wish.cooldown_seconds)
            _log.info("policy %s of %s: capacity %d", wish.policy, target[1], wish.change.to)
