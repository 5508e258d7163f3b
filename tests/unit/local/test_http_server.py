import socket
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import urllib3

from local.http import HttpResponse
from local.http_server import HttpServer

MAX_BODY = 1000


@contextmanager
def serving(application):
    server = HttpServer(application, MAX_BODY)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


class Recorder:
    """Keeps the requests, answers the body of each, of a status."""

    def __init__(self):
        self.requests = []
        self.status = 200

    def __call__(self, request):
        self.requests.append(request)
        if request.path == "/broken":
            raise KeyError("a bug")
        return HttpResponse(self.status, {"x-kind": "echo"}, request.body)


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def server(recorder):
    with serving(recorder) as server:
        yield server


@pytest.fixture
def connection(server):
    """A connection, on which text is sent and bytes are read."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        yield connection


def received(connection, size=65_536):
    """What comes until the server closes the connection."""
    parts = []
    while part := connection.recv(size):
        parts.append(part)
    return b"".join(parts)


def test_a_request_arrives_as_it_was_sent(server, recorder):
    with urllib3.PoolManager() as pool:
        answer = pool.request(
            "PUT",
            f"{server.url}/api/v1/a%2Fb?q=1&q=%C3%A9&empty=",
            body=b"\x00\xff",
            headers={"X-Client": "me"},
        )
    assert (answer.status, answer.data, answer.headers["x-kind"]) == (200, b"\x00\xff", "echo")
    [request] = recorder.requests
    assert (request.method, request.path) == ("PUT", "/api/v1/a%2Fb")
    assert request.target == "/api/v1/a%2Fb?q=1&q=%C3%A9&empty="
    assert request.query == {"q": "é", "empty": ""}
    assert request.headers["x-client"] == "me"
    assert (request.body, request.source_ip) == (b"\x00\xff", "127.0.0.1")


def test_a_connection_serves_many_requests(server, recorder):
    with urllib3.HTTPConnectionPool("127.0.0.1", urlsplit(server.url).port, maxsize=1) as pool:
        for number in range(20):
            assert pool.request("POST", "/", body=str(number)).data == str(number).encode()
        assert pool.num_connections == 1
    assert len(recorder.requests) == 20


def test_a_header_of_several_lines_is_one_list(connection, recorder):
    connection.sendall(b"GET / HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\nConnection: close\r\n\r\n")
    received(connection)
    assert recorder.requests[0].headers["x-a"] == "1,2"


def test_a_body_in_chunks_is_one_body(server, recorder):
    with urllib3.PoolManager() as pool:
        answer = pool.request(
            "POST", server.url, body=iter([b"ab", b"c" * 300, b"d"]), chunked=True
        )
    assert answer.data == b"ab" + b"c" * 300 + b"d"


@pytest.mark.parametrize("chunked", [True, False])
def test_of_a_body_over_the_limit_one_byte_more_arrives(server, recorder, chunked):
    with urllib3.PoolManager() as pool:
        body = iter([b"x" * 700] * 9) if chunked else b"x" * 6300
        pool.request("POST", server.url, body=body, chunked=chunked)
        pool.request("POST", server.url, body=b"next")
    assert [len(request.body) for request in recorder.requests] == [MAX_BODY + 1, 4]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_an_answer_without_a_body_has_none(connection, recorder, method, status):
    recorder.status = status
    request = f"{method} / HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"
    connection.sendall(request.encode())
    head, _, body = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert body == b""
    assert (b"content-length" in head) == (method == "HEAD")


@pytest.mark.parametrize(
    ("head", "status", "message"),
    [
        ("Content-Length: many", 400, b"Content-Length is not one number."),
        ("Content-Length: 1\r\nContent-Length: 2", 400, b"Content-Length is not one number."),
        (
            "Content-Length: 1\r\nTransfer-Encoding: chunked", 400,
            b"The body's length is not told in one way.",
        ),
        ("Transfer-Encoding: gzip", 400, b"The body's length is not told in one way."),
    ],
)  # fmt: skip
def test_a_body_whose_length_cannot_be_told_is_refused(connection, recorder, head, status, message):
    connection.sendall(f"POST / HTTP/1.1\r\n{head}\r\n\r\nx".encode())
    answer = received(connection)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.endswith(b'{"message": "%s"}' % message)
    assert recorder.requests == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"nonsense\r\n\r\n", 400), (b"TRACE / HTTP/1.1\r\n\r\n", 501),
     (b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 70_000, 431)],
)  # fmt: skip
def test_what_is_no_request_is_refused_in_json(connection, sent, status):
    connection.sendall(sent)
    head, _, body = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"content-type: application/json" in head
    assert body.startswith(b'{"message": "')


def test_a_bug_of_the_application_is_a_500_that_tells_nothing(server, caplog):
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", f"{server.url}/broken")
    assert (answer.status, answer.json()) == (500, {"message": "Internal server error"})
    assert "GET /broken failed" in caplog.text


def test_sixty_four_connections_get_their_own_answers(server):
    wrong = []

    def send(thread):
        pool = urllib3.HTTPConnectionPool("127.0.0.1", urlsplit(server.url).port, maxsize=1)
        for number in range(10):
            body = f"{thread}-{number}".encode()
            if pool.request("POST", "/", body=body).data != body:
                wrong.append(body)
        pool.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_server_that_closes_ends_the_connections_that_are_open(recorder):
    with serving(recorder) as server:
        address = urlsplit(server.url)
        connection = socket.create_connection((address.hostname, address.port), timeout=10)
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
    assert connection.recv(1) == b""
    connection.close()
