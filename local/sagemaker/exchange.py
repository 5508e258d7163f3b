"""One HTTP exchange with a container: a whole answer within a deadline, or an error.

Each exchange has a connection of its own. On the loopback that is as fast as connections that are
kept, none of them can be found dead, and what a broken server sends too much reaches nobody.
"""

import http.client
import socket
import time
from contextlib import suppress
from typing import Any

from local.http import HttpRequest, HttpResponse

LARGEST_ANSWER = 1024**3
"""Bytes; nothing that SageMaker serves is larger."""

_LOOPBACK = "127.0.0.1"
_BLOCK = 65_536
_WITHOUT_BODY = (204, 304)


class NoWholeAnswer(Exception):
    """The server did not give a whole answer."""


class Unreachable(NoWholeAnswer):
    """Nothing listens: the request was not sent."""


class Unanswered(NoWholeAnswer):
    """The connection ended before the first byte of an answer."""


class BrokenAnswer(NoWholeAnswer):
    """An answer began, and is cut off, malformed, or not as long as it says."""


def exchange(port: int, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
    """Sends a request to a port of the loopback and reads the whole answer.

    timeout_seconds: for all of it together. Raises TimeoutError, and NoWholeAnswer as it is
    defined above. An answer must say how long it is: one that ends with its connection cannot be
    told from one whose server died.
    """
    connection = _Connection(port, time.monotonic() + timeout_seconds)
    try:
        return _exchange(connection, request)
    except TimeoutError as error:
        raise TimeoutError(f"no answer within {timeout_seconds:g} s") from error
    except (OSError, http.client.HTTPException) as error:
        if connection.received:
            raise BrokenAnswer(f"the answer is broken: {error!r}") from error
        raise Unanswered(f"the connection ended before an answer: {error!r}") from error
    finally:
        connection.close()


def _exchange(connection: "_Connection", request: HttpRequest) -> HttpResponse:
    try:
        connection.connect()
    except ConnectionError as error:
        raise Unreachable(f"nothing listens: {error}") from error
    headers = {**request.headers, "connection": "close"}
    # A server may answer before it has read all, and close: its answer is still there.
    with suppress(ConnectionError):
        connection.request(request.method, request.path, request.body, headers)
    with connection.getresponse() as response:
        body = _body(response)
        names = {name.lower(): value for name, value in response.getheaders()}
        return HttpResponse(response.status, names, body)


def _body(response: http.client.HTTPResponse) -> bytes:
    """The body; raises BrokenAnswer if it is not as long as it says."""
    if response.chunked or response.status in _WITHOUT_BODY:
        body = _read(response, LARGEST_ANSWER + 1)
        if len(body) > LARGEST_ANSWER:
            raise BrokenAnswer(f"the answer has more than {LARGEST_ANSWER} bytes")
        return body
    expected = _length(response)
    response.length = None  # what is too much is to be seen as well
    body = _read(response, expected)
    surplus = b""
    with suppress(ConnectionError):  # a server that has not read all ends it like this
        surplus = response.read(1)
    if len(body) < expected or surplus:
        raise BrokenAnswer(f"the answer is not as long as it says: {expected} bytes")
    return body


def _read(response: http.client.HTTPResponse, most: int) -> bytes:
    blocks = []
    while most > 0 and (block := response.read(min(most, _BLOCK))):
        blocks.append(block)
        most -= len(block)
    return b"".join(blocks)


def _length(response: http.client.HTTPResponse) -> int:
    text = response.getheader("content-length", "")
    if not (text.isascii() and text.isdecimal()):
        raise BrokenAnswer(f"the answer does not say how long it is: Content-Length {text!r}")
    if len(text) > len(str(LARGEST_ANSWER)) or int(text) > LARGEST_ANSWER:
        raise BrokenAnswer(f"the answer has more than {LARGEST_ANSWER} bytes: {text}")
    return int(text)


class _Connection(http.client.HTTPConnection):
    """A connection every step of which ends by one deadline, of the monotonic clock."""

    def __init__(self, port: int, deadline: float) -> None:
        super().__init__(_LOOPBACK, port)
        self._socket = _Socket(deadline)

    def connect(self) -> None:
        self.sock = self._socket
        self._socket.limit()
        self._socket.connect((self.host, self.port))

    @property
    def received(self) -> bool:
        """Whether a byte of an answer came."""
        return self._socket.received


class _Socket(socket.socket):
    def __init__(self, deadline: float) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self._deadline = deadline
        self.received = False

    def sendall(self, *arguments: Any) -> None:
        self.limit()
        super().sendall(*arguments)

    def recv_into(self, *arguments: Any) -> int:
        self.limit()  # a socket's own timeout begins anew with every byte
        count = super().recv_into(*arguments)
        self.received = self.received or count > 0
        return count

    def limit(self) -> None:
        """Gives the next step what is left of the time. Raises TimeoutError."""
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self.settimeout(remaining)
