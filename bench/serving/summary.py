"""What the targets are about, and whether they are reached."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.serving.figures import Figures
from bench.serving.offers import Offers
from bench.serving.servers import NOOP, RECIPE

Summary = Mapping[str, float]
"""Figures by name; one that could not be measured is not there."""


@dataclass(frozen=True)
class Target:
    """What a figure should be."""

    name: str
    """Of the figure in the summary."""
    text: str
    limit: float
    at_least: bool
    unit: str = ""

    def reached(self, value: float) -> bool:
        """Whether a figure is what it should be."""
        return value >= self.limit if self.at_least else value <= self.limit

    def verdict(self, summary: Summary) -> str:
        """reached, missed, or not measured."""
        if self.name not in summary:
            return "not measured"
        return "reached" if self.reached(summary[self.name]) else "MISSED"


_RATIO_1 = ("ratio_1_row", "requests per second of the recipe's, 1 row")
_RATIO_100 = ("ratio_100_rows", "requests per second of the recipe's, 100 rows")
_PSS = ("pss_mib_2_workers", "memory of 2 workers")

TARGETS = (
    Target(*_RATIO_1, 140, at_least=True, unit="x"),
    Target(*_RATIO_100, 20, at_least=True, unit="x"),
    Target("of_noop_1_row", "of the no-op's requests per second, 1 row", 0.65, at_least=True),
    Target("spread_1_row", "p99 over p50 at 80 % load, 1 row", 3, at_least=False),
    Target(*_PSS, 64, at_least=False, unit=" MiB"),
    Target("start_seconds", "start to the first 200 of /ping", 0.5, at_least=False, unit=" s"),
)
"""With the compiled kernel."""

ONNX_TARGETS = (
    Target(*_RATIO_1, 100, at_least=True, unit="x"),
    Target(*_RATIO_100, 12, at_least=True, unit="x"),
    Target(*_PSS, 100, at_least=False, unit=" MiB"),
)
"""Without a compiler."""


def summary(
    figures: Mapping[str, Figures], offers: Mapping[int, Offers], ours: str, ours_2: str
) -> Summary:
    """The figures of the targets.

    ours, ours_2: names of our server with one worker on a processor of its own, and with two.
    """
    found: dict[str, float] = {}
    if ours in figures:
        loads = figures[ours].loads
        if RECIPE in figures:
            recipe = figures[RECIPE].loads
            found["ratio_1_row"] = loads[1].per_second / recipe[1].per_second
            found["ratio_100_rows"] = loads[100].per_second / recipe[100].per_second
        if NOOP in figures:
            found["of_noop_1_row"] = loads[1].per_second / figures[NOOP].loads[1].per_second
    if ours_2 in figures:
        found["pss_mib_2_workers"] = figures[ours_2].pss_mib
        found["start_seconds"] = figures[ours_2].start_seconds
    if 1 in offers:
        found["spread_1_row"] = offers[1].spread
    return found
