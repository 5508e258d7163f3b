"""uvicorn's side of a connection, with what it lacks: limits, and errors in our shape."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from container.errors import Code, RequestError
from container.server.asgi import OVERLOADED, Scope, Send, messages
from container.server.body import READ_SECONDS, Receive
from container.server.transport import ConsolidatingTransport

MAX_WAITING = 128
"""Requests that a worker has accepted and not answered. More are refused at once, so that those
before them are answered soon, and who is refused may turn to another instance."""

MAX_HEAD_BYTES = 65_536
"""Of a head, or of what stands between and behind the chunks of a body, while it is unfinished;
one that arrives in one go may be larger. API Gateway and SageMaker let far less pass."""

MAX_HEADERS = 100
"""Of a request. One takes 200 bytes here, however short it is: thousands of them would add up."""

MAX_PIPELINED = 16
"""Requests that may wait on one connection for the answer to the one before."""

QUICK_BYTES = 1024
"""A request with a larger body may take longer to answer than the answer takes to send: it does not
wait for others'."""

NOTHING = object()

MALFORMED = RequestError(
    Code.INVALID_REQUEST, "The request is not well-formed HTTP or was cut off. Send it whole."
)

LONG_HEAD = RequestError(
    Code.INVALID_REQUEST,
    f"The request's head has more than {MAX_HEAD_BYTES} bytes. Send fewer or shorter headers.",
)

MANY_HEADERS = RequestError(
    Code.INVALID_REQUEST,
    f"The request has more than {MAX_HEADERS} headers. Send fewer.",
)


async def overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    """The application for a request too many."""
    for message in messages(OVERLOADED):
        await send(message)


class Connection(HttpToolsProtocol):
    """Serves one connection; uvicorn makes it."""

    _answers: ConsolidatingTransport
    """What uvicorn knows as its transport."""
    _body_bytes = 0
    """Of the request that was received last."""
    _unfinished: object = NOTHING
    """The scope of the head that was unfinished at the last look; None where it had not begun."""
    _unfinished_bytes = 0
    """Received since the last head, chunk or part of a body was finished."""
    _stalled: asyncio.TimerHandle
    """Looks whether the client has stalled."""
    _malformed = MALFORMED
    """What is the matter where the parser stops."""
    _writing: asyncio.TimerHandle | None = None
    """Ends a connection whose client does not read its answer."""
    _refusal: RequestError | None = None
    """What follows the answers to the requests before the malformed one."""
    _incomplete = False
    """Whether a head is complete and its body is not."""
    _answering: RequestResponseCycle | None = None
    """The request that is being answered; with pipelining not the one that was received last."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop when a client has connected."""
        super().connection_made(transport)
        self._answers = ConsolidatingTransport(transport, self.loop)
        self.transport = self._answers  # type: ignore[assignment]
        self._stalled = self.loop.call_later(READ_SECONDS, self._close_if_stalled)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop. uvicorn tells it only the request that was received last."""
        self._answers.flush()  # into a transport that sends no more, but is not closed before this
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()
        if self._writing:
            self._writing.cancel()
        super().connection_lost(exc)
        # What holds on to this connection, and so to all that it has received: a timer, and
        # requests that are not answered any more.
        self._stalled.cancel()
        self.pipeline.clear()
        self.cycle = None  # type: ignore[assignment]

    def eof_received(self) -> None:
        """Called by the event loop, which closes the transport next: send what has been written."""
        self._answers.flush()

    def pause_writing(self) -> None:
        """Called by the event loop when more is to be sent than the client reads."""
        super().pause_writing()
        self._writing = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Called by the event loop when the client has read on."""
        if self._writing:
            self._writing.cancel()
        super().resume_writing()

    def _close_if_stalled(self) -> None:
        """Close a connection whose head has not been finished since the last look, or the rest of
        whose body, which was answered before, has not come.

        uvicorn itself would wait for ever. A body's deadline is else the application's.
        """
        if self.transport.is_closing():
            return
        waiting = (
            self.cycle is None
            or self.cycle.scope is not self.scope
            or (self.cycle.response_complete and self._incomplete)
        )
        if waiting and self._unfinished is self.scope and not self.pipeline:
            self.transport.close()
            return
        self._unfinished = self.scope if waiting else NOTHING
        self._stalled = self.loop.call_later(READ_SECONDS, self._close_if_stalled)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self._unfinished_bytes += len(data)
        super().data_received(data)
        if self._unfinished_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(LONG_HEAD)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser; what it raises makes the request malformed."""
        if len(self.headers) >= MAX_HEADERS:
            self._malformed = MANY_HEADERS
            raise ValueError("too many headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Called by the parser; what it raises makes the request malformed."""
        self._unfinished_bytes = self._body_bytes = 0
        if len(self.pipeline) >= MAX_PIPELINED:
            raise ValueError(f"more than {MAX_PIPELINED} requests wait on one connection")
        self._incomplete = True
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Called by the parser."""
        self._unfinished_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._unfinished_bytes = 0
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._unfinished_bytes = 0
        self._incomplete = False
        super().on_message_complete()
        if self.cycle.response_complete:  # uvicorn has forgotten its timer when the body went on
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn where a request is malformed."""
        self._refuse(self._malformed)

    def on_response_complete(self) -> None:
        """Called by uvicorn when an answer has been written."""
        if len(self.tasks) == 1 or self._body_bytes > QUICK_BYTES:  # else more come in this turn
            self._answers.flush()
        super().on_response_complete()
        if self._refusal and not self.pipeline and not self.transport.is_closing():
            self._refuse(self._refusal)

    def _refuse(self, error: RequestError) -> None:
        """Answer with an error and close, after what has been asked before has been answered."""
        before = self._answering
        if before is not None and not before.response_complete and not before.more_body:
            self._refusal = error
            self.flow.pause_reading()
            return
        content = error.to_json()
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(content), content)
        )
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Called by uvicorn when a head is complete. How a worker is, it tells even then."""
        if len(self.tasks) >= MAX_WAITING and cycle.scope["path"] != "/ping":
            app = overloaded
        self._answering = cycle
        super()._start_asgi_task(cycle, app)
