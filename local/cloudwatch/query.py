"""Several measurements, and what an expression makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.cloudwatch.measurement import Measurement
from local.cloudwatch.metric_math import Expression
from local.cloudwatch.metrics import Metrics


@dataclass(frozen=True)
class Query:
    """A series by its expression. measurements: by the ids that the expression uses."""

    measurements: Mapping[str, Measurement]
    expression: Expression
    period: timedelta

    @classmethod
    def of(cls, measurement: Measurement) -> "Query":
        """The measurement as it is."""
        return cls({"m1": measurement}, Expression.parse("m1"), measurement.period)

    def series(self, metrics: Metrics, ends: Sequence[datetime]) -> list[float | None]:
        """A value for each period that ends at one of `ends`, None where there is none."""
        return self.expression.values(
            {name: one.series(metrics, ends) for name, one in self.measurements.items()}
        )


def parse_queries(given: Sequence[Mapping[str, Any]]) -> dict[str, Query]:
    """Reads MetricDataQueries; answers those whose data is to be returned, by their ids.

    An expression is over measurements, not over other expressions. Raises ValueError.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
    """
    measurements = {
        query["Id"]: Measurement.parse(query["MetricStat"])
        for query in given
        if "MetricStat" in query
    }
    queries = {}
    for query in given:
        _check(query)
        if "Expression" not in query:
            found = Query.of(measurements[query["Id"]])
        else:
            found = _expressed(query["Expression"], measurements)
        if query["Id"] in queries:
            raise ValueError(f"Id {query['Id']} comes twice. Every query needs an Id of its own.")
        queries[query["Id"]] = found
    return {query["Id"]: queries[query["Id"]] for query in given if query.get("ReturnData", True)}


def _check(query: Mapping[str, Any]) -> None:
    if ("MetricStat" in query) == ("Expression" in query):
        raise ValueError(f"Query {query['Id']} needs either MetricStat or Expression.")
    if lacking := sorted(query.keys() & {"AccountId", "Period"}):
        raise ValueError(f"Query {query['Id']}: the local cloud does not have {lacking[0]} there.")


def _expressed(text: str, measurements: Mapping[str, Measurement]) -> Query:
    expression = Expression.parse(text)
    if unknown := sorted(expression.ids - measurements.keys()):
        raise ValueError(
            f"Expression {text!r} uses {', '.join(unknown)}. "
            f"Allowed: {', '.join(sorted(measurements)) or 'nothing, as no query is a MetricStat'}."
        )
    used = {name: measurements[name] for name in expression.ids}
    periods = {one.period for one in used.values()}
    if len(periods) > 1:
        raise ValueError(f"Expression {text!r} is over metrics of different periods.")
    return Query(used, expression, periods.pop())
