"""Scheduled actions: limits of a target that change at known times.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html
"""

import logging
import threading
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from local.clock import Clock
from local.control.autoscaling.capacity import Capacity, check_limits
from local.control.autoscaling.registry import (
    Key,
    ScalableTargets,
    described,
    invalid,
    target_key,
)
from local.control.autoscaling.schedule import parse_schedule
from local.control.records import Record
from local.control.service import AwsError, Handler

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Due:
    """When an action runs next, and from which time on its intervals are counted."""

    at: datetime | None
    first: datetime


class ScheduledActions:
    """The scheduled actions of one region, run by whoever calls run_due every so often.

    capacity: of a target; None for a variant that is not there any more.
    """

    def __init__(
        self, registry: ScalableTargets, capacity: Callable[[Key], Capacity | None], clock: Clock
    ) -> None:
        self._registry = registry
        self._capacity = capacity
        self._clock = clock
        self._due: dict[Key, _Due] = {}
        self._lock = threading.Lock()

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "PutScheduledAction": self._put,
            "DescribeScheduledActions": lambda request: described(
                self._registry.actions,
                request,
                result="ScheduledActions",
                named="ScheduledActionName",
            ),
            "DeleteScheduledAction": lambda request: self._registry.actions.delete(
                (*target_key(request), request["ScheduledActionName"])
            ),
        }

    def run_due(self) -> list[Key]:
        """Gives targets the limits whose time has come; answers these targets.

        An action whose time came several times since it was looked at runs once.
        """
        with self._lock:
            now = self._clock()
            actions = dict(self._registry.actions)
            self._due = {key: due for key, due in self._due.items() if key in actions}
            ran = []
            for key, due in self._due.items():
                if due.at is None or due.at > now:
                    continue
                self._due[key] = _Due(_next(actions[key], now, due.first), due.first)
                if self._run(key, actions[key]):
                    ran.append(key[:-1])
            return ran

    def _put(self, request: Record) -> None:
        target = target_key(request)
        self._registry.existing(target)
        key = (*target, request["ScheduledActionName"])
        with self._lock:
            now = self._clock()
            record: Record = {
                "CreationTime": now,
                "ScheduledActionARN": self._registry.arn("scheduledAction", key),
                **(self._registry.actions.find(key) or {}),
                **request,
            }
            missing = [m for m in ("Schedule", "ScalableTargetAction") if m not in record]
            if missing:
                raise invalid(f"A new scheduled action needs {', '.join(missing)}.")
            self._check(target, record)
            start = record.get("StartTime")
            first = start if start and start > now else now
            due = first if first > now else _next(record, now, first)
            self._registry.actions.put(key, record)
            self._due[key] = _Due(due, first)

    def _check(self, target: Key, record: Record) -> None:
        try:
            parse_schedule(record["Schedule"])
        except ValueError as error:
            raise invalid(f"Schedule: {error}") from error
        zone = record.get("Timezone", "UTC")
        if zone not in zoneinfo.available_timezones():
            raise invalid(f"Timezone is {zone}. Allowed: an IANA name, such as Europe/Berlin.")
        start, end = record.get("StartTime"), record.get("EndTime")
        if start and end and start >= end:
            raise invalid(f"StartTime is {start}, not before EndTime {end}.")
        limits = record["ScalableTargetAction"]
        if not limits:
            raise invalid("ScalableTargetAction needs MinCapacity, MaxCapacity or both.")
        if len(limits) == 2 and (capacity := self._capacity(target)):
            check_limits(limits["MinCapacity"], limits["MaxCapacity"], capacity)

    def _run(self, key: Key, action: Record) -> bool:
        target = self._registry.targets.find(key[:-1])
        if target is None or target["SuspendedState"]["ScheduledScalingSuspended"]:
            return False
        limits = {m: target[m] for m in ("MinCapacity", "MaxCapacity")}
        limits |= action["ScalableTargetAction"]
        capacity = self._capacity(key[:-1])
        try:
            if capacity:
                check_limits(limits["MinCapacity"], limits["MaxCapacity"], capacity)
        except AwsError as error:  # as on AWS, where the scaling activity fails
            _log.warning("scheduled action %s of %s: %s", key[-1], key[1], error)
            return False
        self._registry.targets.update(key[:-1], limits)
        _log.info("scheduled action %s of %s: %s", key[-1], key[1], limits)
        return True


def _next(action: Record, moment: datetime, first: datetime) -> datetime | None:
    zone = zoneinfo.ZoneInfo(action.get("Timezone", "UTC"))
    due = parse_schedule(action["Schedule"]).next_after(moment, zone, first)
    end = action.get("EndTime")
    return None if due is None or (end and due > end) else due
