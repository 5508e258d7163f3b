"""Quantities of the stack's config: each carries its unit, as in 1200/min or 30d."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from components.config.values import config_fault

MAX_DIGITS = 9
"""More than any limit of AWS needs."""


def _quantity(units: Mapping[str, int], example: str) -> BeforeValidator:
    """Takes a whole number above 0 with one of the units; gives it in the first unit's measure.

    units: each with its size, as in {"s": 1, "m": 60}.
    """
    form = re.compile(rf"([1-9][0-9]{{0,{MAX_DIGITS - 1}}})({'|'.join(map(re.escape, units))})")

    def amount(value: object) -> int:
        match = form.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            *others, last = units
            unit = f"{', '.join(others)} or {last}" if others else last
            allowed = f"a whole number above 0, of up to {MAX_DIGITS} digits, followed by {unit}"
            raise config_fault(allowed, f"Write it like {example}")
        return int(match[1]) * units[match[2]]

    return BeforeValidator(amount)


PerMinute = Annotated[int, _quantity({"/min": 1}, "1200/min")]
"""A rate, per minute: `1200/min`."""

PerSecond = Annotated[int, _quantity({"/s": 1}, "50/s")]
"""A rate, per second: `50/s`."""

PerFiveMinutes = Annotated[int, _quantity({"/5min": 1}, "2000/5min")]
"""A rate, per five minutes: `2000/5min`."""

PerDay = Annotated[int, _quantity({"/day": 1}, "100000/day")]
"""A quota, per day: `100000/day`."""

Days = Annotated[int, _quantity({"d": 1}, "30d")]
"""A time in days: `30d`."""

Seconds = Annotated[int, _quantity({"s": 1, "m": 60, "h": 3600}, "10m")]
"""A time, in seconds: `90s`, `10m`, `1h`."""

Milliseconds = Annotated[int, _quantity({"ms": 1, "s": 1000}, "300ms")]
"""A latency, in milliseconds: `300ms`, `2s`."""

Megabytes = Annotated[int, _quantity({"MB": 1, "GB": 1024}, "2048MB")]
"""A size, in megabytes of 1,024 kilobytes: `2048MB`, `2GB`."""


def limit(highest: int, allowed: str) -> AfterValidator:
    """Takes a quantity up to a limit in its first unit's measure; `allowed` puts it in words."""

    def check(value: int) -> int:
        if value > highest:
            raise config_fault(allowed, "Lower it")
        return value

    return AfterValidator(check)


def percent(lowest: int, highest: int) -> BeforeValidator:
    """Takes a whole percentage between two limits, both included; gives the number."""
    form = re.compile(r"([1-9][0-9]{0,2})%")

    def check(value: object) -> int:
        match = form.fullmatch(value) if isinstance(value, str) else None
        if match is None or not lowest <= int(match[1]) <= highest:
            allowed = f"a whole percentage from {lowest}% to {highest}%"
            raise config_fault(allowed, f"Write it like {lowest}%")
        return int(match[1])

    return BeforeValidator(check)


def _share(value: object) -> float:
    match = re.fullmatch(r"([0-9]{1,2}(\.[0-9]{1,2})?)%", value) if isinstance(value, str) else None
    if match is None or not Decimal(match[1]):
        allowed = "a percentage above 0% and below 100%, with up to two decimals"
        raise config_fault(allowed, "Write it like 0.5%")
    return float(Decimal(match[1]) / 100)


ErrorRate = Annotated[float, BeforeValidator(_share)]
"""A share of the requests, as a fraction: `1%` is 0.01."""
