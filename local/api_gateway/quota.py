"""Quotas of usage plans: so many requests a day, a week or a month.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from local.clock import Clock


class Period(StrEnum):
    """How long a quota lasts; all of them begin at midnight, UTC."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


MAX_OFFSET = {Period.DAY: 0, Period.WEEK: 6, Period.MONTH: 27}


@dataclass(frozen=True)
class Quota:
    """limit: requests a period. offset: the day on which it begins, 0 is Sunday or the first.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-usageplan-quotasettings.html
    """

    limit: int
    period: Period
    offset: int = 0

    def began(self, now: datetime) -> date:
        """The first day of the period that `now` is in."""
        today = now.date()
        match self.period:
            case Period.DAY:
                return today
            case Period.WEEK:
                return today - timedelta(days=(today.isoweekday() - self.offset) % 7)
            case Period.MONTH:
                month = today - timedelta(days=self.offset)
                return month.replace(day=1) + timedelta(days=self.offset)


class Quotas:
    """What is used up of quotas, by key; many threads may spend at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used: dict[Hashable, tuple[date, int]] = {}
        self._lock = threading.Lock()

    def spend(self, key: Hashable, quota: Quota) -> bool:
        """Counts one request; False, and it is not counted, if the quota is used up."""
        with self._lock:
            period = quota.began(self._clock())
            counted_in, used = self._used.get(key, (period, 0))
            if counted_in != period:
                used = 0
            if used >= quota.limit:
                return False
            self._used[key] = (period, used + 1)
            return True
