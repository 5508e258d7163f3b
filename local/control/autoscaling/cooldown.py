"""What a scaling policy may do so soon after another change.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Change:
    """To another capacity. added: with what a cooldown counts in; negative for less."""

    to: int
    added: int


@dataclass(frozen=True)
class Activity:
    """A change of a capacity by a policy, and the cooldown that begins when it is done.

    change: what was ordered. until: None before it is done.
    """

    change: Change
    cooldown_seconds: int
    until: datetime | None = None

    def cools(self, now: datetime) -> bool:
        """Whether it still counts."""
        return self.until is None or now < self.until


def change(
    wanted: Callable[[int], int | None],
    current: int,
    limits: tuple[int, int],
    last: Activity | None,
    now: datetime,
) -> Change | None:
    """What becomes of what a policy wants; None for nothing.

    wanted: the capacity that the policy makes of one. Growth so soon after growth goes by what was
    there before that, so that the same breach does not count twice. Shrinking waits after
    shrinking only. Growth never waits for shrinking.
    """
    found = wanted(current)
    if found is None or found == current:
        return None
    grows = found > current
    base = current
    if last and last.cools(now):
        if not grows and last.change.added < 0:
            return None
        if grows and last.change.added > 0:
            base = current - last.change.added
            found = wanted(base)
            if found is None:
                return None
    low, high = limits
    to = min(max(found, low), high)
    return Change(to, to - base) if (to > current if grows else to < current) else None
