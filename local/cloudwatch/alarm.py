"""One alarm: what it watches and when it changes state."""

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from local.cloudwatch.evaluation import MissingData, Rule, State
from local.cloudwatch.measurement import Measurement
from local.cloudwatch.metrics import Metrics
from local.cloudwatch.query import Query, parse_queries

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
_LONGEST = timedelta(days=1)
"""Evaluation periods together; AWS has longer ones, evaluated once an hour."""

_METRIC = frozenset(
    {"MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit"}
)
_RULE = frozenset(
    {"EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "Metrics"}
    | {"TreatMissingData", "EvaluateLowSampleCountPercentile"}
)
_ACTIONS: Mapping[State, str] = {
    "OK": "OKActions",
    "ALARM": "AlarmActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}
_OTHER = frozenset({"AlarmName", "ActionsEnabled", *_ACTIONS.values()})
_INERT = frozenset({"AlarmDescription", "Tags"})
"""Kept in the definition and without effect."""


@dataclass(frozen=True)
class Alarm:
    """A query, a threshold and the rule that turns data points into a state.

    definition: the parameters of PutMetricAlarm, whole.
    """

    definition: Mapping[str, Any]
    query: Query
    rule: Rule
    comparison: str
    threshold: float

    @classmethod
    def parse(cls, definition: Mapping[str, Any]) -> "Alarm":
        """Reads the parameters of PutMetricAlarm. Raises ValueError.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        """
        if unknown := sorted(definition.keys() - _METRIC - _RULE - _OTHER - _INERT):
            raise ValueError(f"The local cloud does not have {', '.join(unknown)} of alarms.")
        query = _query(definition)
        rule = _rule(definition)
        if query.period * rule.evaluation_periods > _LONGEST:
            raise ValueError(
                f"EvaluationPeriods {rule.evaluation_periods} of {query.period.total_seconds():g} "
                "seconds: the local cloud looks back over one day."
            )
        if "Threshold" not in definition:
            raise ValueError("The parameter Threshold is required.")
        comparison = definition.get("ComparisonOperator", "None")
        _check_one_of(_COMPARISONS, "ComparisonOperator", comparison)
        return cls(definition, query, rule, comparison, definition["Threshold"])

    def judged(self, metrics: Metrics, at: datetime, current: State) -> tuple[State, str]:
        """The state at a full minute, with the reason. Its data points are the periods before.

        Periods longer than a minute overlap: each minute looks at those that end with it.
        """
        series = self._series(metrics, at)
        compare = _COMPARISONS[self.comparison]
        breaching = [None if v is None else compare(v, self.threshold) for v in series]
        points = ", ".join("-" if value is None else f"{value:g}" for value in series)
        reason = (
            f"{self.rule.datapoints_to_alarm} of {self.rule.evaluation_periods} data points with "
            f"{self.comparison} {self.threshold:g} are an alarm. "
            f"At {at:%H:%M}, oldest first and - where missing: {points}."
        )
        return self.rule.state(breaching, current), reason

    def recent(self, metrics: Metrics, at: datetime) -> list[float]:
        """The data points that decide at a full minute, oldest first; missing ones left out."""
        real = [value for value in self._series(metrics, at) if value is not None]
        return real[-self.rule.evaluation_periods :]

    def actions(self, state: State) -> Sequence[str]:
        """ARNs of what is to be done while the alarm is in a state."""
        if not self.definition.get("ActionsEnabled", True):
            return ()
        found: Sequence[str] = self.definition.get(_ACTIONS[state], ())
        return found

    def _series(self, metrics: Metrics, at: datetime) -> list[float | None]:
        steps = range(self.rule.evaluation_range - 1, -1, -1)
        return self.query.series(metrics, [at - self.query.period * step for step in steps])


def _query(definition: Mapping[str, Any]) -> Query:
    if "Metrics" in definition:
        if both := sorted(definition.keys() & _METRIC):
            raise ValueError(f"{', '.join(both)} cannot be there together with Metrics.")
        returned = list(parse_queries(definition["Metrics"]).values())
        if len(returned) != 1:
            raise ValueError(
                f"Metrics with ReturnData: {len(returned)}. Allowed: exactly one, false elsewhere."
            )
        return returned[0]
    if ("Statistic" in definition) == ("ExtendedStatistic" in definition):
        raise ValueError("An alarm needs either Statistic or ExtendedStatistic.")
    if "Period" not in definition:
        raise ValueError("The parameter Period is required.")
    stat = {
        "Metric": definition,
        "Stat": definition.get("Statistic", definition.get("ExtendedStatistic")),
        "Period": definition["Period"],
    }
    unit = {"Unit": definition["Unit"]} if "Unit" in definition else {}
    return Query.of(Measurement.parse(stat | unit))


def _rule(definition: Mapping[str, Any]) -> Rule:
    periods = definition.get("EvaluationPeriods", 0)
    datapoints = definition.get("DatapointsToAlarm", periods)
    if not 1 <= datapoints <= periods:
        raise ValueError(
            f"EvaluationPeriods {periods}, DatapointsToAlarm {datapoints}. "
            "Allowed: at least 1, and no more data points than periods."
        )
    missing_data = definition.get("TreatMissingData", "missing")
    _check_one_of(get_args(MissingData), "TreatMissingData", missing_data)
    if definition.get("EvaluateLowSampleCountPercentile", "evaluate") != "evaluate":
        raise ValueError("EvaluateLowSampleCountPercentile: the local cloud has only evaluate.")
    return Rule(periods, datapoints, missing_data)


def _check_one_of(allowed: Collection[str], member: str, value: str) -> None:
    if value not in allowed:
        raise ValueError(f"{member} {value}. Allowed: {', '.join(allowed)}.")
