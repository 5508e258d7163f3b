"""An HTTP/1.1 server for the data plane: a thread for each connection, which stays open.

Werkzeug's server, which serves the control plane, closes a connection after each request.
"""

import contextlib
import json
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from local.http import HttpRequest, HttpResponse

Application = Callable[[HttpRequest], HttpResponse]
"""Answers requests; many threads call it at once."""

_LOOPBACK = "127.0.0.1"
_CHUNK_BYTES = 65_536
_MAX_LINE_BYTES = 65_536
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)

_log = logging.getLogger(__name__)


class HttpServer:
    """Serves an application on a free port of the loopback.

    max_body: bytes of a body that the application gets; of a larger one it gets one byte more, by
    which it can tell, and the rest is thrown away.
    """

    def __init__(self, application: Application, max_body: int) -> None:
        self._server = _Server(application, max_body)
        self.url = f"http://{_LOOPBACK}:{self._server.server_address[1]}"

    def serve_forever(self) -> None:
        """Answers until it is closed."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Stops answering, on the connections that are open too."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, application: Application, max_body: int) -> None:
        self.application = application
        self.max_body = max_body
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((_LOOPBACK, 0), _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # its client closes it too
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no error of the server's."""
        if not isinstance(sys.exception(), ConnectionError):
            _log.exception("a connection failed")


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answers a request of any method."""
        try:
            body = self._body()
        except ValueError as error:
            self.send_error(HTTPStatus.BAD_REQUEST, str(error))
            return
        path, _, query = self.path.partition("?")
        request = HttpRequest(
            method=self.command,
            path=path,
            headers=self._headers(),
            query=dict(parse_qsl(query, keep_blank_values=True)),
            body=body,
            source_ip=self.client_address[0],
            target=self.path,
        )
        try:
            response = self.server.application(request)
        except Exception:
            _log.exception("%s %s failed", self.command, path)
            response = _error(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error")
        self._send(response)

    do_PUT = do_POST = do_DELETE = do_OPTIONS = do_HEAD = do_PATCH = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answers what is no request that can be read; nothing that follows it can be either."""
        self.close_connection = True
        self._send(_error(code, message or HTTPStatus(code).phrase))

    def _headers(self) -> dict[str, str]:
        """By lower-case name; what stands in several lines is one list.

        https://www.rfc-editor.org/rfc/rfc9110#section-5.3
        """
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]},{value}" if key in headers else value
        return headers

    def _body(self) -> bytes:
        """At most one byte more than the limit. Raises ValueError if its length cannot be told."""
        lengths = set(self.headers.get_all("Content-Length", ["0"]))
        encoding = self.headers.get("Transfer-Encoding")
        if encoding is not None:
            if encoding.strip().lower() != "chunked" or "Content-Length" in self.headers:
                raise ValueError("The body's length is not told in one way.")
            parts = self._chunks()
        else:
            length = lengths.pop()
            if lengths or not (length.isascii() and length.isdigit()):
                raise ValueError("Content-Length is not one number.")
            parts = self._read(int(length))
        kept = bytearray()
        for part in parts:
            kept += part[: self.server.max_body + 1 - len(kept)]
        return bytes(kept)

    def _read(self, size: int) -> Iterator[bytes]:
        while size:
            part = self.rfile.read(min(size, _CHUNK_BYTES))
            if not part:
                raise ConnectionResetError("the client went away")
            size -= len(part)
            yield part

    def _chunks(self) -> Iterator[bytes]:
        """https://www.rfc-editor.org/rfc/rfc9112#section-7.1"""
        while size := int(self._line().partition(b";")[0], 16):
            yield from self._read(size)
            if self._line():
                raise ValueError("A chunk is longer than it says.")
        while self._line():
            """Trailers mean nothing to the data plane."""

    def _line(self) -> bytes:
        line = self.rfile.readline(_MAX_LINE_BYTES)
        if not line.endswith(b"\n"):
            raise ConnectionResetError("the client went away")
        return line.strip()

    def _send(self, response: HttpResponse) -> None:
        """In one write, so that it is one packet where it can be."""
        status = HTTPStatus(response.status) if response.status in _PHRASES else None
        lines = [f"HTTP/1.1 {response.status} {status.phrase if status else ''}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        lines.append(f"date: {self.date_time_string()}")
        if response.status not in _WITHOUT_BODY:
            lines.append(f"content-length: {len(response.body)}")
        if self.close_connection:
            lines.append("connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        silent = response.status in _WITHOUT_BODY or self.command == "HEAD"
        self.wfile.write(head if silent else head + response.body)


_PHRASES = frozenset(HTTPStatus)


def _error(status: int, message: str) -> HttpResponse:
    body = json.dumps({"message": message}).encode()
    return HttpResponse(status, {"content-type": "application/json"}, body)
