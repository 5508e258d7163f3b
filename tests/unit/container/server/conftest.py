"""Calls an ASGI application as a server does, in this process."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from container.predictions import Disclosure
from container.server.asgi import Application


@dataclass
class Answered:
    """What a client gets."""

    status: int
    headers: dict[str, str]
    content: bytes


def scope(method, path, headers):
    """Of a request, as a server hands it to the application. headers: by name, with _ for -."""
    path, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
    }


class Client:
    """Calls one application; every call has an event loop of its own."""

    def __init__(self, application):
        self._application = application

    def get(self, path, **headers):
        """The answer to a GET."""
        return self.request("GET", path, [b""], headers)

    def post(self, path, body=b"", **headers):
        """The answer to a POST of a body that arrives at once."""
        return self.request("POST", path, [body], headers)

    def request(self, method, path, parts: Iterable[bytes], headers=None):
        """The answer to a request whose body arrives in parts; None where there is none.

        headers: by name, with _ for -.
        """
        return asyncio.run(self.requested(method, path, parts, headers))

    async def requested(self, method, path, parts: Iterable[bytes], headers=None):
        """As `request`, in the caller's event loop."""
        waiting = list(parts)
        sent: list[dict[str, Any]] = []

        async def receive():
            await asyncio.sleep(0)
            if not waiting:
                return {"type": "http.disconnect"}
            part = waiting.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(waiting)}

        async def send(message):
            sent.append(message)

        await self._application(scope(method, path, headers or {}), receive, send)
        if not sent:
            return None
        start, *bodies = sent
        return Answered(
            start["status"],
            {name.decode().lower(): value.decode() for name, value in start["headers"]},
            b"".join(body.get("body", b"") for body in bodies),
        )


@pytest.fixture
def call():
    """A client of a model, or of several."""

    def make(served, disclose=Disclosure.ALL):
        return Client(Application(served, disclose))

    return make


@pytest.fixture
def client(call, model):
    """A client of the iris forest."""
    return call(model)
