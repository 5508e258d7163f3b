"""gunicorn's worker: uvicorn with an event loop and a parser in C."""

import logging
import os
import signal
import sys
from typing import Any

from uvicorn_worker import UvicornWorker

from container.server.connection import Connection


class Worker(UvicornWorker):  # type: ignore[misc]
    """Serves the ASGI application; a process, which gunicorn forks and replaces."""

    CONFIG_KWARGS: dict[str, Any] = {
        "loop": "uvloop",
        "http": Connection,
        "interface": "asgi3",
        "ws": "none",
        "lifespan": "off",
        "access_log": False,
        # There is one proxy, SageMaker's, which says nothing of the client and strips headers.
        "proxy_headers": False,
        "server_header": False,
        "date_header": False,
        # Seconds between two calls of callback_notify.
        "timeout_notify": 1,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Of gunicorn's wrappers uvicorn and uvloop would close each twice.
        self.sockets: list[Any] = [listener.sock for listener in self.sockets]
        log = logging.getLogger("uvicorn.error")
        # Its comings and goings gunicorn logs as well, and a client's broken HTTP is its own.
        log.setLevel(logging.ERROR)
        log.propagate = True

    def init_signals(self) -> None:
        """Called by gunicorn. After it has drained, uvicorn raises its signal once more."""
        super().init_signals()
        signal.signal(signal.SIGTERM, _end)

    async def callback_notify(self) -> None:
        """Called by uvicorn now and then: tell gunicorn that all is well, and end without it."""
        await super().callback_notify()
        if os.getppid() != self.ppid:
            # It was killed, and nobody would end this process or take its port.
            signal.raise_signal(signal.SIGTERM)


def _end(number: int, frame: object) -> None:
    sys.exit(os.EX_OK)
