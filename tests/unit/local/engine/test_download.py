import io
import socket
import threading

import pytest

from local.engine.download import download
from local.engine.errors import UnavailableError
from local.engine.progress import Progress


@pytest.fixture
def get(tmp_path):
    """Download a URL; answer the file's content."""

    def run(url, limit_seconds=30.0):
        target = tmp_path / "file"
        download(url, target, limit_seconds, Progress(io.StringIO()))
        return target.read_bytes()

    return run


def test_a_file_arrives_as_it_is(releases, get):
    content = bytes(range(256)) * 1000
    releases.answers["file"] = content
    assert get(f"{releases.url}/file") == content


def test_the_project_names_itself(releases, get):
    seen = []

    def note(request):
        seen.append(request.headers["User-Agent"])
        request.send_response(200)
        request.end_headers()

    releases.answers["file"] = note
    get(f"{releases.url}/file")
    assert seen == ["ml-gateway"]


def test_a_redirect_is_followed(releases, get):
    def redirect(request):
        request.send_response(302)
        request.send_header("Location", f"{releases.url}/there")
        request.end_headers()

    releases.answers |= {"here": redirect, "there": b"content"}
    assert get(f"{releases.url}/here") == b"content"


def test_the_proxy_of_the_environment_is_asked(releases, get, monkeypatch):
    monkeypatch.setenv("http_proxy", releases.url)
    releases.answers["file"] = b"from the proxy"
    assert get("http://releases.invalid/file") == b"from the proxy"


def test_a_status_that_is_no_success_is_named(releases, get):
    with pytest.raises(UnavailableError) as caught:
        get(f"{releases.url}/missing")
    assert str(caught.value) == f"{releases.url}/missing: HTTP status 404"


def test_a_host_that_refuses_is_named_with_its_reason(get):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(UnavailableError) as caught:
        get(f"http://127.0.0.1:{port}/file")
    assert str(caught.value) == f"http://127.0.0.1:{port}/file: Connection refused"


def test_an_answer_that_is_no_http_is_named(releases, get):
    releases.answers["file"] = lambda request: request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    with pytest.raises(UnavailableError) as caught:
        get(f"{releases.url}/file")
    assert str(caught.value) == f"{releases.url}/file: SSH-2.0-OpenSSH_9.2"


def test_a_host_that_accepts_and_says_nothing_is_given_up(get):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/file"
        with pytest.raises(UnavailableError) as caught:
            get(url, limit_seconds=0.2)
    assert str(caught.value) == f"{url}: did not come whole within 0.2 s"


def test_a_host_that_never_ends_is_given_up_and_left(releases, get):
    left = threading.Event()

    def trickle(request):
        request.send_response(200)
        request.end_headers()
        try:
            while not releases.ended.wait(0.01):
                request.wfile.write(b"more")
        except OSError:
            left.set()

    releases.answers["file"] = trickle
    with pytest.raises(UnavailableError) as caught:
        get(f"{releases.url}/file", limit_seconds=0.3)
    assert str(caught.value) == f"{releases.url}/file: did not come whole within 0.3 s"
    assert left.wait(30)


def test_a_file_that_cannot_be_written_is_no_fault_of_the_thread(releases, tmp_path):
    releases.answers["file"] = b"content"
    with pytest.raises(UnavailableError) as caught:
        download(f"{releases.url}/file", tmp_path, 30.0, Progress(io.StringIO()))
    assert str(caught.value) == f"{releases.url}/file: Is a directory"
