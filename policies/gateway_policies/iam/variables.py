"""Policy variables: what a statement takes from the request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Mapping, Sequence

Context = Mapping[str, Sequence[str]]
"""What a request says of itself: values by key in lower case. A key without values is absent."""

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_LETTERS = {"*": "\ue000", "?": "\ue001", "$": "$"}
"""What stands for a wildcard that is meant as a letter: no text of AWS's has it."""


def filled(pattern: str, context: Context) -> str | None:
    """The pattern with the request's values for its variables; None if one has no single value."""
    absent = False

    def value(match: re.Match[str]) -> str:
        nonlocal absent
        name, comma, default = match[1].partition(",")
        if name in _LETTERS and not comma:
            return _LETTERS[name]
        found = context.get(name.strip().lower(), ())
        if len(found) == 1:
            return as_letters(found[0])
        absent = absent or not comma
        return as_letters(default.strip().strip("'"))

    text = _VARIABLE.sub(value, pattern)
    return None if absent else text


def as_letters(text: str) -> str:
    """A text of the request, its stars and question marks as letters; for use beside `filled`."""
    return text.replace("*", _LETTERS["*"]).replace("?", _LETTERS["?"])
