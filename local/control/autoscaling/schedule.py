"""Schedule expressions of Application Auto Scaling: when a scheduled action is due.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from local.control.autoscaling.cron import Cron

_EXPRESSION = re.compile(r"(?P<kind>at|rate|cron)\((?P<content>.*)\)", re.DOTALL)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
_RATE = re.compile(r"(?P<count>[1-9]\d{0,5}) (?P<unit>minute|hour|day)(?P<plural>s?)")


class Schedule(Protocol):
    """When something is due."""

    def next_after(self, moment: datetime, zone: ZoneInfo, first: datetime) -> datetime | None:
        """The first time later than `moment`; None if there is none any more.

        moment, first, answer: aware. zone: of the times of day in the expression. first: when the
        schedule began, from which on intervals are counted.
        """


@dataclass(frozen=True)
class At:
    """Once. moment: on the clocks of the time zone."""

    moment: datetime

    def next_after(self, moment: datetime, zone: ZoneInfo, first: datetime) -> datetime | None:
        """See Schedule."""
        due = self.moment.replace(tzinfo=zone).astimezone(UTC)
        return due if due > moment else None


@dataclass(frozen=True)
class Rate:
    """Again and again."""

    every: timedelta

    def next_after(self, moment: datetime, zone: ZoneInfo, first: datetime) -> datetime | None:
        """See Schedule."""
        if moment < first:
            return first
        return first + ((moment - first) // self.every + 1) * self.every


def parse_schedule(expression: str) -> Schedule:
    """Raises ValueError, which says what is allowed."""
    match = _EXPRESSION.fullmatch(expression)
    if match is None:
        raise ValueError("Allowed: at(yyyy-mm-ddThh:mm:ss), rate(value unit), cron(fields).")
    content = match["content"].strip()
    if match["kind"] == "cron":
        return Cron.parse(content)
    return _at(content) if match["kind"] == "at" else _rate(content)


def _at(content: str) -> At:
    try:
        if _MOMENT.fullmatch(content):
            return At(datetime.fromisoformat(content))
    except ValueError:
        pass  # no such day or time: told below
    raise ValueError(f"at({content}) names no moment. Allowed: at(yyyy-mm-ddThh:mm:ss).")


def _rate(content: str) -> Rate:
    match = _RATE.fullmatch(content)
    if match is None or (match["count"] == "1") == bool(match["plural"]):
        raise ValueError(
            f"rate({content}) is no interval. Allowed: a positive number and minute, hour or day, "
            "with an s unless it is 1."
        )
    return Rate(timedelta(**{f"{match['unit']}s": int(match["count"])}))
