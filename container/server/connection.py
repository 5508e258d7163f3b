"""uvicorn's side of a connection, with what it lacks: limits, and errors in our shape."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from container.errors import Code, RequestError
from container.server.asgi import OVERLOADED, Scope, Send, respond
from container.server.body import READ_SECONDS, Receive

MAX_WAITING = 128
"""Requests that a worker has accepted and not answered. More are refused at once: those before
them are answered as fast as ever, and who is refused may turn to another instance."""

NOTHING = object()

MALFORMED = RequestError(
    Code.INVALID_REQUEST, "The request is not well-formed HTTP or was cut off. Send it whole."
).to_json()


async def overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    """The application for a request too many."""
    await respond(send, OVERLOADED)


class Connection(HttpToolsProtocol):
    """Serves one connection; uvicorn makes it."""

    _unfinished: object = NOTHING
    """The scope of the head that was unfinished at the last look; None where it had not begun."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop when a client has connected."""
        super().connection_made(transport)
        self.loop.call_later(READ_SECONDS, self._close_if_stalled)

    def _close_if_stalled(self) -> None:
        """Close a connection whose head has not been finished since the last look.

        uvicorn itself would wait for ever. A body's deadline is the application's.
        """
        if self.transport.is_closing():
            return
        waiting = self.cycle is None or self.cycle.scope is not self.scope
        if waiting and self._unfinished is self.scope and not self.pipeline:
            self.transport.close()
            return
        self._unfinished = self.scope if waiting else NOTHING
        self.loop.call_later(READ_SECONDS, self._close_if_stalled)

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn where a request is malformed."""
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(MALFORMED), MALFORMED)
        )
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Called by uvicorn when a head is complete. How a worker is, it tells even then."""
        if len(self.tasks) >= MAX_WAITING and cycle.scope["path"] != "/ping":
            app = overloaded
        super()._start_asgi_task(cycle, app)
