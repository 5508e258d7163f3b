"""Whether two ARN patterns have an ARN in common, and whether one holds all of another."""

from functools import lru_cache

from gateway_policies.iam.arn import ANYTHING, ARN_FIELDS, complete
from gateway_policies.wildcard import is_pattern, matches


@lru_cache(maxsize=65536)
def overlaps(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    if not is_pattern(other):
        return matches(one, other)
    if not is_pattern(one):
        return matches(other, one)
    return _meet(one, other)


def names(element: str, arn: str) -> bool:
    """Whether an element of Resource matches some ARN of `arn`, a pattern.

    There a field is a star, or has none: only in the name may a star be part of it. A star of the
    element stays in its field as well, except where it holds every value of the others.
    """
    *place, name = complete(element).split(":", ARN_FIELDS - 1)
    *where, own = arn.split(":", ARN_FIELDS - 1)
    fits = all(
        there == "*" or matches(here, there) for here, there in zip(place, where, strict=True)
    )
    return (fits and overlaps(name, own)) or matches(element, arn.replace("*", ANYTHING))


def holds(outer: str, inner: str) -> bool:
    """Whether every text that matches `inner` matches `outer` as well; False where in doubt."""
    # A question mark of the inner one is met by those of the outer one, and by its stars.
    samples = (complete(inner).replace("*", star) for star in ("", ANYTHING))
    return all(matches(complete(outer), sample) for sample in samples)


def _meet(one: str, other: str) -> bool:
    """The patterns side by side: the places in `other` that each beginning of `one` can reach."""
    reached = _behind_stars(other, {0})
    for letter in one:
        if letter == "*":
            reached = set(range(min(reached), len(other) + 1))
            continue
        steps = {
            place if other[place] == "*" else place + 1
            for place in reached
            if place < len(other) and (letter == "?" or other[place] in ("*", "?", letter))
        }
        if not steps:
            return False
        reached = _behind_stars(other, steps)
    return len(other) in reached


def _behind_stars(pattern: str, places: set[int]) -> set[int]:
    """The places, and those behind stars at them: a star may stand for nothing."""
    found = set(places)
    for place in places:
        while place < len(pattern) and pattern[place] == "*":
            place += 1
            found.add(place)
    return found
