"""Tables of what a stack costs, as Markdown that also reads well in a terminal."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from gateway_policies.cost.charge import Quantity
from gateway_policies.cost.estimate import Line
from gateway_policies.resource import Resource

MOST_ROWS = 20
"""Of a table; the cheapest parts are one row beyond that."""
Row = Sequence[str]


def component_rows(lines: Iterable[Line], parents: Mapping[str, Resource]) -> Iterator[Row]:
    """A row for each part of a stack, the dearest first, and their sum."""
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        parts[component(line.resource, parents)].append(line)
    ranked = sorted(parts.items(), key=lambda part: (-_largest(part[1]), part[0]))
    for label, found in ranked[:MOST_ROWS]:
        yield label, *cells(found)
    rest = [line for _, found in ranked[MOST_ROWS:] for line in found]
    if rest:
        yield f"{len(ranked) - MOST_ROWS} others", *cells(rest)
    yield "**sum**", *cells([line for _, found in ranked for line in found])


def component(resource: Resource, parents: Mapping[str, Resource]) -> str:
    """Name and type of the outermost component that holds a resource, or of itself."""
    outermost = resource
    while (above := parents.get(outermost.parent or "")) and above.type != "pulumi:pulumi:Stack":
        outermost = above
    return f"{outermost.urn.rpartition('::')[2]} ({outermost.type.rpartition(':')[2]})"


def _largest(lines: Sequence[Line]) -> float:
    return sum(line.usd.maximum for line in lines if line.usd)


def cells(lines: Sequence[Line]) -> list[str]:
    """What some lines cost at minimum, expected and maximum."""
    return [cell(lines, column) for column in (_minimum, _expected, _maximum)]


def cell(lines: Sequence[Line], column: Callable[[Quantity], float]) -> str:
    """Their sum: with ~ where a price of another region is in it, and ? where one is missing."""
    known = [(column(line.usd), line.own) for line in lines if line.usd]
    borrowed = "~" if any(usd and not own for usd, own in known) else ""
    missing = any(line.usd is None and column(line.charge.quantity) for line in lines)
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
