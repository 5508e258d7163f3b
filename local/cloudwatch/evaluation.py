"""The state that data points put an alarm in, by CloudWatch's documented rules.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
MissingData = Literal["missing", "ignore", "breaching", "notBreaching"]

_FURTHER = 2
"""Data points looked at beyond the evaluation periods.

AWS says that there are some and that the number varies; its examples have two.
"""


@dataclass(frozen=True)
class Rule:
    """Alarms if `datapoints_to_alarm` of `evaluation_periods` data points breach."""

    evaluation_periods: int
    datapoints_to_alarm: int
    missing_data: MissingData

    @property
    def evaluation_range(self) -> int:
        """How many data points are looked at, in case that some are missing."""
        return self.evaluation_periods + _FURTHER

    def state(self, breaching: Sequence[bool | None], current: State) -> State:
        """What the data points of the evaluation range say.

        breaching: oldest first, None where a data point is missing. current: the state until now.
        """
        real = [point for point in breaching if point is not None][-self.evaluation_periods :]
        lacking = self.evaluation_periods - len(real)
        if sum(real) >= self.datapoints_to_alarm:
            return "ALARM"
        if not lacking or self.missing_data == "notBreaching":
            return "OK"
        if self.missing_data == "breaching":
            return "ALARM" if sum(real) + lacking >= self.datapoints_to_alarm else "OK"
        if False in real:
            return "OK"
        if self.missing_data == "ignore":
            return current
        return self._without_good_points(breaching, current)

    def _without_good_points(self, breaching: Sequence[bool | None], current: State) -> State:
        """All that is there breaches, and is less than what an alarm takes.

        It is one once the oldest is as old as a full set would be. Before that the page names
        no state, so none is entered.
        """
        if True not in breaching:
            return "INSUFFICIENT_DATA"
        age = len(breaching) - breaching.index(True)
        return "ALARM" if age >= self.datapoints_to_alarm else current
