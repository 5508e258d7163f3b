"""The values that a metric had in a stretch of time, and CloudWatch's statistics of them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


@dataclass
class Distribution:
    """Count, sum, extremes, and how often each value came, to three significant digits.

    The rounding bounds the memory; with it percentiles are right to 0.5 %.
    """

    count: float = 0.0
    total: float = 0.0
    minimum: float = math.inf
    maximum: float = -math.inf
    values: dict[float, float] = field(default_factory=dict)

    def add(self, value: float, count: float = 1.0) -> None:
        """Takes in `count` times the same value."""
        self.count += count
        self.total += value * count
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)
        rounded = float(f"{value:.3g}")
        self.values[rounded] = self.values.get(rounded, 0.0) + count

    def add_summary(self, count: float, total: float, minimum: float, maximum: float) -> None:
        """Takes in values of which only this is known; percentiles are lost with them."""
        self.count += count
        self.total += total
        self.minimum = min(self.minimum, minimum)
        self.maximum = max(self.maximum, maximum)

    def merge(self, other: "Distribution") -> None:
        """Takes in all that another one has."""
        self.add_summary(other.count, other.total, other.minimum, other.maximum)
        for value, count in other.values.items():
            self.values[value] = self.values.get(value, 0.0) + count

    def percentile(self, percent: float) -> float | None:
        """The least value that `percent` % of the values do not exceed.

        None if some values are known as a summary only, as on AWS.
        """
        if not math.isclose(sum(self.values.values()), self.count):
            return None
        wanted = self.count * percent / 100
        seen = 0.0
        for value in sorted(self.values):
            seen += self.values[value]
            if seen >= wanted or math.isclose(seen, wanted):
                return min(max(value, self.minimum), self.maximum)
        return self.maximum


Statistic = Callable[[Distribution], float | None]
"""Takes one number from a distribution that has values; None where that cannot be known."""


def statistic(name: str) -> Statistic:
    """The statistic of that name. Raises ValueError for one that is not there.

    name: SampleCount, Sum, Average, Minimum, Maximum, or a percentile such as p90 or p99.9.
    """
    match name:
        case "SampleCount":
            return lambda values: values.count
        case "Sum":
            return lambda values: values.total
        case "Average":
            return lambda values: values.total / values.count
        case "Minimum":
            return lambda values: values.minimum
        case "Maximum":
            return lambda values: values.maximum
    if percentile := _PERCENTILE.fullmatch(name):
        percent = float(percentile[1])
        return lambda values: values.percentile(percent)
    raise ValueError(
        f"The local cloud does not have the statistic {name!r}. "
        "Allowed: SampleCount, Sum, Average, Minimum, Maximum, p0 to p100."
    )
