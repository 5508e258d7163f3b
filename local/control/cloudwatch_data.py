"""CloudWatch's metrics over the wire: put, read, listed."""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from local.clock import Clock
from local.cloudwatch.distribution import Distribution, statistic
from local.cloudwatch.measurement import dimensions, period
from local.cloudwatch.metrics import Metric, Metrics
from local.cloudwatch.query import parse_queries
from local.control.records import Record
from local.control.service import AwsError, Handler

_MOST_DATAPOINTS = 1440
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html"""

_AHEAD = timedelta(hours=2)
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"""

_KNOWN = {
    "PutMetricData": {"Namespace", "MetricData", "StrictEntityValidation"},
    "GetMetricStatistics": {"Namespace", "MetricName", "Dimensions", "StartTime", "EndTime"}
    | {"Period", "Statistics", "ExtendedStatistics"},
    "GetMetricData": {"MetricDataQueries", "StartTime", "EndTime", "ScanBy"},
    "ListMetrics": {"Namespace", "MetricName", "Dimensions"},
}


class MetricData:
    """Metrics of one region, as clients put and read them. Units are not kept."""

    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        self._clock = clock
        self._metrics = metrics

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "PutMetricData": _checked("PutMetricData", self._put),
            "GetMetricStatistics": _checked("GetMetricStatistics", self._statistics),
            "GetMetricData": _checked("GetMetricData", self._data),
            "ListMetrics": _checked("ListMetrics", self._list),
        }

    def _put(self, request: Record) -> None:
        namespace = request["Namespace"]
        if namespace.startswith("AWS/"):
            raise ValueError(f"Namespace {namespace}: those that begin with AWS/ are AWS's own.")
        now = self._clock()
        # All are read before the first one counts: a request is taken whole or not at all.
        read = [
            (
                Metric.of(namespace, datum["MetricName"], dimensions(datum.get("Dimensions", []))),
                datum.get("Timestamp", now),
                _distribution(datum),
            )
            for datum in request.get("MetricData", [])
        ]
        for metric, at, _ in read:
            if at > now + _AHEAD:
                raise ValueError(f"{metric.name} at {at:%Y-%m-%d %H:%M} is over 2 hours ahead.")
            self._metrics.check_kept(at)
        for metric, at, values in read:
            self._metrics.merge(metric, at, values)

    def _statistics(self, request: Record) -> Record:
        metric = Metric.of(
            request["Namespace"],
            request["MetricName"],
            dimensions(request.get("Dimensions", [])),
        )
        plain = {name: statistic(name) for name in request.get("Statistics", [])}
        extended = {name: statistic(name) for name in request.get("ExtendedStatistics", [])}
        if not plain and not extended:
            raise ValueError("GetMetricStatistics needs Statistics or ExtendedStatistics.")
        length = period(request["Period"])
        datapoints = []
        for start in _starts(request, length):
            if values := self._metrics.over(metric, start, start + length):
                point: Record = {name: take(values) for name, take in plain.items()}
                known = {
                    n: value for n, take in extended.items() if (value := take(values)) is not None
                }
                datapoints.append({"Timestamp": start, "ExtendedStatistics": known} | point)
        return {"Label": metric.name, "Datapoints": datapoints}

    def _data(self, request: Record) -> Record:
        labels = {query["Id"]: query.get("Label") for query in request["MetricDataQueries"]}
        backwards = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        results = []
        for name, query in parse_queries(request["MetricDataQueries"]).items():
            starts = list(_starts(request, query.period))
            series = query.series(self._metrics, [start + query.period for start in starts])
            points = [(at, v) for at, v in zip(starts, series, strict=True) if v is not None]
            points.sort(reverse=backwards)
            results.append(
                {
                    "Id": name,
                    "Label": labels[name] or name,
                    "Timestamps": [at for at, _ in points],
                    "Values": [value for _, value in points],
                    "StatusCode": "Complete",
                }
            )
        return {"MetricDataResults": results, "Messages": []}

    def _list(self, request: Record) -> Record:
        filters = request.get("Dimensions", [])
        return {
            "Metrics": [
                {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": n, "Value": v} for n, v in metric.dimensions],
                }
                for metric in self._metrics
                if request.get("Namespace", metric.namespace) == metric.namespace
                and request.get("MetricName", metric.name) == metric.name
                and all(_has(dict(metric.dimensions), wanted) for wanted in filters)
            ]
        }


def _checked(operation: str, handler: Callable[[Record], Record | None]) -> Handler:
    """The handler, with what it cannot do and what is wrong answered as AWS's errors."""

    def checked(request: Record) -> Record | None:
        if lacking := sorted(request.keys() - _KNOWN[operation]):
            message = f"the local cloud does not have {', '.join(lacking)} of {operation}"
            raise AwsError("InvalidParameterCombinationException", message)
        try:
            return handler(request)
        except ValueError as error:
            raise AwsError("InvalidParameterValueException", str(error)) from error

    return checked


def _distribution(datum: Record) -> Distribution:
    """The values of one MetricDatum. Raises ValueError."""
    name = datum["MetricName"]
    if datum.get("StorageResolution", 60) != 60:
        raise ValueError(
            f"{name}: the local cloud keeps metrics by the minute, StorageResolution 60."
        )
    given = datum.keys() & {"Value", "Values", "StatisticValues"}
    if len(given) != 1:
        raise ValueError(f"{name} needs one of Value, Values and StatisticValues.")
    found = Distribution()
    if "StatisticValues" in datum:
        summary = datum["StatisticValues"]
        count, low, high = summary["SampleCount"], summary["Minimum"], summary["Maximum"]
        _check_finite(name, [count, summary["Sum"], low, high])
        if low == high:
            found.add(low, count)
        else:
            found.add_summary(count, summary["Sum"], low, high)
        return found
    values = datum.get("Values", [datum.get("Value")])
    counts = datum.get("Counts", [1.0] * len(values))
    if len(counts) != len(values):
        raise ValueError(f"{name} has {len(values)} Values and {len(counts)} Counts.")
    _check_finite(name, [*values, *counts])
    for value, count in zip(values, counts, strict=True):
        found.add(value, count)
    return found


def _check_finite(name: str, numbers: list[float]) -> None:
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError(f"{name}: a metric takes neither NaN nor infinity.")


def _starts(request: Record, length: timedelta) -> Iterator[datetime]:
    """Where periods begin, from the minute of StartTime to before EndTime."""
    start = request["StartTime"].replace(second=0, microsecond=0)
    end = request["EndTime"]
    if end <= start:
        raise ValueError("StartTime must be before EndTime.")
    count = math.ceil((end - start) / length)
    if count > _MOST_DATAPOINTS:
        raise ValueError(
            f"{count} data points are asked for. Allowed: {_MOST_DATAPOINTS}. "
            "Take a longer Period or less time."
        )
    return (start + length * n for n in range(count))


def _has(given: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    name = wanted["Name"]
    return name in given and wanted.get("Value", given[name]) == given[name]
