"""Step scaling: how much a policy changes a capacity, by how far its alarm's metric is off.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

import math
from collections.abc import Callable, Mapping, Sequence

from local.cloudwatch.alarm import Alarm
from local.control.records import Record

Aggregation = Callable[[Sequence[float]], float]

AGGREGATIONS: Mapping[str, Aggregation] = {
    "Average": lambda values: sum(values) / len(values),
    "Minimum": min,
    "Maximum": max,
}
ADJUSTMENTS = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")


def stepped(
    configuration: Record, alarm: Alarm, values: Sequence[float], capacity: int
) -> int | None:
    """The capacity that a policy makes of one; None where no step is for the metric.

    values: the alarm's data points. Without any there is nothing to choose a step by.
    """
    if not values:
        return None
    aggregation = AGGREGATIONS[configuration.get("MetricAggregationType", "Average")]
    delta = aggregation(values) - alarm.threshold
    # A step that ends at the threshold has it only for an alarm that looks below.
    above = delta > 0 or (delta == 0 and alarm.comparison.startswith("Greater"))
    for step in configuration["StepAdjustments"]:
        if _holds(step, delta, above):
            return _adjusted(configuration, step["ScalingAdjustment"], capacity)
    return None


def _holds(step: Record, delta: float, above: bool) -> bool:
    """The bound next to the threshold belongs to the step, the far one to the next step.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html
    """
    low = step.get("MetricIntervalLowerBound", -math.inf)
    high = step.get("MetricIntervalUpperBound", math.inf)
    return bool(low <= delta < high if above else low < delta <= high)


def _adjusted(configuration: Record, adjustment: int, capacity: int) -> int:
    match configuration["AdjustmentType"]:
        case "ExactCapacity":
            return adjustment
        case "ChangeInCapacity":
            return capacity + adjustment
    if not adjustment:
        return capacity
    size = capacity * abs(adjustment) / 100
    least: int = configuration.get("MinAdjustmentMagnitude", 0)
    # Part of a unit is not enough for one more, but for the first one.
    whole = max(math.floor(size), math.ceil(min(size, 1)), least)
    return capacity + whole if adjustment > 0 else capacity - whole
