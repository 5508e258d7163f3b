import contextlib
import socket
import threading
import time
from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import BrokenAnswer, Unanswered, Unreachable, exchange

REQUEST = HttpRequest("POST", "/invocations", {"content-type": "text/csv"}, body=b"5.1,3.5")
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 6\r\n\r\nsetosa"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nset\r\n3\r\nosa\r\n0\r\n\r\n"


class Server:
    """Answers every connection with the same bytes, in pieces, and closes it."""

    def __init__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.pieces = [WHOLE]
        self.pause = 0.0
        self.request = b""
        self.reads = True
        threading.Thread(target=self._run, daemon=True).start()

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, contextlib.suppress(OSError):
                    self._answer(connection)

    def _answer(self, connection):
        self.request = b""
        while self.reads and not self.request.endswith(REQUEST.body):
            self.request += connection.recv(65_536)
        for piece in self.pieces:
            connection.sendall(piece)
            time.sleep(self.pause)


@pytest.fixture(scope="module")
def shared():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def server(shared):
    shared.pieces, shared.pause, shared.reads = [WHOLE], 0.0, True
    return shared


def test_a_whole_answer_comes_back_with_its_headers_in_lower_case(server):
    assert exchange(server.port, REQUEST, 5.0) == HttpResponse(
        200, {"content-type": "text/csv", "content-length": "6"}, b"setosa"
    )
    head, _, body = server.request.partition(b"\r\n\r\n")
    assert body == b"5.1,3.5"
    lines = head.lower().split(b"\r\n")
    assert lines[0] == b"post /invocations http/1.1"
    assert {b"content-type: text/csv", b"connection: close"} <= set(lines)


def test_an_answer_in_chunks_is_put_together(server):
    server.pieces = [CHUNKED]
    assert exchange(server.port, REQUEST, 5.0).body == b"setosa"


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body_needs_no_length(server, status):
    server.pieces = [f"HTTP/1.1 {status} x\r\n\r\n".encode()]
    assert exchange(server.port, REQUEST, 5.0) == HttpResponse(status, {}, b"")


def test_an_answer_that_comes_before_the_request_was_read_is_taken(server):
    server.reads = False
    assert exchange(server.port, REQUEST, 5.0).body == b"setosa"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (WHOLE + b"!", "the answer is not as long as it says: 6 bytes"),
        (WHOLE + WHOLE, "the answer is not as long as it says: 6 bytes"),
        (
            b"HTTP/1.1 200 OK\r\n\r\nsetosa",
            "the answer does not say how long it is: Content-Length ''",
        ),
        (
            WHOLE.replace(b": 6", b": six"),
            "the answer does not say how long it is: Content-Length 'six'",
        ),
        (
            WHOLE.replace(b": 6", b": -6"),
            "the answer does not say how long it is: Content-Length '-6'",
        ),
        (
            WHOLE.replace(b": 6", b": 1073741825"),
            "the answer has more than 1073741824 bytes: 1073741825",
        ),
        (
            WHOLE.replace(b": 6", b": " + b"9" * 5_000),
            "the answer has more than 1073741824 bytes: 999",
        ),
        (WHOLE.replace(b": 6", b": 7"), "the answer is not as long as it says: 7 bytes"),
        (CHUNKED.replace(b"3\r\nset", b"x\r\nset"), "the answer is broken: "),
        (b"garbage\r\n\r\n", "the answer is broken: "),
        (b"\x00\xff" * 40_000, "the answer is broken: "),
        (b"HTTP/1.1 abc OK\r\n\r\n", "the answer is broken: "),
    ],
)
def test_an_answer_that_is_malformed_is_broken(server, answer, why):
    server.pieces = [answer]
    with pytest.raises(BrokenAnswer) as error:
        exchange(server.port, REQUEST, 5.0)
    assert str(error.value).startswith(why)


CLOSING = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([WHOLE, CHUNKED, CLOSING]), st.data())
def test_an_answer_cut_off_anywhere_is_never_taken_for_another(shared, whole, data):
    cut = whole[: data.draw(st.integers(1, len(whole) - 1))]
    shared.pieces, shared.pause, shared.reads = [cut], 0.0, True
    # After its last chunk, which is empty, nothing that matters is missing.
    with nullcontext() if b"osa\r\n0" in cut else pytest.raises(BrokenAnswer):
        assert exchange(shared.port, REQUEST, 5.0).body == b"setosa"


def test_a_connection_that_ends_before_an_answer_is_unanswered(server):
    server.pieces = []
    with pytest.raises(Unanswered, match="^the connection ended before an answer: "):
        exchange(server.port, REQUEST, 5.0)


def test_where_nothing_listens_nothing_is_sent():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="^nothing listens: "):
        exchange(port, REQUEST, 5.0)


def test_a_server_that_sends_byte_by_byte_does_not_get_more_time(server):
    server.pieces, server.pause = [bytes([byte]) for byte in WHOLE], 0.02
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"^no answer within 0\.2 s$"):
        exchange(server.port, REQUEST, 0.2)
    assert time.monotonic() - began < 1.0


def test_a_server_that_never_answers_is_a_timeout():
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(TimeoutError, match=r"^no answer within 0\.1 s$"),
    ):
        exchange(silent.getsockname()[1], REQUEST, 0.1)
