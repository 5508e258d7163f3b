"""Reads the body of an ASGI request, within a deadline and a size."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from container.errors import Code, RequestError
from container.server.invocation import MAX_BODY_BYTES

READ_SECONDS = 5
"""Patience for one whole body; the largest then needs 1.3 MB per second."""

DISCARDED_BYTES = 10 * 1024 * 1024
"""What is still read, unused, of a body that is refused: API Gateway lets no larger one pass.

A client that is still sending would meet a closed connection, not the answer.
"""

Receive = Callable[[], Awaitable[Any]]

TOO_LARGE = RequestError(
    Code.PAYLOAD_TOO_LARGE,
    f"The body is larger than {MAX_BODY_BYTES} bytes. Send the rows in several requests.",
)

LARGE_BYTES = 65_536
"""From here on a request may take longer than some milliseconds."""

NOT_SO_LARGE = RequestError(
    Code.PAYLOAD_TOO_LARGE,
    f"The body is larger than {LARGE_BYTES} bytes. Only one with rows to predict may be.",
)


class Disconnected(Exception):
    """The client is gone before its request was whole: there is nobody to answer."""


def part_of(message: Any) -> tuple[bytes, bool]:
    """A part of a body, as it was received, and whether there is more. Raises Disconnected."""
    if message["type"] == "http.disconnect":
        raise Disconnected
    return message["body"], message["more_body"]


async def read_rest(receive: Receive, first: bytes) -> bytes:
    """The whole body, of which `first` has been read.

    Raises RequestError PayloadTooLarge, TimeoutError after READ_SECONDS, Disconnected.
    """
    return await _read_rest(receive, first, MAX_BODY_BYTES, TOO_LARGE)


async def read_small_rest(receive: Receive, first: bytes) -> bytes:
    """The same of a body that has no rows, and so no reason to be large."""
    return await _read_rest(receive, first, LARGE_BYTES, NOT_SO_LARGE)


async def _read_rest(receive: Receive, first: bytes, limit: int, too_large: RequestError) -> bytes:
    parts, size, more = [first], len(first), True
    async with asyncio.timeout(READ_SECONDS):
        while more and size <= DISCARDED_BYTES:
            part, more = part_of(await receive())
            size += len(part)
            if size > limit:
                parts.clear()
            else:
                parts.append(part)
    if size > limit:
        raise too_large
    return b"".join(parts)


async def discard_rest(receive: Receive) -> None:
    """Read on to the end of a body that is refused. Raises TimeoutError, Disconnected."""
    size, more = 0, True
    async with asyncio.timeout(READ_SECONDS):
        while more and size <= DISCARDED_BYTES:
            part, more = part_of(await receive())
            size += len(part)
