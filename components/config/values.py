"""Values of the stack's config: each says itself what it takes, in words that a user can act on."""

import difflib
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError


def config_fault(allowed: str, fix: str, seen: str | None = None) -> PydanticCustomError:
    """A mistake in the config.

    allowed: what may stand there. fix: how to mend it, in an imperative. seen: what stands there,
    where words say it better than the value.
    """
    context = {"allowed": allowed, "fix": fix} | ({"seen": seen} if seen else {})
    return PydanticCustomError("config_fault", "Allowed: {allowed}. {fix}.", context)


def closest(seen: object, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, in whatever case it was written."""
    words = {word.lower(): word for word in known}
    close = difflib.get_close_matches(str(seen).lower(), words, n=1)
    return words[close[0]] if close else None


def whole(lowest: int, highest: int) -> BeforeValidator:
    """Takes a whole number between two limits, both included."""

    def check(value: object) -> int:
        allowed = f"a whole number from {lowest} to {highest}"
        # A bool is an int to isinstance, but not to who writes YAML.
        if not isinstance(value, int) or isinstance(value, bool):
            raise config_fault(allowed, "Write a number without quotes and without decimals")
        if not lowest <= value <= highest:
            raise config_fault(allowed, "Raise it" if value < lowest else "Lower it")
        return value

    return BeforeValidator(check)


def not_below_min(highest: int) -> AfterValidator:
    """Takes a `max` that is no lower than the `min` which stands before it in the block."""

    def check(value: int, info: ValidationInfo) -> int:
        minimum = info.data.get("min", value)
        if value < minimum:
            allowed = f"a whole number from {minimum} (min) to {highest}"
            raise config_fault(allowed, "Raise max or lower min")
        return value

    return AfterValidator(check)


def text(pattern: str, *, allowed: str, fix: str) -> BeforeValidator:
    """Takes text of which the whole matches a regular expression, which `allowed` puts in words."""
    expression = re.compile(pattern)

    def check(value: object) -> str:
        if not isinstance(value, str) or not expression.fullmatch(value):
            raise config_fault(allowed, fix)
        return value

    return BeforeValidator(check)


def choice(kind: type[StrEnum]) -> BeforeValidator:
    """Takes one of a few words."""

    def check(value: object) -> StrEnum:
        for word in kind:
            if value == word:
                return word
        meant = closest(value, kind)
        fix = f"Write {meant} if that is meant" if meant else "Write one of them"
        raise config_fault(f"one of {', '.join(kind)}", fix)

    return BeforeValidator(check)


Name = Annotated[
    str,
    text(
        r"(?=.{1,20}\Z)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        allowed="1 to 20 lower-case letters, digits and single dashes between them, a letter first",
        fix="Rename it",
    ),
]
"""A name of ours: it becomes part of AWS names, so it is short and in lower case."""

Path = Annotated[
    str,
    text(
        r"(?!/s?ping\Z)(?=.{2,200}\Z)(/[a-z0-9][a-z0-9-]*)+",
        allowed="a path of lower-case letters, digits and dashes behind each /, up to 200 "
        "characters, and neither /ping nor /sping, which API Gateway keeps for itself",
        fix="Write it like /iris",
    ),
]
"""A path of the API: `/iris`.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

Origin = Annotated[
    str,
    text(
        r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?",
        allowed="one origin over https, or http://localhost",
        fix="Write it like https://console.example.com, without a path",
    ),
]
"""A web origin: `https://console.example.com`."""

ParameterName = Annotated[
    str,
    text(
        r"[A-Za-z][A-Za-z0-9_]{0,63}",
        allowed="1 to 64 letters, digits and underscores, a letter first",
        fix="Rename it",
    ),
]
"""Name of a query parameter: `sepal_length`."""


_zones = cache(available_timezones)


def _time_zone(value: object) -> str:
    if not isinstance(value, str) or value not in _zones():
        raise config_fault("an IANA time zone", "Write it like Europe/Berlin")
    return value


TimeZone = Annotated[str, BeforeValidator(_time_zone)]
"""An IANA time zone: `Europe/Berlin`."""
