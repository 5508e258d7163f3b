"""Wildcard patterns as AWS reads them."""

import fnmatch
import re
from functools import lru_cache


def is_pattern(text: str) -> bool:
    """Whether the text holds a wildcard at all."""
    return "*" in text or "?" in text


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether the pattern matches the whole text: `*` any run of characters, `?` exactly one.

    Actions are compared with ignore_case, ARNs without.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    if not is_pattern(pattern):  # most name one thing
        return pattern == text or (ignore_case and pattern.lower() == text.lower())
    return _compiled(pattern, ignore_case).match(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    # fnmatch knows a third wildcard, [...], which IAM does not; its translation cannot backtrack
    # without end, whatever the number of stars.
    translated = fnmatch.translate(pattern.replace("[", "[[]"))
    return re.compile(translated, re.IGNORECASE if ignore_case else 0)
