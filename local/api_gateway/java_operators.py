"""Velocity 1.7's operators on Java values: truth, comparison, arithmetic.

https://velocity.apache.org/engine/1.7/user-guide.html#conditionals
"""

import math
from collections.abc import Callable
from typing import Any

from local.api_gateway.java_text import to_text


def is_true(value: Any) -> bool:
    """Only null and false are false: "", 0 and an empty list are true, as in Velocity 1.7.

    API Gateway replaces an undefined reference by "", which is why it counts as true there.
    """
    return value is not None and value is not False


def equals(left: Any, right: Any) -> bool:
    """Numbers by value, the same class by equals(), anything else by what it prints."""
    if left is None or right is None:
        return left is right
    if (_is_number(left) and _is_number(right)) or type(left) is type(right):
        return bool(left == right)
    return to_text(left) == to_text(right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Comparing what is not a number is false and no error."""
    return lambda left, right: _is_number(left) and _is_number(right) and compare(left, right)


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Arithmetic on what is not a number, or by zero, gives null and no error."""

    def apply(left: Any, right: Any) -> Any:
        if not (_is_number(left) and _is_number(right)):
            return None
        try:
            return compute(left, right)
        except ZeroDivisionError:
            return None

    return apply


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) or isinstance(right, str):
        return to_text(left) + to_text(right)
    return _arithmetic(lambda a, b: a + b)(left, right)


def _divide(left: Any, right: Any) -> Any:
    """Java's integer division cuts towards zero."""
    if isinstance(left, float) or isinstance(right, float):
        return left / right
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: Any, right: Any) -> Any:
    """Java's remainder has the sign of the left side."""
    if isinstance(left, float) or isinstance(right, float):
        return math.fmod(left, right) if right else None
    return left - right * _divide(left, right)


_BY_SYMBOL: dict[str, Callable[[Any, Any], Any]] = {
    "==": equals,
    "!=": lambda left, right: not equals(left, right),
    ">": _comparison(lambda left, right: left > right),
    ">=": _comparison(lambda left, right: left >= right),
    "<": _comparison(lambda left, right: left < right),
    "<=": _comparison(lambda left, right: left <= right),
    "&&": lambda left, right: is_true(left) and is_true(right),
    "||": lambda left, right: is_true(left) or is_true(right),
    "+": _add,
    "-": _arithmetic(lambda left, right: left - right),
    "*": _arithmetic(lambda left, right: left * right),
    "/": _arithmetic(_divide),
    "%": _arithmetic(_remainder),
}
_WORDS = {
    "eq": "==",
    "ne": "!=",
    "gt": ">",
    "ge": ">=",
    "lt": "<",
    "le": "<=",
    "and": "&&",
    "or": "||",
}
BINARY_OPERATORS = _BY_SYMBOL | {word: _BY_SYMBOL[symbol] for word, symbol in _WORDS.items()}
"""Operator as written in a template -> what it computes."""
