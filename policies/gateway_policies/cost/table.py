"""Tables of what a stack costs, as Markdown that also reads well in a terminal."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway_policies import urn
from gateway_policies.cost.charge import Quantity
from gateway_policies.cost.estimate import Line
from gateway_policies.resource import Resource

MOST_ROWS = 20
"""Of a table; the cheapest parts are one row beyond that."""
Row = Sequence[str]

_NO_WORD = re.compile(r"[^\w .,:/+()\[\]-]|\](?=\()|(?<=:)/|(?<=www)\.", re.IGNORECASE)
"""What makes a cell, a tag, a link or an image of a text, or ends its line."""


@dataclass
class _Part:
    """What one row is about."""

    lines: list[Line] = field(default_factory=list)
    open: bool = False
    """Whether something of it cannot be told."""

    @property
    def most(self) -> float:
        return sum(line.usd.maximum for line in self.lines if line.usd)

    def __add__(self, other: "_Part") -> "_Part":
        return _Part(self.lines + other.lines, self.open or other.open)

    def cells(self) -> list[str]:
        columns = (_minimum, _expected, _maximum)
        return [cell(self.lines, column, more=self.open) for column in columns]


def component_rows(
    lines: Iterable[Line], undecided: Iterable[Resource], parents: Mapping[str, Resource]
) -> Iterator[Row]:
    """A row for each part of a stack, the dearest first, and their sum.

    undecided: resources that cost something that cannot be told.
    """
    parts: dict[str, _Part] = defaultdict(_Part)
    for line in lines:
        parts[component(line.resource, parents)].lines.append(line)
    for resource in undecided:
        parts[component(resource, parents)].open = True
    ranked = sorted(parts.items(), key=lambda named: (-named[1].most, named[0]))
    for label, part in ranked[:MOST_ROWS]:
        yield label, *part.cells()
    rest = [part for _, part in ranked[MOST_ROWS:]]
    if rest:
        yield f"{len(rest)} others", *sum(rest, _Part()).cells()
    yield "sum", *sum(parts.values(), _Part()).cells()


def component(resource: Resource, parents: Mapping[str, Resource]) -> str:
    """Name and type of the outermost component that holds a resource, or of itself."""
    outermost = resource
    while (above := parents.get(outermost.parent or "")) and above.type != "pulumi:pulumi:Stack":
        outermost = above
    return plain(f"{urn.name(outermost.urn)} ({outermost.type.rpartition(':')[2]})")


def plain(text: str) -> str:
    """A text of others with ? for what Markdown or a terminal would not show as it is.

    It is replaced and not escaped, as a terminal shows the escape too.
    """
    return _NO_WORD.sub("?", text)


def cell(lines: Sequence[Line], column: Callable[[Quantity], float], *, more: bool = False) -> str:
    """What lines cost: with ~ if a price of another region is in it, with ? if one is missing.

    more: whether there is something else that cannot be told.
    """
    known = [(column(line.usd), line.own) for line in lines if line.usd]
    borrowed = "~" if any(usd and not own for usd, own in known) else ""
    missing = more or any(line.usd is None and column(line.charge.quantity) for line in lines)
    return f"{borrowed}{sum(usd for usd, _ in known):,.2f}{' + ?' if missing else ''}"


def _minimum(quantity: Quantity) -> float:
    return quantity.minimum


def _expected(quantity: Quantity) -> float:
    return quantity.expected


def _maximum(quantity: Quantity) -> float:
    return quantity.maximum


def expected(lines: Sequence[Line]) -> str:
    """What some lines cost with the expected traffic."""
    return cell(lines, _expected)


def markdown(head: Row, rows: Iterable[Row]) -> str:
    """A table whose first column is text and whose others are numbers, aligned."""
    grid = [head, *rows]
    widths = [max(len(row[column]) for row in grid) for column in range(len(head))]
    rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        f"| {' | '.join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])} |"
        for row in [head, rule, *grid[1:]]
    )
