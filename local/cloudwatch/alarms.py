"""The alarms of one region and the states that they are in."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from local.clock import Clock
from local.cloudwatch.alarm import Alarm
from local.cloudwatch.evaluation import State
from local.cloudwatch.metrics import RETENTION, Metrics

_INTERVAL = timedelta(minutes=1)
"""Between two evaluations.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""


@dataclass(frozen=True)
class Status:
    """The state of an alarm and why it is in it.

    configured: when the alarm was put. updated: when state or reason changed. transitioned: when
    the state became another one.
    """

    state: State
    reason: str
    configured: datetime
    updated: datetime
    transitioned: datetime


@dataclass(frozen=True)
class Action:
    """What an alarm wants done. values: the data points that decided, oldest first."""

    arn: str
    alarm: Alarm
    values: Sequence[float]


@dataclass
class _Watched:
    alarm: Alarm
    status: Status
    due: datetime
    """When it is evaluated next: a full minute."""
    judged: tuple[State, datetime] | None = None
    """The last evaluation, until its actions are taken."""


class Alarms:
    """Alarms by name, evaluated as if every minute, at the moment that somebody asks.

    For any number of threads.
    """

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._watched: dict[str, _Watched] = {}
        self._lock = threading.Lock()

    def put(self, name: str, alarm: Alarm) -> None:
        """Adds an alarm without a state, or changes one, which keeps its state."""
        now = self._clock()
        reason = "Unchecked: Initial alarm creation"
        status = Status("INSUFFICIENT_DATA", reason, configured=now, updated=now, transitioned=now)
        with self._lock:
            if name in self._watched:
                status = replace(self._evaluated(name).status, configured=now)
            self._watched[name] = _Watched(alarm, status, due=_minute_of(now))

    def delete(self, names: Collection[str]) -> None:
        """Removes alarms. Raises LookupError if one is not there, and then removes none."""
        with self._lock:
            for name in names:
                self._check(name)
            for name in names:
                self._watched.pop(name, None)

    def __contains__(self, name: str) -> bool:
        with self._lock:
            return name in self._watched

    def described(self) -> dict[str, tuple[Alarm, Status]]:
        """All alarms by name, sorted, each with its status."""
        with self._lock:
            return {
                name: (self._watched[name].alarm, self._evaluated(name).status)
                for name in sorted(self._watched)
            }

    def state(self, name: str) -> str:
        """OK, ALARM or INSUFFICIENT_DATA. Raises LookupError if there is no such alarm."""
        with self._lock:
            return self._evaluated(name).status.state

    def set_state(self, name: str, state: State, reason: str) -> None:
        """Overrides the state until the next evaluation.

        Raises LookupError if there is no such alarm.
        """
        now = self._clock()
        with self._lock:
            watched = self._evaluated(name)
            watched.status = _changed(watched.status, state, reason, now)

    def take_actions(self) -> list[Action]:
        """What the evaluations since the last call want done, each alarm by its latest one.

        CloudWatch repeats actions of scaling with every evaluation that finds the same state; all
        others, which the local cloud does not have, it begins when the state changes. A state that
        was set, without data points, decides nothing.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
        """
        actions = []
        with self._lock:
            for name in sorted(self._watched):
                watched = self._evaluated(name)
                if watched.judged is None:
                    continue
                state, at = watched.judged
                watched.judged = None
                if arns := watched.alarm.actions(state):
                    values = watched.alarm.recent(self._metrics, at)
                    actions += [Action(arn, watched.alarm, values) for arn in arns]
        return actions

    def _evaluated(self, name: str) -> _Watched:
        """Catches up with the minutes that went by since somebody asked last."""
        self._check(name)
        watched = self._watched[name]
        now = self._clock()
        # Of what lies further back there is no data, so that every minute would say the same.
        watched.due = max(watched.due, _minute_of(now - RETENTION))
        while watched.due <= now:
            state, reason = watched.alarm.judged(self._metrics, watched.due, watched.status.state)
            if state != watched.status.state:
                watched.status = _changed(watched.status, state, reason, watched.due)
            watched.judged = (state, watched.due)
            watched.due += _INTERVAL
        return watched

    def _check(self, name: str) -> None:
        if name not in self._watched:
            raise LookupError(f"There is no alarm {name!r}.")


def _changed(status: Status, state: State, reason: str, at: datetime) -> Status:
    transitioned = status.transitioned if state == status.state else at
    return replace(status, state=state, reason=reason, updated=at, transitioned=transitioned)


def _minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
