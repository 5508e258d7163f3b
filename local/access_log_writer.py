"""Access log lines on their way to CloudWatch Logs, in the background as on AWS."""

import functools
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import Aws
from local.clock import Clock

LINGER_SECONDS = 0.2
"""How long lines are collected: a call for each would cost requests more than it tells of them."""
MAX_EVENTS = 100
"""Lines of one call, far below what PutLogEvents takes.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

_STREAM = "access"


@dataclass(frozen=True)
class _Group:
    """Where a stage logs."""

    region: str
    name: str


class AccessLogWriter:
    """Puts lines into log groups of the local cloud, in order, from one thread of its own."""

    def __init__(
        self,
        aws_for: Callable[[str], Aws],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._aws_for = functools.cache(aws_for)
        self._clock = clock
        self._sleep = sleep
        self._lines: queue.SimpleQueue[tuple[_Group, dict[str, Any]]] = queue.SimpleQueue()
        self._streams: set[_Group] = set()
        threading.Thread(target=self._run, name="access-logs", daemon=True).start()

    def sink(self, region: str, group: str) -> Callable[[str], None]:
        """Where a stage's access log writes its lines."""
        where = _Group(region, group)

        def write(line: str) -> None:
            timestamp = int(self._clock().timestamp() * 1000)
            self._lines.put((where, {"timestamp": timestamp, "message": line}))

        return write

    def _run(self) -> None:
        while True:
            first = self._lines.get()
            self._sleep(LINGER_SECONDS)
            collected: defaultdict[_Group, list[dict[str, Any]]] = defaultdict(list)
            for group, event in (first, *self._waiting()):
                collected[group].append(event)
            for group, events in collected.items():
                for start in range(0, len(events), MAX_EVENTS):
                    self._put(group, events[start : start + MAX_EVENTS])

    def _waiting(self) -> Iterator[tuple[_Group, dict[str, Any]]]:
        for _ in range(self._lines.qsize()):
            yield self._lines.get()

    def _put(self, group: _Group, events: list[dict[str, Any]]) -> None:
        """Twice if need be: the group may have been made anew. Then it is gone, or the cloud is."""
        for _ in range(2):
            try:
                if group not in self._streams:
                    _make_stream(self._aws_for(group.region), group.name)
                    self._streams.add(group)
                where = {"logGroupName": group.name, "logStreamName": _STREAM}
                self._aws_for(group.region).call(
                    "logs", "PutLogEvents", {**where, "logEvents": events}
                )
                return
            except (ClientError, BotoCoreError):
                self._streams.discard(group)


def _make_stream(aws: Aws, group: str) -> None:
    try:
        aws.call("logs", "CreateLogStream", {"logGroupName": group, "logStreamName": _STREAM})
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
