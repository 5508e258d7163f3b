"""Metric math, as far as alarms of our stack use it: FILL, the four operators, parentheses.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Series = Sequence[float | None]
"""A value per period, oldest first; None where there is none."""

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*|\.\d+)|([A-Za-z_]\w*)|([-+*/(),]))", re.ASCII)
_ID = re.compile(r"[a-z]\w*", re.ASCII)
_Operator = Callable[[float, float], float]
_OPERATORS: Mapping[str, _Operator] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_DEEPEST = 50
"""Nested parentheses; beyond, a parser that calls itself would end in a traceback."""

_Term = Callable[[Mapping[str, Series]], Series]


class ExpressionError(ValueError):
    """An expression that is wrong, or asks for what the local cloud does not have."""


@dataclass(frozen=True)
class Expression:
    """A parsed expression. ids: the metrics that it names, at least one."""

    text: str
    ids: frozenset[str]
    _term: _Term = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Expression":
        """Reads an expression. Raises ExpressionError."""
        parser = _Parser(text)
        term = parser.whole()
        if not parser.ids:
            raise ExpressionError(f"Expression {text!r} names no metric. Use the Id of one.")
        return cls(text, frozenset(parser.ids), term)

    def values(self, metrics: Mapping[str, Series]) -> list[float | None]:
        """The expression's series. metrics: a series by id, all of the same length.

        As on AWS there is no value where one of its terms has none, or is divided by zero.
        """
        return list(self._term(metrics))


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self.ids: set[str] = set()
        self._text = text
        self._tokens = list(self._split())
        self._depth = 0

    def whole(self) -> _Term:
        term = self._sum()
        if self._tokens:
            raise self._unexpected(self._tokens[0])
        return term

    def _split(self) -> Iterator[str]:
        text, position = self._text.rstrip(), 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._unexpected(text[position:].strip()[0])
            position = match.end()
            yield match[0].strip()

    def _sum(self) -> _Term:
        return self._chain("+-", lambda: self._chain("*/", self._factor))

    def _chain(self, operators: str, operand: Callable[[], _Term]) -> _Term:
        first, rest = operand(), []
        while self._tokens and self._tokens[0] in operators:
            rest.append((_OPERATORS[self._tokens.pop(0)], operand()))
        return _chained(first, rest) if rest else first

    def _factor(self) -> _Term:
        match self._take():
            case "-":
                negated = [(operator.mul, self._nested(self._factor))]
                return _chained(_constant(-1.0), negated)
            case "(":
                term = self._nested(self._sum)
                self._expect(")")
                return term
            case "FILL":
                return self._fill()
            case token if token[0].isdigit() or token[0] == ".":
                return _constant(float(token))
            case token if _ID.fullmatch(token):
                self.ids.add(token)
                return lambda metrics: metrics[token]
            case token:
                raise self._unexpected(token)

    def _fill(self) -> _Term:
        self._expect("(")
        term = self._nested(self._sum)
        self._expect(",")
        filler = self._take()
        if filler == "REPEAT":
            self._expect(")")
            return lambda metrics: list(_repeated(term(metrics)))
        sign = -1.0 if filler == "-" else 1.0
        number = self._take() if filler == "-" else filler
        if not re.fullmatch(r"[\d.]+", number):
            raise ExpressionError(
                f"Expression {self._text!r}: FILL with {number}. Allowed: a number, or REPEAT."
            )
        self._expect(")")
        value = sign * float(number)
        return lambda metrics: [value if v is None else v for v in term(metrics)]

    def _nested(self, inner: Callable[[], _Term]) -> _Term:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(f"Expression {self._text!r} is nested deeper than {_DEEPEST}.")
        term = inner()
        self._depth -= 1
        return term

    def _take(self) -> str:
        if not self._tokens:
            raise ExpressionError(f"Expression {self._text!r} ends too early.")
        return self._tokens.pop(0)

    def _expect(self, token: str) -> None:
        taken = self._take()
        if taken != token:
            raise self._unexpected(taken)

    def _unexpected(self, found: str) -> ExpressionError:
        return ExpressionError(
            f"Expression {self._text!r} at {found!r}: the local cloud has ids of metrics, "
            "numbers, FILL, + - * / and parentheses."
        )


def _constant(value: float) -> _Term:
    return lambda metrics: [value] * len(next(iter(metrics.values())))


def _chained(first: _Term, rest: Sequence[tuple[_Operator, _Term]]) -> _Term:
    def term(metrics: Mapping[str, Series]) -> Series:
        series = first(metrics)
        for combine, operand in rest:
            pairs = zip(series, operand(metrics), strict=True)
            series = [_combined(combine, left, right) for left, right in pairs]
        return series

    return term


def _combined(combine: _Operator, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    try:
        value = combine(left, right)
    except ZeroDivisionError:
        return None
    return value if math.isfinite(value) else None


def _repeated(series: Series) -> Iterator[float | None]:
    last = None
    for value in series:
        last = value if value is not None else last
        yield last
