"""The figures as tables: in Markdown that a terminal shows well too."""

from collections.abc import Iterator, Sequence

from bench.serving.figures import Figures
from bench.serving.offers import OVERLOAD, STEADY, Offers
from bench.serving.results import Results
from bench.serving.rows import INSTANCES, rows_text
from bench.serving.servers import NOOP, ONNX, OURS, RECIPE, SERVERS, SIZES, Server
from bench.serving.summary import ONNX_TARGETS, TARGETS, Summary, Target

Table = Sequence[Sequence[str]]
"""The first row is the head."""


def markdown(table: Table) -> Iterator[str]:
    """Its lines; all columns but the first are figures, at the right."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]

    def line(row: Sequence[str]) -> str:
        first, *others = row
        cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        return "| " + " | ".join([first.ljust(widths[0]), *cells]) + " |"

    head, *rows = table
    yield line(head)
    yield "|" + "|".join(["-" * (widths[0] + 2), *("-" * (w + 1) + ":" for w in widths[1:])]) + "|"
    yield from map(line, rows)


def throughput(results: Results) -> Table:
    """Requests per second by rows of a request, and as multiples of the recipe's."""
    found = results.medians
    recipe = found.get(RECIPE)
    compared = (1, 100)
    multiples = (f"x recipe, {rows_text(size)}" for size in compared)
    rows = [["requests per second", *map(rows_text, SIZES), *multiples]]
    for server in _plain(results):
        loads = found[server.name].loads
        ratios = [
            f"{loads[size].per_second / recipe.loads[size].per_second:.1f}" if recipe else "?"
            for size in compared
        ]
        rows.append([server.title, *(f"{loads[size].per_second:,.0f}" for size in SIZES), *ratios])
    return rows


def latency(results: Results) -> Table:
    """Milliseconds by rows of a request, under the same load."""
    rows = [["p50 / p99, ms", *map(rows_text, SIZES)]]
    for server in _plain(results):
        loads = results.medians[server.name].loads
        pairs = (f"{loads[size].p50_ms:.2f} / {loads[size].p99_ms:.2f}" for size in SIZES)
        rows.append([server.title, *pairs])
    return rows


def parts(results: Results) -> Table:
    """Microseconds of a request for one row, of our server and of what it is made of."""
    found, titles = results.medians, {server.name: server.title for server in SERVERS}
    names = list(results.parts)
    if not names:
        return []
    head = (heading for name in names for heading in (titles[name], "after a packet"))
    rows = [["µs of one row", *head]]
    for same in zip(*results.parts.values(), strict=True):
        figures = (f"{us:.1f}" for part in same for us in (part.repeated, part.after_packet))
        rows.append([same[0].title, *figures])
    whole = (cell for name in names for cell in (f"{_micros(found[name], 1):.1f}", ""))
    rows.append(["a request to the server", *whole])
    if NOOP in found:
        ceiling = f"{_micros(found[NOOP], 1):.1f}"
        rows.append(["a request to the no-op's", *(cell for _ in names for cell in (ceiling, ""))])
    return rows


def processes(results: Results) -> Table:
    """Memory and start-up."""
    rows = [["", "memory (PSS), MiB", "start-up, s"]]
    for server in _plain(results):
        one = results.medians[server.name]
        rows.append([server.title, f"{one.pss_mib:.0f}", f"{one.start_seconds:.2f}"])
    return rows


def extras(results: Results) -> Table:
    """What an extra of the answer costs: microseconds of a request more than without."""
    found = results.medians
    asked = [s for s in SERVERS if s.form is not INSTANCES and s.artifact and s.name in found]
    if not asked:
        return []
    plain = found[OURS] if OURS in found else found[ONNX]
    sizes = asked[0].sizes
    rows = [["", *(f"{rows_text(size)}, µs more" for size in sizes)]]
    for server in asked:
        mine = found[server.name]
        if any(load.errors for load in mine.loads.values()):
            rows.append([server.title, *("errors" for _ in sizes)])  # which cost nothing
            continue
        rows.append(
            [server.title, *(f"{_micros(mine, s) - _micros(plain, s):,.0f}" for s in sizes)]
        )
    return rows


def steady(results: Results) -> Table:
    """Our server and the no-op at the steady share of their capacity."""
    head = ["", "capacity /s", "offered /s", "p50 ms", "p99 ms", "p99 / p50", "client late p99 ms"]
    rows = [head]
    for title, size, one in _offers(results):
        rows.append(
            [
                f"{title}, {rows_text(size)}",
                f"{one.capacity:,.0f}",
                f"{one.capacity * STEADY:,.0f}",
                f"{one.steady.p50_ms:.2f}",
                f"{one.steady.p99_ms:.2f}",
                f"{one.spread:.1f}",
                f"{one.steady.late_p99_ms:.2f}",
            ]
        )
    return rows


def overload(results: Results) -> Table:
    """Our server offered more than it can."""
    head = ["", "offered", "accepted", "503 + Retry-After", "other 503", "failed"]
    rows = [[*head, "p99 ms of accepted", f"at {STEADY:.0%}"]]
    for title, size, one in _offers(results):
        if beyond := one.overload:
            failed = beyond.other + beyond.lost + beyond.unanswered
            counts = (beyond.accepted, beyond.retry_after, beyond.busy - beyond.retry_after, failed)
            rows.append(
                [
                    f"{title}, {rows_text(size)}, {OVERLOAD:g} x capacity",
                    f"{beyond.offered:,.0f}",
                    *(f"{count:,.0f}" for count in counts),
                    f"{beyond.p99_ms:.1f}",
                    f"{one.steady.p99_ms:.1f}",
                ]
            )
    return rows


def targets(results: Results) -> Table:
    """Each target with its figure."""
    rows = [["target", "limit", "measured", ""]]
    for way, wanted, found in (
        ("compiled kernel", TARGETS, results.summary),
        ("ONNX Runtime", ONNX_TARGETS, results.onnx_summary),
    ):
        rows += [_target(way, target, found) for target in wanted]
    return rows


def _target(way: str, target: Target, found: Summary) -> list[str]:
    sign = ">=" if target.at_least else "<="
    value = found.get(target.name)
    measured = "-" if value is None else f"{value:.2f}{target.unit}"
    limit = f"{sign} {target.limit:g}{target.unit}"
    return [f"{way}: {target.text}", limit, measured, target.verdict(found)]


def _plain(results: Results) -> list[Server]:
    """The servers of which all sizes were measured, in their order."""
    return [s for s in SERVERS if s.name in results.rounds and s.sizes == SIZES]


def _offers(results: Results) -> Iterator[tuple[str, int, Offers]]:
    titles = {server.name: server.title for server in SERVERS}
    for name, by_size in results.offers.items():
        for size, one in by_size.items():
            yield titles[name], size, one


def _micros(figures: Figures, size: int) -> float:
    return 1e6 / figures.loads[size].per_second
