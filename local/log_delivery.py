"""Log lines in CloudWatch Logs, brought there by a service in the name of a role."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.access import Access
from local.aws import ACCOUNT_ID, Aws
from local.principal import Principal, PrincipalKind

LogEvent = dict[str, Any]
"""An InputLogEvent: `timestamp`, milliseconds since 1970, and `message`."""


@dataclass(frozen=True)
class Writer:
    """A service that writes logs for somebody."""

    service: str
    """The service principal, which assumes the role."""
    role_arn: str
    """Empty for an account that nobody has prepared: there no right is asked for."""
    finds_groups: bool = False
    """Whether it looks for the log group first, for which it needs a right as well."""


@dataclass(frozen=True)
class LogStream:
    """Where lines go, and who brings them."""

    region: str
    group: str
    name: str
    writer: Writer


class LogDelivery:
    """Puts events into streams, which it makes. aws_for: the APIs of a region."""

    def __init__(self, aws_for: Callable[[str], Aws]) -> None:
        self._aws_for = functools.cache(aws_for)
        self._made: set[LogStream] = set()

    def put(self, stream: LogStream, events: Sequence[LogEvent]) -> None:
        """Puts events, as many as one call takes.

        Twice if need be: the stream, or its group, may have been made anew. Raises AccessDenied
        for a right that the writer does not have; ClientError and BotoCoreError where the group is
        gone, or the cloud is.
        """
        try:
            self._put(stream, events)
        except (ClientError, BotoCoreError):
            self._made.discard(stream)
            self._put(stream, events)

    def _put(self, stream: LogStream, events: Sequence[LogEvent]) -> None:
        if stream not in self._made:
            self._make(stream)
        self._require(stream, "PutLogEvents", stream.name)
        self._call(stream, "PutLogEvents", {"logEvents": events})

    def _make(self, stream: LogStream) -> None:
        if stream.writer.role_arn:
            Access(stream.region).require_role(stream.writer.role_arn, stream.writer.service)
        if stream.writer.finds_groups:
            self._require(stream, "DescribeLogGroups", group="")
        self._require(stream, "DescribeLogStreams")
        self._require(stream, "CreateLogStream", stream.name)
        try:
            self._call(stream, "CreateLogStream", {})
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                raise
        self._made.add(stream)

    def _require(
        self, stream: LogStream, action: str, name: str = "", group: str | None = None
    ) -> None:
        """Raises AccessDenied. Resources are as AWS's own denials name them."""
        if not stream.writer.role_arn:
            return
        group = stream.group if group is None else group
        arn = f"arn:aws:logs:{stream.region}:{ACCOUNT_ID}:log-group:{group}:log-stream:{name}"
        role = Principal(PrincipalKind.ROLE, stream.writer.role_arn)
        Access(stream.region).require(role, f"logs:{action}", arn)

    def _call(self, stream: LogStream, operation: str, members: dict[str, Any]) -> None:
        where = {"logGroupName": stream.group, "logStreamName": stream.name}
        self._aws_for(stream.region).call("logs", operation, where | members)
