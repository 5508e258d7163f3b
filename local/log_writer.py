"""Log lines on their way to CloudWatch Logs, in the background as on AWS."""

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from local.access import AccessDenied
from local.aws import Aws
from local.clock import Clock
from local.log_delivery import LogDelivery, LogEvent, LogStream

LINGER_SECONDS = 0.2
"""How long lines are collected: a call for each would cost requests more than it tells of them."""
MAX_EVENTS = 100
"""Lines of one call, far below what PutLogEvents takes.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

_log = logging.getLogger(__name__)


class LogWriter:
    """Puts lines into streams of the local cloud, in order, from one thread of its own."""

    def __init__(
        self,
        aws_for: Callable[[str], Aws],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._delivery = LogDelivery(aws_for)
        self._clock = clock
        self._sleep = sleep
        self._lines: queue.SimpleQueue[tuple[LogStream, LogEvent]] = queue.SimpleQueue()
        self._refused: set[LogStream] = set()
        threading.Thread(target=self._run, name="log-writer", daemon=True).start()

    def write(self, stream: LogStream, line: str) -> None:
        """Takes a line, at once. One that the stream's writer may not put there is lost."""
        timestamp = int(self._clock().timestamp() * 1000)
        self._lines.put((stream, {"timestamp": timestamp, "message": line}))

    def _run(self) -> None:
        while True:
            first = self._lines.get()
            self._sleep(LINGER_SECONDS)
            collected: defaultdict[LogStream, list[LogEvent]] = defaultdict(list)
            for stream, event in (first, *self._waiting()):
                collected[stream].append(event)
            for stream, events in collected.items():
                for start in range(0, len(events), MAX_EVENTS):
                    self._put(stream, events[start : start + MAX_EVENTS])

    def _waiting(self) -> Iterator[tuple[LogStream, LogEvent]]:
        for _ in range(self._lines.qsize()):
            yield self._lines.get()

    def _put(self, stream: LogStream, events: list[LogEvent]) -> None:
        try:
            self._delivery.put(stream, events)
        except AccessDenied as error:
            if stream not in self._refused:  # said once: every line would be refused alike
                self._refused.add(stream)
                _log.warning("%s: nothing is logged there: %s", stream.group, error)
        except (ClientError, BotoCoreError) as error:
            _log.debug("%s: nothing is logged there: %s", stream.group, error)
