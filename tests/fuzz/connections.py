"""Talks to a server on the loopback in any manner, and reads what it answers as HTTP."""

import asyncio
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

HANG_SECONDS = 30.0
"""Several times what a server may leave a client waiting, on a busy machine."""

PAUSE_SECONDS = 0.003

SHOWN_BYTES = 80

HEAD = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) [^\r\n]*\r\n((?:[a-z-]+: [^\r\n]*\r\n)*)\r\n")

LAST = b"GET /ping HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
"""After its answer a server closes; where it is taken for the rest of a body, that is late."""

INTERNALS = ("Traceback", "/container/", "site-packages", 'File "', "/tmp", "<html")  # noqa: S108


class End(Enum):
    """What a client does when it has sent everything."""

    READ = auto()
    """Reads until the server closes the connection, after LAST."""
    HALF_CLOSE = auto()
    """Says that no more is coming, and reads to the end."""
    ABORT = auto()
    """Is gone, whatever is still to come."""


@dataclass(frozen=True)
class Script:
    """What one client does on a connection of its own."""

    pieces: Sequence[bytes]
    """Sent one by one, with a pause between them."""
    end: End

    def __repr__(self) -> str:
        return f"Script([{', '.join(map(shortened, self.pieces))}], {self.end})"


def shortened(sent: bytes) -> str:
    """Bytes for people. A failure is repeated by what Hypothesis prints, not by these."""
    return repr(sent) if len(sent) <= SHOWN_BYTES else f"{sent[:SHOWN_BYTES]!r} of {len(sent)}"


class Received(NamedTuple):
    """What it got."""

    content: bytes
    whole: bool
    """Whether it was read to its end, and nothing cut it off."""


class Answer(NamedTuple):
    """An answer in HTTP; the names of its headers are in lower case."""

    status: int
    headers: dict[bytes, bytes]
    content: bytes


class _Client(asyncio.Protocol):
    def __init__(self) -> None:
        self.received = bytearray()
        self.lost: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.received += data

    def eof_received(self) -> None:
        if not self.lost.done():
            self.lost.set_result(True)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(exc is None)


def talk(port: int, scripts: Sequence[Script]) -> list[Received]:
    """What each client gets, all at the same time. Raises TimeoutError if one is left waiting."""
    return asyncio.run(_talk(port, scripts))


async def _talk(port: int, scripts: Sequence[Script]) -> list[Received]:
    return await asyncio.gather(*(_one(port, script) for script in scripts))


async def _one(port: int, script: Script) -> Received:
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_connection(_Client, "127.0.0.1", port)
    try:
        for piece in [*script.pieces, *([LAST] if script.end is End.READ else [])]:
            transport.write(piece)
            await asyncio.sleep(PAUSE_SECONDS)
        if script.end is End.ABORT:
            return Received(bytes(client.received), False)
        if script.end is End.HALF_CLOSE:
            with suppress(OSError):  # the server was faster
                transport.write_eof()
        whole = await asyncio.wait_for(client.lost, HANG_SECONDS)
        return Received(bytes(client.received), whole)
    finally:
        transport.abort()


def answers(received: Received, *, to_head: bool = False) -> list[Answer]:
    """The answers in what was received, each well-formed, but for a last one that was cut off.

    to_head: whether a request had the method HEAD, whose answer has the length of a body and no
    body. Raises AssertionError.
    """
    found = []
    rest = received.content
    while rest:
        head = HEAD.match(rest)
        if head is None and not received.whole:
            break
        assert head, f"no HTTP: {rest[:200]!r}"
        status = int(head[1])
        headers = dict(line.split(b": ", 1) for line in head[2].splitlines())
        rest = rest[head.end() :]
        if status < 200:
            continue
        length = int(headers[b"content-length"])
        if to_head and (not rest or HEAD.match(rest)):
            length = 0
        if len(rest) < length and not received.whole:
            break
        assert len(rest) >= length, f"{len(rest)} of {length} bytes: {rest[:200]!r}"
        found.append(Answer(status, headers, rest[:length]))
        rest = rest[length:]
    return found


def assert_in_order(answer: Answer) -> None:
    """An answer of the contract: no failure but 503 with Retry-After, every error in our shape.

    507 says that a model does not fit beside the others. 500 is the answer to a request to load a
    folder that is no artifact: whoever asks has unpacked it.
    """
    status = answer.status
    refused = status >= 400 and bool(answer.content)
    if refused:
        assert answer.headers[b"content-type"] == b"application/json"
        error = json.loads(answer.content)["error"]
        assert error["code"]
        assert error["message"]
        assert not [word for word in INTERNALS if word in answer.content.decode()]
        if error["message"] == "The model's artifact cannot be served.":
            assert status == 500
            return
    if status == 503:
        assert b"retry-after" in answer.headers
    assert 200 <= status < 300 or 400 <= status < 500 or status in {503, 507}, answer
