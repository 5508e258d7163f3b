"""What was measured, by the minute."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.clock import Clock
from local.cloudwatch.distribution import Distribution

RESOLUTION = timedelta(minutes=1)
"""CloudWatch's standard resolution; the finer one is not had here.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
"""

RETENTION = timedelta(days=3)
"""As far back as an alarm can look: a day of evaluation periods, and two further ones."""


@dataclass(frozen=True, order=True)
class Metric:
    """What CloudWatch knows a metric by. dimensions: names and values, sorted."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str]) -> "Metric":
        """The metric with these dimensions, in whatever order they come."""
        return cls(namespace, name, tuple(sorted(dimensions.items())))


class Metrics:
    """The metrics of one region, for any number of threads.

    A metric takes memory for each minute of the last three days in which it had values, and in
    each for some hundred different values at most.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._minutes: dict[Metric, dict[int, Distribution]] = {}
        self._tidied = _minute(clock())
        self._lock = threading.Lock()

    def put(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float) -> None:
        """Takes in one value, measured now."""
        minute = _minute(self._clock())
        metric = Metric.of(namespace, name, dimensions)
        with self._lock:
            self._distribution(metric, minute).add(value)

    def check_kept(self, at: datetime) -> None:
        """Raises ValueError for a time past retention."""
        if at < self._clock() - RETENTION:
            raise ValueError(
                f"{at:%Y-%m-%d %H:%M} is past the {RETENTION.days} days that are kept."
            )

    def merge(self, metric: Metric, at: datetime, values: Distribution) -> None:
        """Takes in values that were measured at another time, one that is kept."""
        with self._lock:
            self._distribution(metric, _minute(at)).merge(values)

    def over(self, metric: Metric, start: datetime, end: datetime) -> Distribution | None:
        """The values from the minute of `start` to before that of `end`; None without any."""
        found = Distribution()
        first, last = _minute(start), _minute(end)
        with self._lock:
            minutes = self._minutes.get(metric, {})
            # A metric with few minutes is searched by those it has, a long one by those asked for.
            candidates = range(first, last) if last - first < len(minutes) else list(minutes)
            for minute in candidates:
                if first <= minute < last and minute in minutes:
                    found.merge(minutes[minute])
        return found if found.count else None

    def __iter__(self) -> Iterator[Metric]:
        """The metrics with values, sorted."""
        with self._lock:
            return iter(sorted(self._minutes))

    def _distribution(self, metric: Metric, minute: int) -> Distribution:
        self._forget()
        return self._minutes.setdefault(metric, {}).setdefault(minute, Distribution())

    def _forget(self) -> None:
        """Drops what is past retention, once a minute."""
        now = _minute(self._clock())
        if now == self._tidied:
            return
        self._tidied = now
        oldest = now - RETENTION // RESOLUTION
        for metric, minutes in list(self._minutes.items()):
            for minute in [minute for minute in minutes if minute < oldest]:
                del minutes[minute]
            if not minutes:
                del self._minutes[metric]


def _minute(moment: datetime) -> int:
    """Whole minutes since 1970."""
    return int(moment.timestamp() // RESOLUTION.total_seconds())
