"""Quantities of the stack's config: each carries its unit, as in 1200/min or 30d."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from components.values import config_fault

MAX_DIGITS = 9
"""More than any limit of AWS needs."""


def _quantity(unit: str, example: str) -> BeforeValidator:
    """Takes a whole number above 0 that is followed by its unit; gives the number."""
    form = re.compile(rf"([1-9][0-9]{{0,{MAX_DIGITS - 1}}}){re.escape(unit)}")

    def amount(value: object) -> int:
        match = form.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            allowed = f"a whole number above 0, of up to {MAX_DIGITS} digits, followed by {unit}"
            raise config_fault(allowed, f"Write it like {example}")
        return int(match[1])

    return BeforeValidator(amount)


PerMinute = Annotated[int, _quantity("/min", "1200/min")]
"""A rate, per minute: `1200/min`."""

PerSecond = Annotated[int, _quantity("/s", "50/s")]
"""A rate, per second: `50/s`."""

PerDay = Annotated[int, _quantity("/day", "100000/day")]
"""A quota, per day: `100000/day`."""

Days = Annotated[int, _quantity("d", "30d")]
"""A time in days: `30d`."""
