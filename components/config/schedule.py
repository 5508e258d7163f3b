"""When a scheduled action happens, as Application Auto Scaling writes it: cron(...) or at(...).

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from components.config.values import config_fault, text_schema, validator

FORMS = "cron with six fields, or at with a date and a time"
EXAMPLES = "Write it like cron(0 20 * * ? *) or at(2027-01-01T00:00:00)"


_CRON = r"cron\((\S+(?: \S+){5})\)"
_AT = r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)"


@dataclass(frozen=True)
class _Field:
    """A field of a cron expression, and what AWS's page says that it takes."""

    name: str
    lowest: int
    highest: int
    names: Sequence[str] = ()
    """Other ways to write its numbers, from the lowest on."""
    steps: bool = True
    """Whether it takes increments, as in 0/15."""
    alone: str = r"\*"
    """What it takes by itself, not as one of several: a pattern, with its numbers in groups."""
    signs: str = ", - * /"
    """The signs that it takes, for people."""

    def takes(self, text: str) -> bool:
        """Whether the field may be this text."""
        if match := re.fullmatch(self.alone, text):
            return all(self._number(number) is not None for number in match.groups() if number)
        return all(map(self._takes_item, text.split(",")))

    def _takes_item(self, item: str) -> bool:
        """A number, a range that rises, or an increment from one of them on, or from all."""
        base, slash, step = item.partition("/")
        if slash and not (self.steps and re.fullmatch(r"[1-9]\d{0,2}", step)):
            return False
        if slash and int(step) > self.highest - self.lowest:
            return False
        if base == "*":
            return bool(slash)
        first, dash, last = base.partition("-")
        start = self._number(first)
        end = self._number(last) if dash else start
        return start is not None and end is not None and start <= end

    def _number(self, text: str) -> int | None:
        """The number that is meant; None for what the field does not have."""
        if text in self.names:
            return self.lowest + self.names.index(text)
        if not re.fullmatch(r"\d{1,4}", text) or not self.lowest <= int(text) <= self.highest:
            return None
        return int(text)


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("days of the month", 1, 31, alone=r"\*|\?|L|(\d+)W", signs=", - * ? / L W"),
    _Field("months", 1, 12, _MONTHS),
    _Field(
        "days of the week",
        1,
        7,
        _DAYS,
        steps=False,
        alone=r"\*|\?|L|(\w+)L|(\w+)#[1-5]",
        signs=", - * ? L #",
    ),
    _Field("years", 1970, 2199),
)


def _moment(value: object) -> str:
    """Takes an expression that Application Auto Scaling takes; gives it as it is."""
    if isinstance(value, str):
        if match := re.fullmatch(_CRON, value):
            _check_fields(match[1].split(" "))
            return value
        if match := re.fullmatch(_AT, value):
            _check_date(match[1])
            return value
    raise config_fault(FORMS, EXAMPLES)


def _check_fields(texts: Sequence[str]) -> None:
    for field, text in zip(_FIELDS, texts, strict=True):
        if not (text.isascii() and field.takes(text)):
            named = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
            numbers = f"{field.lowest} to {field.highest}{named}"
            allowed = f"as {field.name}: {numbers}, and the signs {field.signs}"
            raise config_fault(allowed, f"Mend the {field.name}")
    if [texts[2], texts[4]].count("?") != 1:
        raise config_fault(
            "? as days of the month or as days of the week, since AWS goes by one of them",
            "Write ? in the place of one, and only there",
        )


def _check_date(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise config_fault("a date and a time that exist", EXAMPLES) from error


ScheduleExpression = Annotated[
    str, validator(_moment, text_schema(f"{_CRON}|{_AT}", FORMS, EXAMPLES))
]
"""A moment, or repeated ones: `cron(0 20 * * ? *)`."""
