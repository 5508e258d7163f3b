import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest

from bench.serving.open_loop import Offer, main, offered
from bench.serving.running import ServerError

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n"
LATER = b"Retry-After: 1\r\n"
CLOSE = b"Connection: close\r\n"

Answer = Callable[[int], Sequence[bytes]]
"""The number of a request -> the parts of its answer; none closes the connection."""


@contextmanager
def serving(answer: Answer) -> Iterator[int]:
    """The port of a server on loopback, one thread for each connection."""
    count = iter(range(1_000_000))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        # A client that has given up resets its connections.
        with suppress(ConnectionError), connection, connection.makefile("rb") as requests:
            while requests.readline():  # nothing once the client has gone
                length = 0
                while (line := requests.readline()) not in (b"\r\n", b""):
                    if line.startswith(b"Content-Length:"):
                        length = int(line[15:])
                requests.read(length)
                parts = answer(next(count))
                for part in parts:
                    connection.sendall(part)
                    time.sleep(0.001)  # or several arrive as one
                if not parts or CLOSE in b"".join(parts):
                    return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def requests(tmp_path):
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b'{"instances": [[1]]}\n{"instances": [[2]]}')
    return str(path)


def offer(port: int, requests: str, connections: int = 4) -> Offer:
    return Offer(port, "/invocations", requests, 200, 0.1, connections)


def test_every_request_is_sent_and_answered(requests):
    with serving(lambda _: [OK]) as port:
        found = main(offer(port, requests))
    assert (found.offered, found.accepted, found.errors) == (20, 20, 0)
    assert 0 < found.p50_ms <= found.p99_ms


def test_an_answer_may_come_in_parts(requests):
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"predictions":}'
    with serving(lambda _: [answer[:10], answer[10:-9], answer[-9:]]) as port:
        assert main(offer(port, requests)).accepted == 20


def test_a_refusal_that_says_when_to_come_again_is_no_error_and_one_that_does_not_is(requests):
    def answer(number: int) -> Sequence[bytes]:
        return [BUSY + (LATER if number % 4 else b"") + b"\r\n"]

    with serving(answer) as port:
        found = main(offer(port, requests))
    assert (found.accepted, found.busy, found.retry_after, found.errors) == (0, 20, 15, 5)


def test_another_status_is_an_error(requests):
    with serving(lambda _: [b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"]) as port:
        found = main(offer(port, requests))
    assert (found.other, found.errors) == (20, 20)


def test_a_connection_that_ends_without_an_answer_is_lost_and_replaced(requests):
    with serving(lambda number: [OK] if number % 2 else []) as port:
        found = main(offer(port, requests))
    assert (found.accepted, found.lost, found.unanswered) == (10, 10, 0)


def test_a_connection_that_the_server_closes_after_its_answer_is_replaced(requests):
    closing = OK.replace(b"\r\n\r\n", b"\r\n" + CLOSE + b"\r\n")
    with serving(lambda _: [closing]) as port:
        found = main(offer(port, requests, connections=2))
    assert (found.accepted, found.lost) == (20, 0)


def test_latency_counts_from_when_a_request_was_due_though_no_connection_was_free(requests):
    def answer(number: int) -> Sequence[bytes]:
        if number == 0:
            time.sleep(0.5)
        return [OK]

    with serving(answer) as port:
        found = main(offer(port, requests, connections=1))
    # All are due within 0.1 s, and only the first one's own answer took its time.
    assert found.accepted == 20
    assert found.p50_ms >= 400
    assert found.late_p99_ms < found.p50_ms  # the client was ready


def test_an_offer_is_made_by_a_process_of_its_own(requests):
    with serving(lambda _: [OK]) as port:
        assert offered(offer(port, requests), cores="0").accepted == 20


def test_a_server_whose_answer_has_no_length_is_named(requests):
    with (
        serving(lambda _: [b"HTTP/1.1 200 OK\r\n\r\n"]) as port,
        pytest.raises(ServerError, match="an answer without a Content-Length"),
    ):
        offered(offer(port, requests), cores="0")
