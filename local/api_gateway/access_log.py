"""A stage's access log: one line per request in the stage's own format.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from local.api_gateway.parameters import look_up

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)")
ABSENT = "-"
"""What AWS writes for a variable that has no value."""


class AccessLogFormatError(Exception):
    """A format that AWS would refuse."""


def check_format(format_: str) -> None:
    """Raises AccessLogFormatError for a format of several lines or without $context.requestId."""
    if "\n" in format_ or "\r" in format_:
        raise AccessLogFormatError(
            "access log format: it has several lines. Allowed: one line. Join them."
        )
    if "requestId" not in _VARIABLE.findall(format_):
        raise AccessLogFormatError(
            f"access log format: {format_!r} has no $context.requestId, which AWS requires. Add it."
        )


class AccessLog:
    """Renders requests by a format such as {"id":"$context.requestId"} and hands them to a sink.

    Values are escaped as in a JSON string, so that no client can break out of its field or begin
    a line of its own. Raises AccessLogFormatError as `check_format` does.
    """

    def __init__(self, format_: str, sink: Callable[[str], None]) -> None:
        check_format(format_)
        self._format = format_
        self._sink = sink

    def write(self, context: Mapping[str, Any]) -> None:
        """Logs one request, by the values of its $context."""
        self._sink(_VARIABLE.sub(lambda name: _escaped(look_up(context, name[1])), self._format))


def _escaped(value: str | None) -> str:
    return ABSENT if not value else json.dumps(value)[1:-1]
