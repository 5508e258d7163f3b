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
    if ignore_case:
        pattern, text = pattern.lower(), text.lower()
    start = _before_wildcard(pattern)
    if start == pattern or not text.startswith(start):  # most end here, without an expression
        return text == pattern
    return _compiled(pattern).match(text) is not None


@lru_cache(maxsize=16384)
def _before_wildcard(pattern: str) -> str:
    return re.split(r"[*?]", pattern, maxsplit=1)[0]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    # fnmatch knows a third wildcard, [...], which IAM does not; its translation cannot backtrack
    # without end, whatever the number of stars.
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))
