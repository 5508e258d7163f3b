"""Values of the stack's config: each says itself what it takes, in words that a user can act on."""

import re
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def config_fault(allowed: str, fix: str) -> PydanticCustomError:
    """A mistake in the config: what is allowed there, and how to mend it, in an imperative."""
    context = {"allowed": allowed, "fix": fix}
    return PydanticCustomError("config_fault", "Allowed: {allowed}. {fix}.", context)


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


def text(pattern: str, *, allowed: str, fix: str) -> BeforeValidator:
    """Takes text of which the whole matches a regular expression, which `allowed` puts in words."""
    expression = re.compile(pattern)

    def check(value: object) -> str:
        if not isinstance(value, str) or not expression.fullmatch(value):
            raise config_fault(allowed, fix)
        return value

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
        r"(/[a-z0-9][a-z0-9-]*)+",
        allowed="a path of lower-case letters, digits and dashes behind each /",
        fix="Write it like /iris",
    ),
]
"""A path of the API: `/iris`."""
