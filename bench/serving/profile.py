"""Where the time of a request for one row goes: our application's parts, without a server.

Each part is called over and over, when the processor's caches hold all that it needs. In a server
the kernel's network code comes between two requests; so each is also timed right after a packet
has gone through the loopback, as the first prediction of a turn is.

`python -m bench.serving.profile ARTIFACT` writes the parts as JSON: a process of its own, on the
server's processor.
"""

import json
import socket
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.process import CommandError
from bench.serving.programs import noop
from bench.serving.rows import INSTANCES, bodies
from bench.serving.running import ServerError, told
from bench.serving.servers import SERVER_CORE
from container.model import Model
from container.predictions import Disclosure
from container.server.asgi import Application
from container.server.invocation import answer, parse

CALLS = 20_000
REPEATS = 5

HEADERS = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
SCOPE = {"type": "http", "path": "/invocations", "method": "POST", "headers": HEADERS}


@dataclass(frozen=True)
class Part:
    """What a part of a request takes, in microseconds: medians of REPEATS times CALLS calls."""

    title: str
    repeated: float
    """Called over and over."""
    after_packet: float
    """Called after a packet has been sent and received."""


def profile(artifact: Path) -> list[Part]:
    """The parts of a server of this artifact. Raises ServerError."""
    try:
        parts = told(["-m", "bench.serving.profile", str(artifact)], SERVER_CORE)
    except CommandError as error:
        raise ServerError(f"no profile: {error}") from error
    return [Part(**part) for part in parts]


def main(artifact: Path) -> list[Part]:
    """Times them in this process."""
    model, disclose, headers = Model.load(artifact), Disclosure.ALL, dict(HEADERS)
    [body, *_] = bodies(INSTANCES, 1)
    asked = parse(model, disclose, body, headers)
    calls: dict[str, Callable[[], object]] = {
        "parse the request": lambda: parse(model, disclose, body, headers),
        "predict": lambda: model.predict(asked.rows),
        "predict and write the answer": lambda: answer(model, disclose, asked),
        "the application, all of it": _called(Application(model, disclose), body),
        "a no-op application": _called(noop.app, body),
    }
    return [Part(title, _repeated(call), _after_packet(call)) for title, call in calls.items()]


def _called(application: Callable[..., Any], body: bytes) -> Callable[[], None]:
    """A call of an ASGI application that waits for nothing."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        pass

    def call() -> None:
        try:
            application(SCOPE, receive, send).send(None)
        except StopIteration:
            return
        raise ServerError("the application waits for something")

    return call


def _repeated(call: Callable[[], object]) -> float:
    def once() -> float:
        started = time.perf_counter()
        for _ in range(CALLS):
            call()
        return time.perf_counter() - started

    return _micros(once)


def _after_packet(call: Callable[[], object]) -> float:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
        listener.accept()[0] as server,
    ):

        def once() -> float:
            taken = 0.0
            for _ in range(CALLS):
                client.send(b"a packet")
                server.recv(64)
                started = time.perf_counter()
                call()
                taken += time.perf_counter() - started
            return taken

        return _micros(once)


def _micros(once: Callable[[], float]) -> float:
    return statistics.median(once() for _ in range(REPEATS)) / CALLS * 1e6


if __name__ == "__main__":
    json.dump([asdict(part) for part in main(Path(sys.argv[1]))], sys.stdout)
