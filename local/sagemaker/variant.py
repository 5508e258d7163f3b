"""A variant in service: its instances take turns, and those that fail are replaced."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import Unanswered, Unreachable
from local.sagemaker.instance import STARTUP_SECONDS, DeploymentError, Instance
from local.sagemaker.plan import VariantPlan

FAILED_PINGS = 3
"""In a row: then the instance is replaced. SageMaker's own number is not confirmed."""
DRAIN_SECONDS = 60.0
"""The longest that a real-time request may take."""
LONGEST_PAUSE_SECONDS = 60.0
"""Between two starts of an instance that never becomes healthy."""

_log = logging.getLogger(__name__)


class _State(Enum):
    STARTING = auto()
    UP = auto()
    SUSPECT = auto()
    """The last ping failed; it gets a request only where no other instance is up."""
    DOWN = auto()


@dataclass(eq=False)
class _Member:
    """An instance, and what is known of it. started: monotonic seconds."""

    instance: Instance
    started: float
    state: _State = _State.STARTING
    failed_pings: int = 0
    busy: int = 0
    """Requests that it is answering."""
    futile_starts: int = 0
    """Predecessors in its place that never became healthy."""


class Variant:
    """Instances of one plan. start: launches one, which need not be healthy when it returns.

    instances: how many at first. limit: requests at once on each instance; None for any number.
    now: monotonic seconds.
    """

    def __init__(
        self,
        plan: VariantPlan,
        start: Callable[[], Instance],
        instances: int,
        limit: int | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.plan = plan
        self._start = start
        self._limit = limit
        self._now = now
        self._turns = itertools.count()
        self._desired = instances
        self._closed = False
        self._changed = threading.Condition()
        self._resizing = threading.Lock()
        self._members: tuple[_Member, ...] = ()
        self._peak = 0
        self.provisioned = plan.serverless.provisioned_concurrency if plan.serverless else 0
        """Provisioned concurrency; 0 for a variant that has none."""

    @property
    def counts(self) -> tuple[int, int]:
        """Instances there are, and instances there should be."""
        return len(self._members), self._desired

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Instances there are, in whatever state."""
        return tuple(member.instance for member in self._members)

    def launch(self) -> None:
        """Starts the first instances. Raises DeploymentError."""
        for _ in range(self._desired):
            self._members += (_Member(self._start(), self._now()),)

    def wait_until_healthy(self) -> None:
        """Returns when every instance is. Raises DeploymentError if one never is."""
        for member in self._members:
            member.instance.wait_until_healthy()
            member.state = _State.UP

    def invoke(self, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        """The container's answer, whatever its status. Raises TimeoutError, NoWholeAnswer.

        A request of whose answer no byte was seen is tried once more, on another instance. What
        SageMaker itself does is not confirmed.
        """
        deadline = self._now() + timeout_seconds
        first = self._take(excluding=None)
        if first is None:
            raise Unreachable(f"no instance of variant {self.plan.name} is in service")
        try:
            return self._send(first, request, timeout_seconds)
        except (Unreachable, Unanswered):
            other = self._take(excluding=first)
            if other is None:
                raise
        return self._send(other, request, deadline - self._now())

    def check(self) -> None:
        """Pings every instance. Replaces those that have ended or no longer answer."""
        for member in self._members:
            if not member.instance.exited and member.instance.ping():
                member.failed_pings = 0
                member.state = _State.UP
                continue
            member.failed_pings += 1
            if member.state is _State.UP:
                member.state = _State.SUSPECT
            if self._is_lost(member):
                self._replace(member)

    def resize(self, instances: int) -> None:
        """Starts or stops instances until there are so many. Raises DeploymentError.

        One that is stopped answers its requests first.
        """
        with self._resizing:
            before, self._desired = self._desired, instances
            missing = instances - len(self._members)
            if missing > 0:
                try:
                    self._grow(missing)
                except Exception:
                    self._desired = before
                    raise
            elif missing < 0:
                with self._changed:
                    leaving = self._members[missing:]
                    self._members = self._members[:missing]
                    self._changed.wait_for(lambda: not any(m.busy for m in leaving), DRAIN_SECONDS)
                _stop(leaving)

    def take_peak(self) -> int:
        """The most requests that were with the instances at once since the last call."""
        with self._changed:
            peak, self._peak = self._peak, self._busy
        return peak

    def close(self) -> None:
        """Stops every instance, for good."""
        with self._changed:
            self._closed = True
            leaving, self._members = self._members, ()
        _stop(leaving)

    @property
    def _busy(self) -> int:
        return sum(member.busy for member in self._members)

    def _take(self, excluding: _Member | None) -> _Member | None:
        """The instance whose turn it is, busy from now on; None if there is none to take."""
        with self._changed:
            candidates = self._candidates(excluding)
            if not candidates:
                return None
            member = candidates[next(self._turns) % len(candidates)]
            member.busy += 1
            self._peak = max(self._peak, self._busy)
            return member

    def _candidates(self, excluding: _Member | None) -> list[_Member]:
        able = [
            member
            for member in self._members
            if member is not excluding and (self._limit is None or member.busy < self._limit)
        ]
        up = [member for member in able if member.state is _State.UP]
        return up or [member for member in able if member.state is _State.SUSPECT]

    def _send(self, member: _Member, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        try:
            return member.instance.invoke(request, timeout_seconds)
        except Unreachable:
            member.state = _State.DOWN  # until it answers a ping
            raise
        finally:
            with self._changed:
                member.busy -= 1
                self._changed.notify_all()

    def _is_lost(self, member: _Member) -> bool:
        age = self._now() - member.started
        if member.state is _State.STARTING:
            if member.instance.exited:
                return age > min(2.0**member.futile_starts, LONGEST_PAUSE_SECONDS)
            return age > STARTUP_SECONDS
        return member.instance.exited or member.failed_pings >= FAILED_PINGS

    def _replace(self, member: _Member) -> None:
        if member not in self._members:
            return  # it is being stopped
        why = "its process ended" if member.instance.exited else "it does not answer pings"
        _log.warning("an instance of variant %s is replaced: %s", self.plan.name, why)
        futile = member.futile_starts + 1 if member.state is _State.STARTING else 0
        member.state = _State.DOWN
        member.instance.kill()
        try:
            fresh = _Member(self._start(), self._now(), futile_starts=futile)
        except DeploymentError as error:
            _log.warning("an instance of variant %s cannot start: %s", self.plan.name, error)
            # In its place stays one that ended at its start, and is tried again as such.
            fresh = _Member(member.instance, self._now(), futile_starts=futile)
        with self._changed:
            wanted = member in self._members
            self._members = tuple(fresh if old is member else old for old in self._members)
        if not wanted:  # the variant was closed or made smaller meanwhile
            fresh.instance.kill()

    def _grow(self, missing: int) -> None:
        added: list[_Member] = []
        try:
            for _ in range(missing):
                added.append(_Member(self._start(), self._now(), _State.UP))
            for member in added:
                member.instance.wait_until_healthy()
        except Exception:
            _stop(added)
            raise
        with self._changed:
            closed = self._closed
            if not closed:
                self._members += tuple(added)
        if closed:
            _stop(added)


def _stop(members: Sequence[_Member]) -> None:
    """Stops instances, all at once: each may take its time."""
    if members:
        with ThreadPoolExecutor(len(members)) as pool:
            list(pool.map(lambda member: member.instance.stop(), members))
