"""Metric-math expressions of alarms, as far as missing data goes.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway_policies.resource import UNKNOWN, Unknown

_FILL = re.compile(r"\bFILL\s*\(")
_NUMBER = re.compile(r"\s*-?\d+(\.\d+)?\s*")
_RAW = re.compile(r"\b(METRICS|SEARCH|SELECT)\b")
"""What brings in metrics that no id names."""
_ID = re.compile(r"\b[a-z]\w*")


@dataclass(frozen=True)
class Watched:
    """The expression that an alarm watches."""

    index: int
    """Its place among the queries."""
    expression: object
    filled: bool | Unknown
    """Whether it has a value also where its metrics have none."""


def fills(queries: Sequence[object]) -> Watched | None:
    """What an alarm's metric queries come to; None where it watches a metric as it is."""
    known = {
        query["id"]: query
        for query in queries
        if isinstance(query, dict) and isinstance(query.get("id"), str)
    }
    for index, query in enumerate(queries):
        if query is UNKNOWN:
            return Watched(index, UNKNOWN, UNKNOWN)
        if isinstance(query, dict) and _is_watched(query, len(queries)):
            expression = query.get("expression")
            if expression is None:
                return None
            return Watched(index, expression, _is_filled(expression, known, frozenset()))
    return None


def _is_watched(query: Mapping[str, object], count: int) -> bool:
    return query.get("returnData") is True or count == 1


def _is_filled(
    expression: object, queries: Mapping[str, Mapping[str, object]], within: frozenset[str]
) -> bool | Unknown:
    if not isinstance(expression, str):
        return UNKNOWN if expression is UNKNOWN else False
    rest = _without_fills(expression)
    if _RAW.search(rest):
        return False
    verdicts = []
    for name in set(_ID.findall(rest)) & queries.keys():
        # An expression that names itself is none that AWS takes.
        if name in within:
            return False
        verdicts.append(_is_filled(queries[name].get("expression"), queries, within | {name}))
    if False in verdicts:
        return False
    return UNKNOWN if UNKNOWN in verdicts else True


def _without_fills(expression: str) -> str:
    """The expression with 0 for each FILL that puts a number in the place of missing data.

    REPEAT puts the last value there, which stays what it was when the requests ended.
    """
    kept, position = [], 0
    while found := _FILL.search(expression, position):
        end = _closing(expression, found.end())
        inside = expression[found.end() : end]
        if _NUMBER.fullmatch(inside.rpartition(",")[2]) and "," in inside:
            kept.append(f"{expression[position : found.start()]}0")
            position = end + 1
        else:
            kept.append(expression[position : found.end()])
            position = found.end()
    return "".join([*kept, expression[position:]])


def _closing(text: str, start: int) -> int:
    """Place of the parenthesis that closes the one before `start`."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)
