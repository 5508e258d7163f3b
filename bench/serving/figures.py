"""What is measured of a server, and the median of several rounds of it."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """Requests of one size, each client waiting for its answer before it asks again."""

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    """Connections lost, time-outs, and statuses above 399."""


@dataclass(frozen=True)
class Figures:
    """Of a server in one round, or the medians of several."""

    loads: Mapping[int, Load]
    """By rows of a request."""
    start_seconds: float
    pss_mib: float
    """After the load, of all its processes."""

    @property
    def errors(self) -> int:
        """Of all sizes."""
        return sum(load.errors for load in self.loads.values())


def median(rounds: Sequence[Figures]) -> Figures:
    """Each figure's median; the errors are those of all rounds."""
    return Figures(
        {size: _median([one.loads[size] for one in rounds]) for size in rounds[0].loads},
        statistics.median(one.start_seconds for one in rounds),
        statistics.median(one.pss_mib for one in rounds),
    )


def _median(loads: Sequence[Load]) -> Load:
    return Load(
        statistics.median(load.per_second for load in loads),
        statistics.median(load.p50_ms for load in loads),
        statistics.median(load.p99_ms for load in loads),
        sum(load.errors for load in loads),
    )


def percentile(values: Iterable[float], percent: int) -> float:
    """The smallest value that so many percent are not above; 0 of no values."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0.0
