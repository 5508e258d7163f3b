"""Values of the stack's config: each says itself what it takes, in words that a user can act on."""

import difflib
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema
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


def validator(check: Callable[[object], Any], schema: dict[str, Any]) -> BeforeValidator:
    """A check of what the user wrote. schema: of what it takes; its `title` says so in words."""
    return BeforeValidator(check, json_schema_input_type=Annotated[Any, WithJsonSchema(schema)])


def text_schema(pattern: str, allowed: str, fix: str) -> dict[str, Any]:
    """JSON Schema of text of which the whole matches a regular expression.

    pattern: means the same to Python and to JavaScript, in which editors are written.
    `patternErrorMessage` is what the language servers of VS Code show of a text that does not.
    https://github.com/microsoft/vscode-json-languageservice/blob/main/src/jsonSchema.ts
    """
    return {
        "type": "string",
        "title": allowed,
        "pattern": f"^(?:{pattern})$",
        "patternErrorMessage": f"Allowed: {allowed}. {fix}.",
    }


def whole(lowest: int, highest: int) -> BeforeValidator:
    """Takes a whole number between two limits, both included."""
    allowed = f"a whole number from {lowest} to {highest}"

    def check(value: object) -> int:
        # A bool is an int to isinstance, but not to who writes YAML.
        if not isinstance(value, int) or isinstance(value, bool):
            raise config_fault(allowed, "Write a number without quotes and without decimals")
        if not lowest <= value <= highest:
            raise config_fault(allowed, "Raise it" if value < lowest else "Lower it")
        return value

    schema = {"type": "integer", "title": allowed, "minimum": lowest, "maximum": highest}
    return validator(check, schema)


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

    return validator(check, text_schema(pattern, allowed, fix))


def choice(kind: type[StrEnum]) -> BeforeValidator:
    """Takes one of a few words."""
    allowed = f"one of {', '.join(kind)}"

    def check(value: object) -> StrEnum:
        for word in kind:
            if value == word:
                return word
        meant = closest(value, kind)
        fix = f"Write {meant} if that is meant" if meant else "Write one of them"
        raise config_fault(allowed, fix)

    return validator(check, {"title": allowed, "enum": [word.value for word in kind]})


Name = Annotated[
    str,
    text(
        r"(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        allowed="1 to 20 lower-case letters, digits and single dashes between them, a letter first",
        fix="Rename it",
    ),
]
"""A name of ours: it becomes part of AWS names, so it is short and in lower case."""

Path = Annotated[
    str,
    text(
        r"(?!/s?ping$)(?=.{2,200}$)(/[a-z0-9][a-z0-9-]*)+",
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

_ZONE = "an IANA time zone"
_ZONE_FIX = "Write it like Europe/Berlin"


def _time_zone(value: object) -> str:
    if not isinstance(value, str) or value not in _zones():
        raise config_fault(_ZONE, _ZONE_FIX)
    return value


TimeZone = Annotated[
    str,
    # Which zones there are is a matter of the machine; the schema is the same on all.
    validator(_time_zone, text_schema(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", _ZONE, _ZONE_FIX)),
]
"""An IANA time zone: `Europe/Berlin`."""
