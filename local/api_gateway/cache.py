"""A stage's response cache.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
AWS's pages leave two things open. Errors of the integration are kept as successes are, as users
of the service report. A new deployment does not empty a cache; FlushStageCache does.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.model import CacheKey
from local.api_gateway.parameters import Scopes
from local.api_gateway.stage import Caching, Unauthorized
from local.clock import Clock
from local.http import HttpResponse

MAX_RESPONSE_BYTES = 1_048_576
IGNORED_WARNING = "199 Cache-control headers were ignored because the caller was unauthorized."


@dataclass(frozen=True)
class _Entry:
    response: HttpResponse
    ends: datetime
    size: int


class ResponseCache:
    """Answers by key, each for its own time; the oldest go when the memory is full.

    capacity: bytes of bodies. Many threads may use it at once.
    """

    def __init__(self, clock: Clock, capacity: int) -> None:
        self._clock = clock
        self._capacity = capacity
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def answer(
        self, key: Hashable, ttl_seconds: int, fetch: Callable[[], HttpResponse]
    ) -> HttpResponse:
        """The answer that is kept, else a new one, which is kept from now on."""
        response = self._get(key)
        return self.renew(key, ttl_seconds, fetch) if response is None else response

    def renew(
        self, key: Hashable, ttl_seconds: int, fetch: Callable[[], HttpResponse]
    ) -> HttpResponse:
        """A new answer, in the place of the one that was kept."""
        response = fetch()
        self._put(key, response, ttl_seconds)
        return response

    def _get(self, key: Hashable) -> HttpResponse | None:
        with self._lock:
            entry = self._entries.get(key)
            return entry.response if entry and self._clock() < entry.ends else None

    def _put(self, key: Hashable, response: HttpResponse, ttl_seconds: int) -> None:
        size = len(response.body)
        with self._lock:
            self._drop(key)
            if size <= MAX_RESPONSE_BYTES:
                ends = self._clock() + timedelta(seconds=ttl_seconds)
                self._entries[key] = _Entry(response, ends, size)
                self._size += size
            while self._size > self._capacity:
                self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        if entry := self._entries.pop(key, None):
            self._size -= entry.size


def key_of(path: str, method: str, key: CacheKey, scopes: Scopes) -> Hashable:
    """What two requests must agree on to share an answer. path: the resource's, as "/models/{id}".

    A value that is absent differs from every value, the empty one too.
    """
    values = tuple(scopes.value(source) for source in key.parameters)
    return (key.namespace or path, method, values)


def asks_to_renew(headers: Mapping[str, str]) -> bool:
    """Whether a request says Cache-Control: max-age=0."""
    directives = headers.get("cache-control", "").split(",")
    return any(directive.strip().lower() == "max-age=0" for directive in directives)


def refuse_renewal(caching: Caching) -> Mapping[str, str]:
    """Headers of the answer to a caller who asked to renew it and may not.

    Raises GatewayError (403) where the stage says so.
    """
    if caching.unauthorized is Unauthorized.FAIL_WITH_403:
        raise GatewayError(ResponseType.ACCESS_DENIED, "execute-api:InvalidateCache")
    warned = caching.unauthorized is Unauthorized.SUCCEED_WITH_RESPONSE_HEADER
    return {"warning": IGNORED_WARNING} if warned else {}
