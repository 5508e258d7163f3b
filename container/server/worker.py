"""gunicorn's threaded worker, with a deadline for what a client sends."""

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

READ_SECONDS = 5
"""A thread's patience for one whole request; the largest body then needs 1.3 MB per second."""


class Worker(ThreadWorker):  # type: ignore[misc]
    """Reads of a client that stalls, or sends slower than READ_SECONDS allow, end.

    gunicorn itself waits in them for ever, each time with one of its threads. A body that ends
    early is refused by the application; a connection without a whole head is closed. Not here: a
    client that does not read its answer still holds a thread.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadlines: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> object:
        """Called by gunicorn, in a thread: serve one request of the connection."""
        self._deadlines[conn] = time.monotonic() + READ_SECONDS
        try:
            return super().handle(conn)
        finally:
            del self._deadlines[conn]

    def notify(self) -> None:
        """Called by gunicorn's main loop at least once per second: also end overdue reads."""
        super().notify()
        now = time.monotonic()
        for conn, deadline in list(self._deadlines.items()):
            if now > deadline:
                with suppress(OSError):  # closed already
                    # A read that waits returns what an ended connection does; writing goes on.
                    conn.sock.shutdown(socket.SHUT_RD)
