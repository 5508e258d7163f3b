"""What CloudWatch is asked for: one statistic of one metric, period after period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.cloudwatch.distribution import Statistic, statistic
from local.cloudwatch.metrics import RESOLUTION, Metric, Metrics


@dataclass(frozen=True)
class Measurement:
    """A metric, seen through a statistic over periods of one length."""

    metric: Metric
    statistic: Statistic
    period: timedelta

    @classmethod
    def parse(cls, stat: Mapping[str, Any]) -> "Measurement":
        """Reads a MetricStat. Raises ValueError.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
        """
        if "Unit" in stat:
            raise ValueError("Unit: the local cloud keeps no units. Leave it out.")
        metric = stat["Metric"]
        if missing := [member for member in ("Namespace", "MetricName") if member not in metric]:
            raise ValueError(f"The parameter {' and '.join(missing)} is required.")
        return cls(
            Metric.of(
                metric["Namespace"], metric["MetricName"], dimensions(metric.get("Dimensions", []))
            ),
            statistic(stat["Stat"]),
            period(stat["Period"]),
        )

    def series(self, metrics: Metrics, ends: Sequence[datetime]) -> list[float | None]:
        """The statistic of each period that ends at one of `ends`; None without values."""
        found = (metrics.over(self.metric, end - self.period, end) for end in ends)
        return [self.statistic(values) if values else None for values in found]


def dimensions(given: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Dimensions as a mapping. Raises ValueError for one that comes twice."""
    found = {dimension["Name"]: dimension["Value"] for dimension in given}
    if len(found) < len(given):
        raise ValueError(f"Dimensions: one of {', '.join(sorted(found))} comes twice.")
    return found


def period(seconds: int) -> timedelta:
    """A period. Raises ValueError for one finer than the metrics that are kept."""
    whole = int(RESOLUTION.total_seconds())
    if seconds < whole or seconds % whole:
        raise ValueError(
            f"Period {seconds}: the local cloud keeps metrics by the minute. "
            "Allowed: multiples of 60."
        )
    return timedelta(seconds=seconds)
