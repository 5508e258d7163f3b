"""The one source of time for everything in the local cloud that keeps or compares time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the present moment, aware, in UTC."""


def system_clock() -> datetime:
    """Wall-clock time; tests pass a clock of their own instead."""
    return datetime.now(UTC)
