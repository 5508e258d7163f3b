"""Access log lines on their way to CloudWatch Logs, in the background as on AWS."""

import functools
import queue
import threading
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import Aws
from local.clock import Clock

_STREAM = "access"


class AccessLogWriter:
    """Puts lines into log groups of the local cloud, in order, from one thread of its own."""

    def __init__(self, aws_for: Callable[[str], Aws], clock: Clock) -> None:
        self._aws_for = functools.cache(aws_for)
        self._clock = clock
        self._lines: queue.SimpleQueue[tuple[str, str, str]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="access-logs", daemon=True).start()

    def sink(self, region: str, group: str) -> Callable[[str], None]:
        """Where a stage's access log writes its lines."""
        return lambda line: self._lines.put((region, group, line))

    def _run(self) -> None:
        streams: set[tuple[str, str]] = set()
        while True:
            region, group, line = self._lines.get()
            aws = self._aws_for(region)
            try:
                if (region, group) not in streams:
                    _make_stream(aws, group)
                    streams.add((region, group))
                event = {"timestamp": int(self._clock().timestamp() * 1000), "message": line}
                aws.call(
                    "logs",
                    "PutLogEvents",
                    {"logGroupName": group, "logStreamName": _STREAM, "logEvents": [event]},
                )
            except (ClientError, BotoCoreError):
                streams.discard((region, group))  # the group went with its stack, or the cloud ends


def _make_stream(aws: Aws, group: str) -> None:
    try:
        aws.call("logs", "CreateLogStream", {"logGroupName": group, "logStreamName": _STREAM})
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
