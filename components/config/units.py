"""Quantities of the stack's config: each carries its unit, as in 1200/min or 30d."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from components.config.values import config_fault, text_schema, validator

MAX_DIGITS = 9
"""More than any limit of AWS needs."""

_MOST = 10**MAX_DIGITS - 1


@dataclass(frozen=True)
class Quantity:
    """Takes a whole number above 0 with one of the units; gives it in the first unit's measure."""

    units: Mapping[str, int] = field(hash=False)
    """Each with its size, as in {"s": 1, "m": 60}."""
    example: str
    """How to write it."""
    lowest: int = 1
    """Least that is taken, in the first unit's measure."""
    highest: int | None = None
    """Most that is taken, in the first unit's measure."""
    bounds: str | None = None
    """Both in words, where there are any."""

    def within(self, bounds: str, *, lowest: int = 1, highest: int | None = None) -> "Quantity":
        """The same quantity with limits in the first unit's measure, which `bounds` words."""
        return replace(self, lowest=lowest, highest=highest, bounds=bounds)

    def text(self, amount: int) -> str:
        """An amount as users write it, in the largest unit of which it is a whole number."""
        size, unit = max((size, unit) for unit, size in self.units.items() if amount % size == 0)
        return f"{amount // size}{unit}"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._amount, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        allowed = self.bounds or self._allowed
        return text_schema(self._pattern(), allowed, f"Write it like {self.example}")

    @property
    def _allowed(self) -> str:
        *others, last = self.units
        unit = f"{', '.join(others)} or {last}" if others else last
        return f"a whole number above 0, of up to {MAX_DIGITS} digits, followed by {unit}"

    def _amount(self, value: object) -> int:
        form = rf"([1-9][0-9]{{0,{MAX_DIGITS - 1}}})({'|'.join(map(re.escape, self.units))})"
        match = re.fullmatch(form, value) if isinstance(value, str) else None
        if match is None:
            raise config_fault(self._allowed, f"Write it like {self.example}")
        amount = int(match[1]) * self.units[match[2]]
        if amount < self.lowest:
            raise config_fault(str(self.bounds), "Raise it")
        if self.highest is not None and amount > self.highest:
            raise config_fault(str(self.bounds), "Lower it")
        return amount

    def _pattern(self) -> str:
        highest = self.highest or _MOST * max(self.units.values())
        ranges = {
            unit: (-(-self.lowest // size), min(highest // size, _MOST))
            for unit, size in self.units.items()
        }
        return "|".join(
            f"(?:{numbers(first, last)}){unit}"
            for unit, (first, last) in ranges.items()
            if first <= last
        )


def numbers(first: int, last: int) -> str:
    """A regular expression of the whole numbers from one above 0 to another, plainly written."""
    if (first, last) == (1, _MOST):
        return f"[1-9][0-9]{{0,{MAX_DIGITS - 1}}}"
    runs = []
    while first <= last:
        size = 1
        while first % (size * 10) == 0 and first + size * 10 - 1 <= last:
            size *= 10
        prefix, digit = divmod(first // size, 10)
        more = min(9 - digit, (last - first + 1) // size - 1)
        one = f"[{digit}-{digit + more}]" if more else str(digit)
        rest = {1: "", 10: "[0-9]"}.get(size, f"[0-9]{{{len(str(size)) - 1}}}")
        runs.append(f"{prefix or ''}{one}{rest}")
        first += size * (more + 1)
    return "|".join(runs)


PER_FIVE_MINUTES = Quantity({"/5min": 1}, "2000/5min")
SECONDS = Quantity({"s": 1, "m": 60, "h": 3600}, "10m")

PerMinute = Annotated[int, Quantity({"/min": 1}, "1200/min")]
"""A rate, per minute: `1200/min`."""

PerSecond = Annotated[int, Quantity({"/s": 1}, "50/s")]
"""A rate, per second: `50/s`."""

PerDay = Annotated[int, Quantity({"/day": 1}, "100000/day")]
"""A quota, per day: `100000/day`."""

Days = Annotated[int, Quantity({"d": 1}, "30d")]
"""A time in days: `30d`."""

Seconds = Annotated[int, SECONDS]
"""A time, in seconds: `90s`, `10m`, `1h`."""

Milliseconds = Annotated[int, Quantity({"ms": 1, "s": 1000}, "300ms")]
"""A latency, in milliseconds: `300ms`, `2s`."""

Megabytes = Annotated[int, Quantity({"MB": 1, "GB": 1024}, "2048MB")]
"""A size, in megabytes of 1,024 kilobytes: `2048MB`, `2GB`."""


def percent(lowest: int, highest: int) -> BeforeValidator:
    """Takes a whole percentage between two limits, both included; gives the number."""
    allowed = f"a whole percentage from {lowest}% to {highest}%"
    fix = f"Write it like {lowest}%"
    pattern = f"({numbers(lowest, highest)})%"

    def check(value: object) -> int:
        match = re.fullmatch(pattern, value) if isinstance(value, str) else None
        if match is None:
            raise config_fault(allowed, fix)
        return int(match[1])

    return validator(check, text_schema(pattern, allowed, fix))


_SHARE = r"(?!0{1,2}(\.0{1,2})?%)[0-9]{1,2}(\.[0-9]{1,2})?%"
_SHARE_ALLOWED = "a percentage above 0% and below 100%, with up to two decimals"
_SHARE_FIX = "Write it like 0.5%"


def _share(value: object) -> float:
    if not isinstance(value, str) or not re.fullmatch(_SHARE, value):
        raise config_fault(_SHARE_ALLOWED, _SHARE_FIX)
    return float(Decimal(value.removesuffix("%")) / 100)


ErrorRate = Annotated[float, validator(_share, text_schema(_SHARE, _SHARE_ALLOWED, _SHARE_FIX))]
"""A share of the requests, as a fraction: `1%` is 0.01."""
