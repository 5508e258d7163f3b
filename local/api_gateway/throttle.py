"""Throttles: token buckets, as API Gateway's rate and burst are.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

import threading
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime

from local.clock import Clock

_A_TOKEN = 1 - 1e-9
"""A tenth of a second at 10/s is a token, whatever its last binary digit."""


@dataclass(frozen=True)
class Limit:
    """rate: tokens per second that a bucket gains. burst: tokens that it holds at most."""

    rate: float
    burst: int


@dataclass
class _Bucket:
    tokens: float
    filled_at: datetime


class Throttles:
    """Buckets by key; many threads may take from them at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[Hashable, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, limits: Mapping[Hashable, Limit]) -> bool:
        """Takes a token out of the bucket of each key, or out of none if one is empty.

        A limit that has changed holds from now on; a bucket never seen before is full.
        """
        if not limits:
            return True
        with self._lock:
            now = self._clock()
            buckets = [self._filled(key, limit, now) for key, limit in limits.items()]
            if any(bucket.tokens < _A_TOKEN for bucket in buckets):
                return False
            for bucket in buckets:
                bucket.tokens -= 1
            return True

    def _filled(self, key: Hashable, limit: Limit, now: datetime) -> _Bucket:
        bucket = self._buckets.setdefault(key, _Bucket(limit.burst, now))
        gained = max((now - bucket.filled_at).total_seconds(), 0) * limit.rate
        bucket.tokens = min(bucket.tokens + gained, limit.burst)
        bucket.filled_at = now
        return bucket
