"""The one source of time for everything in the local cloud that keeps or compares time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the present moment, aware, in UTC."""


def system_clock() -> datetime:
    """Wall-clock time; tests pass a clock of their own instead."""
    return datetime.now(UTC)


class FastClock:
    """A clock that agrees with another one now and runs `speed` times as fast from then on."""

    def __init__(
        self, clock: Clock, speed: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._speed = speed
        self._sleep = sleep
        self._began = clock()

    def __call__(self) -> datetime:
        """The moment that this clock shows."""
        return self._began + (self._clock() - self._began) * self._speed

    def sleep(self, seconds: float) -> None:
        """Waits until this clock has gone on by so many seconds."""
        self._sleep(seconds / self._speed)
