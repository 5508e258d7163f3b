"""Cron expressions as EventBridge and Application Auto Scaling have them: six fields.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DayRule = Callable[[date], bool]

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {
    name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)
}
_MAX_YEAR = 2199
_PART = re.compile(r"(?P<low>\*|\w+)(-(?P<high>\w+))?(/(?P<step>\d+))?")


@dataclass(frozen=True)
class _Field:
    noun: str
    low: int
    high: int
    names: dict[str, int]

    def parse(self, text: str) -> frozenset[int]:
        """The values that a field allows. Raises ValueError."""
        return frozenset(value for part in text.split(",") for value in self._part(part))

    def _part(self, part: str) -> range:
        match = _PART.fullmatch(part)
        if match is None or (match["low"] == "*" and match["high"]):
            raise self._fault(part)
        step = int(match["step"] or 1)
        if match["low"] == "*":
            low, high = self.low, self.high
        else:
            low = self.value(match["low"], part)
            # "5/10" begins at 5 and goes on to the end, "5" is a single value.
            open_end = self.high if match["step"] else low
            high = self.value(match["high"], part) if match["high"] else open_end
        if step < 1 or low > high:
            raise self._fault(part)
        return range(low, high + 1, step)

    def value(self, text: str, part: str) -> int:
        """One value of the field. part: what it is a part of, for the message."""
        value = self.names.get(text.upper(), int(text) if text.isdecimal() else -1)
        if not self.low <= value <= self.high:
            raise self._fault(part)
        return value

    def _fault(self, text: str) -> ValueError:
        names = f" or {', '.join(self.names)}" if self.names else ""
        return ValueError(
            f"{self.noun} {text!r} of the cron expression. Allowed: {self.low} to {self.high}"
            f"{names}, lists, ranges and steps of them."
        )


_MINUTES = _Field("Minutes", 0, 59, {})
_HOURS = _Field("Hours", 0, 23, {})
_DAYS = _Field("Day-of-month", 1, 31, {})
_MONTH = _Field("Month", 1, 12, _MONTHS)
_WEEKDAY = _Field("Day-of-week", 1, 7, _WEEKDAYS)
_YEARS = _Field("Year", 1970, _MAX_YEAR, {})


@dataclass(frozen=True)
class Cron:
    """A parsed expression."""

    times: tuple[time, ...]
    """Of a day, in order."""
    day: DayRule
    months: frozenset[int]
    years: frozenset[int]

    @classmethod
    def parse(cls, content: str) -> "Cron":
        """What stands between the brackets of cron(...). Raises ValueError."""
        fields = content.split()
        if len(fields) != 6:
            raise ValueError(
                f"cron({content}) has {len(fields)} fields. Allowed: six, Minutes Hours "
                "Day-of-month Month Day-of-week Year."
            )
        minutes, hours, day, month, weekday, year = fields
        if (day == "?") == (weekday == "?"):
            raise ValueError(
                f"cron({content}): Allowed is ? in one of Day-of-month and Day-of-week, and "
                "something else in the other."
            )
        times = tuple(
            time(hour, minute)
            for hour in sorted(_HOURS.parse(hours))
            for minute in sorted(_MINUTES.parse(minutes))
        )
        rule = _weekday_rule(weekday) if day == "?" else _day_rule(day)
        return cls(times, rule, _MONTH.parse(month), _YEARS.parse(year))

    def next_after(self, moment: datetime, zone: ZoneInfo, first: datetime) -> datetime | None:
        """See Schedule. A time that the clocks skip is none; one that they have twice is once."""
        for day in self._days(moment.astimezone(zone).date()):
            for at in self.times:
                local = datetime.combine(day, at, zone)
                due = local.astimezone(UTC)
                exists = due.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
                if exists and due > moment:
                    return due
        return None

    def _days(self, day: date) -> Iterator[date]:
        while day.year <= _MAX_YEAR:
            if day.year not in self.years:
                day = date(day.year + 1, 1, 1)
            elif day.month not in self.months:
                day = _first_of_next_month(day)
            else:
                if self.day(day):
                    yield day
                day += timedelta(days=1)


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _day_rule(text: str) -> DayRule:
    if text == "L":
        return lambda day: day.day == _length(day)
    if match := re.fullmatch(r"(\d+|L)W", text):
        wanted = match[1]
        if wanted == "L":
            return lambda day: day == _nearest_weekday(day, _length(day))
        number = _DAYS.value(wanted, text)
        return lambda day: number <= _length(day) and day == _nearest_weekday(day, number)
    allowed = _DAYS.parse(text)
    return lambda day: day.day in allowed


def _weekday_rule(text: str) -> DayRule:
    if text == "L":  # the week ends on Saturday
        return lambda day: _weekday(day) == _WEEKDAYS["SAT"]
    if match := re.fullmatch(r"(\w+)L", text):
        last = _WEEKDAY.value(match[1], text)
        return lambda day: _weekday(day) == last and day.day > _length(day) - 7
    if match := re.fullmatch(r"(\w+)#([1-5])", text):
        wanted, nth = _WEEKDAY.value(match[1], text), int(match[2])
        return lambda day: _weekday(day) == wanted and (day.day + 6) // 7 == nth
    allowed = _WEEKDAY.parse(text)
    return lambda day: _weekday(day) in allowed


def _weekday(day: date) -> int:
    """1 for Sunday."""
    return day.isoweekday() % 7 + 1


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date, number: int) -> date:
    """The weekday nearest to a day of the month of `day`, and in the same month."""
    wanted = day.replace(day=number)
    shift = {6: -1, 7: 1}.get(wanted.isoweekday(), 0)
    if shift == -1 and number == 1:
        shift = 2
    if shift == 1 and number == _length(day):
        shift = -2
    return wanted + timedelta(days=shift)
