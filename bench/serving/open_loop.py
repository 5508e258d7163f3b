"""Requests at a rate that the server has no say in, as users come.

A client that waits for its answer before it asks again hides a server's pauses: while the server
stands still, nobody asks. Here a request is due at its time, evenly spaced, and its latency
counts from then, whether a connection was free or not.
http://highscalability.com/blog/2015/10/5/your-load-generator-is-probably-lying-to-you-take-the-red-pi.html

`python -m bench.serving.open_loop` reads what to offer as JSON and writes what came of it. It is
a process of its own so that it has a processor of its own, which it never gives back: at 20,000
requests per second there is no time to sleep. wrk has no rate, and none of the tools that have
one is in Debian.
"""

import errno
import gc
import json
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.process import CommandError
from bench.serving.figures import percentile
from bench.serving.running import ServerError, told

DRAIN_SECONDS = 5.0
"""For answers that are still to come after the last request was due."""

OPEN_SECONDS = 10.0

BUSY = 503
RECEIVED_BYTES = 16_384


@dataclass(frozen=True)
class Offer:
    """What is offered to a server on this machine."""

    port: int
    path: str
    requests: str
    """File of bodies, a line each."""
    per_second: float
    seconds: float
    connections: int
    """Most that are open at once: beyond them, requests wait in the client and grow older."""


@dataclass
class Outcome:
    """What came of an offer."""

    offered: int = 0
    accepted: int = 0
    busy: int = 0
    """503s."""
    retry_after: int = 0
    """Those of them that say when to come again."""
    other: int = 0
    """Other statuses."""
    lost: int = 0
    """Connections that ended without an answer."""
    unanswered: int = 0
    """Requests that no answer came to in time, or that never found a connection."""
    p50_ms: float = 0.0
    """Of the accepted, from when they were due."""
    p99_ms: float = 0.0
    late_p99_ms: float = 0.0
    """Of the client: how late it sent requests for which a connection was free."""
    seconds: float = 0.0
    """To the last answer."""

    @property
    def errors(self) -> int:
        """What is neither an answer nor a refusal that tells the client what to do."""
        return self.other + self.lost + self.unanswered + self.busy - self.retry_after


def offered(offer: Offer, cores: str) -> Outcome:
    """Makes an offer from these processors. Raises ServerError."""
    try:
        return Outcome(**told(["-m", "bench.serving.open_loop"], cores, json.dumps(asdict(offer))))
    except CommandError as error:
        raise ServerError(f"the offer failed: {error}") from error


@dataclass(eq=False)
class _Connection:
    """At most one request at a time."""

    socket: socket.socket
    due: float | None = None
    """When its request was due; None while it has none."""
    received: bytes = b""
    missing: int | None = None
    """Bytes of the answer's body that are still to come; None before its head is complete."""
    head: bytes = b""


@dataclass
class _Client:
    """All connections, and what they have been answered."""

    port: int
    requests: Sequence[bytes]
    events: select.epoll = field(default_factory=select.epoll)
    open: dict[int, _Connection] = field(default_factory=dict)
    free: list[_Connection] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    retry_after: int = 0
    lost: int = 0

    @property
    def answered(self) -> int:
        return self.statuses.total() + self.lost

    def connect(self) -> None:
        """Opens a connection; it is free once the server has taken it."""
        one = socket.socket()
        one.setblocking(False)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if one.connect_ex(("127.0.0.1", self.port)) not in (0, errno.EINPROGRESS):
            raise SystemExit("no connection to the server")
        self.open[one.fileno()] = _Connection(one)
        self.events.register(one.fileno(), select.EPOLLOUT)

    def open_all(self, count: int) -> None:
        """Opens so many. Raises SystemExit if the server does not take them."""
        for _ in range(count):
            self.connect()
        deadline = time.monotonic() + OPEN_SECONDS
        while len(self.free) < count:
            if time.monotonic() > deadline:
                raise SystemExit(f"the server took {len(self.free)} of {count} connections")
            self.wait(1.0)

    def wait(self, seconds: float) -> None:
        """Handles what happens within that time, or has happened."""
        for file, event in self.events.poll(seconds):
            self.handle(file, event)

    def send(self, index: int, due: float) -> None:
        """Sends a request on a free connection."""
        connection = self.free.pop()
        connection.due = due
        request = self.requests[index % len(self.requests)]
        try:
            sent = connection.socket.send(request)
        except OSError:
            self.close(connection)
            return
        if sent < len(request):
            raise SystemExit(f"only {sent} of a request's {len(request)} bytes could be sent")

    def handle(self, file: int, event: int) -> None:
        """What has become of a connection."""
        connection = self.open[file]
        if event & select.EPOLLOUT and not event & (select.EPOLLERR | select.EPOLLHUP):
            self.events.modify(file, select.EPOLLIN)
            self.free.append(connection)
            return
        try:
            received = connection.socket.recv(RECEIVED_BYTES)
        except OSError:
            received = b""
        if received:
            self.read(connection, received)
        else:
            self.close(connection)

    def read(self, connection: _Connection, received: bytes) -> None:
        """A part of an answer, or all of it."""
        if connection.missing is None:
            received = connection.received + received
            end = received.find(b"\r\n\r\n")
            if end < 0:
                connection.received = received
                return
            connection.head = received[:end].lower() + b"\r\n"
            connection.missing = _length(connection.head) - (len(received) - end - 4)
        else:
            connection.missing -= len(received)
        if connection.missing <= 0:
            self.finish(connection)

    def finish(self, connection: _Connection) -> None:
        """An answer is complete."""
        status, due = int(connection.head[9:12]), connection.due
        self.statuses[status] += 1
        if status == 200 and due is not None:
            self.latencies.append(time.perf_counter() - due)
        self.retry_after += status == BUSY and b"\r\nretry-after:" in connection.head
        connection.due = connection.missing = None
        connection.received = b""
        if b"\r\nconnection: close" in connection.head:
            self.close(connection)
        else:
            self.free.append(connection)

    def close(self, connection: _Connection) -> None:
        """A connection has ended; another takes its place."""
        if connection.due is not None:
            self.lost += 1
        elif connection in self.free:
            self.free.remove(connection)
        del self.open[connection.socket.fileno()]
        connection.socket.close()
        self.connect()

    def end(self) -> None:
        """Closes everything."""
        for connection in self.open.values():
            connection.socket.close()
        self.events.close()


def _length(head: bytes) -> int:
    start = head.find(b"\r\ncontent-length:")
    if start < 0:
        raise SystemExit("an answer without a Content-Length")
    return int(head[start + 17 : head.index(b"\r\n", start + 2)])


def main(offer: Offer) -> Outcome:
    """Offers the requests, waits for the answers, adds up."""
    bodies = Path(offer.requests).read_bytes().splitlines()
    client = _Client(offer.port, [_request(offer, body) for body in bodies])
    try:
        return _offered(offer, client)
    finally:
        client.end()


def _offered(offer: Offer, client: _Client) -> Outcome:
    client.open_all(offer.connections)
    late: list[float] = []
    exhausted = False
    total, sent = int(offer.per_second * offer.seconds), 0
    started = time.perf_counter()
    deadline = started + offer.seconds + DRAIN_SECONDS
    while client.answered < total and (now := time.perf_counter()) < deadline:
        due = min(total, int((now - started) * offer.per_second) + 1)
        while sent < due and client.free:
            moment = started + sent / offer.per_second
            if not exhausted:
                late.append(time.perf_counter() - moment)
            client.send(sent, moment)
            sent += 1
        exhausted = not client.free
        client.wait(0)
    answers = client.statuses.total()
    return Outcome(
        offered=total,
        accepted=client.statuses[200],
        busy=client.statuses[BUSY],
        retry_after=client.retry_after,
        other=answers - client.statuses[200] - client.statuses[BUSY],
        lost=client.lost,
        unanswered=total - client.answered,
        p50_ms=percentile(client.latencies, 50) * 1000,
        p99_ms=percentile(client.latencies, 99) * 1000,
        late_p99_ms=percentile(late, 99) * 1000,
        seconds=time.perf_counter() - started,
    )


def _request(offer: Offer, body: bytes) -> bytes:
    return (
        f"POST {offer.path} HTTP/1.1\r\nHost: 127.0.0.1:{offer.port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


if __name__ == "__main__":
    gc.disable()  # its pauses would be the server's
    json.dump(asdict(main(Offer(**json.load(sys.stdin)))), sys.stdout)
