"""How requests move from an endpoint's old fleet to its new one, and back when an alarm trips.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

import logging
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from local.access import Access, AccessDenied
from local.aws import ACCOUNT_ID
from local.call_log import CallLog
from local.clock import Clock
from local.principal import Principal, PrincipalKind
from local.sagemaker.fleet import Fleet
from local.sagemaker.plan import EndpointPlan

ALARM_INTERVAL_SECONDS = 60.0
"""Between two looks at the alarms, which CloudWatch evaluates once a minute."""

ALL_BUT_RETIRED = math.nextafter(1.0, 0.0)
"""Every request goes to the new fleet, and the old one is kept; a share of 1 would stop it."""


_SEE_ALARMS = "cloudwatch:DescribeAlarms"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rollout:
    """The pace of an update. As it is by default: everything at once, and nobody watches."""

    steps: tuple[float, ...] = ()
    """Shares of the requests that the new fleet has one after the other, before it has all."""
    wait_seconds: float = 0
    """After each of the steps."""
    final_wait_seconds: float = 0
    """With all requests on the new fleet, before the old one is stopped."""
    timeout_seconds: float | None = None
    """For the whole roll-out, the start of the new fleet included."""
    alarms: tuple[str, ...] = ()
    """Each of them, in state ALARM, rolls the update back."""


class Stage(StrEnum):
    """What a roll-out is at, in the words of ProductionVariantStatus.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantStatus.html
    """

    CREATING = "Creating"
    ACTIVATING = "ActivatingTraffic"
    BAKING = "Baking"


class RolledBack(Exception):
    """The old fleet serves on; the text becomes the endpoint's FailureReason."""


class Fleets(Protocol):
    """What a roll-out needs of the data plane."""

    def start(self, name: str, plan: EndpointPlan) -> Fleet:
        """A new fleet, healthy, that serves nothing yet. Raises DeploymentError."""

    def route(self, name: str, fleet: Fleet, share: float) -> None:
        """Gives a fleet its share of the requests; with all of them, the fleet before ends."""

    def discard(self, name: str, fleet: Fleet) -> None:
        """Gives all requests back to the fleet before, and stops this one."""


class RollbackAlarms:
    """The alarms of CloudWatch as an endpoint's execution role sees them.

    state: of an alarm by its name; raises LookupError if there is none. What the role may not see
    rolls nothing back.
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    """

    def __init__(
        self, region: str, state: Callable[[str], str], access: Access, calls: CallLog
    ) -> None:
        self._arn = f"arn:aws:cloudwatch:{region}:{ACCOUNT_ID}:alarm:"
        self._state = state
        self._access = access
        self._calls = calls

    def missing(self, names: Sequence[str]) -> list[str]:
        """Those that do not exist."""
        return [name for name in names if self._state_of(name) is None]

    def tripped(self, role_arn: str, names: Sequence[str]) -> list[str]:
        """Those that are in state ALARM."""
        role = Principal(PrincipalKind.ROLE, role_arn)
        seen = [name for name in names if self._sees(role, name)]
        return [name for name in seen if self._state_of(name) == "ALARM"]

    def _sees(self, role: Principal, name: str) -> bool:
        status = 200
        try:
            self._access.require(role, _SEE_ALARMS, self._arn + name)
        except AccessDenied as error:
            _log.warning("%s", error)
            status = 403
        self._calls.record(role, _SEE_ALARMS, self._arn + name, status)
        return status == 200

    def _state_of(self, name: str) -> str | None:
        try:
            return self._state(name)
        except LookupError:  # an alarm that was deleted meanwhile is not described, as on AWS
            return None


class Deployer:
    """Brings plans into service. sleep: waits so many seconds, or as long as tests like."""

    def __init__(
        self, fleets: Fleets, alarms: RollbackAlarms, clock: Clock, sleep: Callable[[float], None]
    ) -> None:
        self._fleets = fleets
        self._alarms = alarms
        self._clock = clock
        self._sleep = sleep
        self._closing = threading.Event()

    def deploy(
        self, name: str, plan: EndpointPlan, rollout: Rollout, report: Callable[[Stage], None]
    ) -> None:
        """Puts a new fleet in the place of the one that serves, if there is one.

        report: hears of each stage. Raises DeploymentError or RolledBack; whatever it raises, what
        served before serves on alone.
        """
        began = self._clock()
        report(Stage.CREATING)
        fleet = self._fleets.start(name, plan)
        try:
            watch = _Watch(self._alarms, plan, rollout, self._closing, self._sleep)
            watch.spend((self._clock() - began).total_seconds())
            for share in rollout.steps:
                self._shift(name, fleet, share, report)
                watch.wait(rollout.wait_seconds)
            if rollout.final_wait_seconds:
                self._shift(name, fleet, ALL_BUT_RETIRED, report)
                watch.wait(rollout.final_wait_seconds)
            report(Stage.ACTIVATING)
            self._fleets.route(name, fleet, 1.0)
        except BaseException:
            self._fleets.discard(name, fleet)
            raise

    def close(self) -> None:
        """Makes every roll-out roll back at its next look at the alarms."""
        self._closing.set()

    def _shift(
        self, name: str, fleet: Fleet, share: float, report: Callable[[Stage], None]
    ) -> None:
        report(Stage.ACTIVATING)
        self._fleets.route(name, fleet, share)
        report(Stage.BAKING)


@dataclass
class _Watch:
    """Looks after one roll-out: time and alarms. Time is counted, so that sleep may be faster."""

    alarms: RollbackAlarms
    plan: EndpointPlan
    rollout: Rollout
    closing: threading.Event
    sleep: Callable[[float], None]
    spent_seconds: float = 0

    def spend(self, seconds: float) -> None:
        """Counts time that went by. Raises RolledBack if that, or an alarm, ends the roll-out."""
        self.spent_seconds += seconds
        limit = self.rollout.timeout_seconds
        if self.closing.is_set():
            raise RolledBack("The local cloud was stopped during the update.")
        if limit is not None and self.spent_seconds > limit:
            raise RolledBack(
                f"The update was rolled back: it took longer than the {limit:g} s of "
                "MaximumExecutionTimeoutInSeconds."
            )
        role = self.plan.variants[0].model.execution_role_arn
        # Before the first request as well: AWS ends an update whose alarm is tripped already.
        if tripped := self.alarms.tripped(role, self.rollout.alarms):
            raise RolledBack(f"The update was rolled back: {', '.join(tripped)} in state ALARM.")

    def wait(self, seconds: float) -> None:
        """Sleeps, and looks at the alarms once a minute and at the end."""
        while seconds > 0:
            pause = min(seconds, ALARM_INTERVAL_SECONDS)
            self.sleep(pause)
            self.spend(pause)
            seconds -= pause
