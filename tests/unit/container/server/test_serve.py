"""The real server process: two forked workers on a port of the loopback."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import cycle, islice
from pathlib import Path

import pytest

from bench.serving.running import pss_mib
from container.server.connection import MAX_WAITING
from container.server.models import Models
from container.server.serve import Server
from container.server.settings import Settings
from tests.unit.container.server.processes import (
    REPOSITORY,
    START_SECONDS,
    WORKERS,
    call,
    environment,
    running,
    worker_ids,
)

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
BODY = json.dumps({"instances": ROWS})
LABELS = ["setosa", "versicolor", "virginica"]

LOADED_MODULES = """
import sys
from container.__main__ import main
try:
    main(["serve"])
finally:
    print(sorted({"sklearn", "skl2onnx", "onnx", "scipy"} & sys.modules.keys()))
    print(sorted({"onnxruntime", "numpy"} & sys.modules.keys()))
"""


def test_the_server_answers_both_formats_and_stops_cleanly_on_sigterm(artifact, tmp_path):
    log = tmp_path / "log"
    with running(artifact, log) as (process, port):
        workers = worker_ids(process)
        for _ in range(8):  # enough for both workers to take a request
            status, body = call(
                port, "POST", "/invocations", json.dumps({"instances": ROWS}), "application/json"
            )
            assert status == 200
            assert [item["label"] for item in json.loads(body)["predictions"]] == LABELS
            rows = "\n".join(",".join(map(str, row)) for row in ROWS)
            status, body = call(port, "POST", "/invocations", rows, "text/csv")
            assert status == 200
            assert [line.split(",")[0] for line in body.splitlines()] == LABELS
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=25) == 0
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    text = log.read_text()
    assert "was sent SIG" not in text, "a worker crashed"
    assert "/ping" not in text, "an access log is on"
    assert list(tmp_path.iterdir()) == [log], "the server wrote into its home folder"


def test_several_models_live_in_one_process(model):
    settings = Settings.from_environment({"WORKERS": "3"})
    assert Server(settings, model).cfg.workers == 3
    assert Server(settings, Models(1)).cfg.workers == 1


def test_running_requests_may_end_after_sigterm_but_before_sagemaker_kills(model):
    settings = Settings.from_environment({})
    assert 10 <= Server(settings, model).cfg.graceful_timeout <= 25  # of 30 seconds


def test_a_request_that_runs_at_sigterm_is_answered_before_the_server_ends(artifact, tmp_path):
    body = json.dumps({"instances": ROWS}).encode()
    head = (
        "POST /invocations HTTP/1.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with running(artifact, tmp_path / "log") as (process, port), connected(port) as client:
        client.sendall(head.encode() + body[:10])
        time.sleep(0.5)  # until a worker reads the body
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: len(worker_ids(process)) == WORKERS - 1)  # the idle one ends at once
        client.sendall(body[10:])
        assert read_to_end(client).startswith(b"HTTP/1.1 200 ")
        assert process.wait(timeout=25) == 0


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS)


def read_to_end(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65_536), b""))


LATE = b'"The body did not arrive within 5 seconds. Send all of it, in one go."}}'
STALLED = [
    (b"", b""),
    (b"POST /invocations HTTP/1.1\r\nContent-Le", b""),
    (b"POST /invocations HTTP/1.1\r\nContent-Length: 1000\r\n\r\n1", LATE),
    (b"POST /invocations HTTP/1.1\r\nContent-Length: 100000\r\n\r\n1", LATE),
    (b"POST /invocations HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n1", LATE),
    (b"POST /elsewhere HTTP/1.1\r\nContent-Length: 1000\r\n\r\n1", LATE),
]


def test_clients_that_stall_are_refused_and_others_are_answered(artifact, tmp_path):
    kinds = list(islice(cycle(STALLED), 40))
    with running(artifact, tmp_path / "log", workers=1) as (_, port), ExitStack() as clients:
        stalled = [clients.enter_context(connected(port)) for _ in kinds]
        for client, (sent, _) in zip(stalled, kinds, strict=True):
            client.sendall(sent)
        assert call(port, "GET", "/ping") == (200, "")
        assert call(port, "POST", "/invocations", BODY)[0] == 200
        for client, (_, answer) in zip(stalled, kinds, strict=True):
            received = read_to_end(client)
            assert received.startswith(b"HTTP/1.1 400 " if answer else b"")
            assert received.endswith(answer)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_clients_that_send_a_byte_now_and_then_are_refused_as_well(artifact, tmp_path):
    head = b"POST /invocations HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"
    starts = [head, head[:20]]
    with running(artifact, tmp_path / "log", workers=1) as (_, port), ExitStack() as clients:
        slow = [clients.enter_context(connected(port)) for _ in starts]
        for client, start in zip(slow, starts, strict=True):
            client.sendall(start)
        started = time.monotonic()
        waiting = slow
        while waiting and time.monotonic() < started + 20:
            for client in waiting:
                client.sendall(b"1")
            answered, _, _ = select.select(waiting, [], [], 0.2)
            waiting = [client for client in waiting if client not in answered]
        assert waiting == []


def test_a_connection_that_is_used_now_and_then_is_kept(artifact, tmp_path):
    with running(artifact, tmp_path / "log", workers=1) as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.connect()
        used = connection.sock
        for wait in (0, 11):  # two looks for a stalled head
            time.sleep(wait)
            connection.request("GET", "/ping")
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, b"")
        assert connection.sock is used
        connection.close()


def test_requests_too_many_are_refused_at_once_and_those_before_them_answered(artifact, tmp_path):
    body = BODY.encode()
    head = b"POST /invocations HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    with running(artifact, tmp_path / "log", workers=1) as (_, port), ExitStack() as clients:
        opened = [clients.enter_context(connected(port)) for _ in range(MAX_WAITING + 20)]
        for client in opened:
            client.sendall(head % len(body) + body[:10])
        refused = readable(opened, 20)
        for client in refused:
            received = read_to_end(client)
            assert received.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: 1" in received
        assert call(port, "GET", "/ping") == (200, "")
        accepted = [client for client in opened if client not in refused]
        for client in accepted:
            client.sendall(body[10:])
        for client in accepted:
            assert read_to_end(client).startswith(b"HTTP/1.1 200 ")
        assert call(port, "POST", "/invocations", BODY)[0] == 200


def readable(clients: list[socket.socket], count: int) -> list[socket.socket]:
    deadline = time.monotonic() + START_SECONDS
    while len(found := select.select(clients, [], [], 0.1)[0]) < count:
        assert time.monotonic() < deadline
    return found


def test_a_worker_that_dies_is_replaced_and_takes_no_others_request_with_it(artifact, tmp_path):
    body = BODY.encode()
    head = b"POST /invocations HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    with running(artifact, tmp_path / "log") as (process, port), ExitStack() as clients:
        open_requests = [clients.enter_context(connected(port)) for _ in range(20)]
        for client in open_requests:
            client.sendall(head % len(body) + body[:10])
        time.sleep(0.5)  # until the workers read the bodies
        dead, other = worker_ids(process)
        holding = sockets_of(other)
        os.kill(int(dead), signal.SIGKILL)
        for client in open_requests:
            with suppress(ConnectionError):
                client.sendall(body[10:])
        answered = sum(answer_of(client).startswith(b"HTTP/1.1 200 ") for client in open_requests)
        assert answered == holding
        wait_until(lambda: dead not in (ids := worker_ids(process)) and len(ids) == WORKERS)
        for _ in range(8):
            assert call(port, "POST", "/invocations", BODY)[0] == 200


def test_workers_end_with_a_server_that_is_killed(artifact, tmp_path):
    with running(artifact, tmp_path / "log") as (process, _):
        workers = worker_ids(process)
        process.kill()
        process.wait()
        wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def answer_of(client: socket.socket) -> bytes:
    with suppress(ConnectionError):
        return read_to_end(client)
    return b""


def sockets_of(process: str) -> int:
    """Connections that a process has in hand."""
    links = [os.readlink(link) for link in Path(f"/proc/{process}/fd").iterdir()]
    inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    established = "01"
    return sum(fields[9] in inodes and fields[3] == established for fields in map(str.split, lines))


def test_a_chunked_body_that_is_malformed_is_refused_without_a_traceback(artifact, tmp_path):
    log = tmp_path / "log"
    with running(artifact, log, workers=1) as (_, port), connected(port) as client:
        client.sendall(b"POST /invocations HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")
        received = read_to_end(client)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.endswith(b'Send it whole."}}')
    assert "Traceback" not in log.read_text()


def test_what_is_no_http_behind_a_request_is_refused_after_its_answer(artifact, tmp_path):
    body = BODY.encode()
    head = b"POST /invocations HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    with running(artifact, tmp_path / "log", workers=1) as (_, port), connected(port) as client:
        client.sendall(head + body + b"\0\r\n\r\n")
        received = read_to_end(client)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 400 " in received
    assert received.endswith(b'Send it whole."}}')


def test_a_client_that_does_not_read_its_answer_is_let_go(artifact, tmp_path):
    body = b"6,3,5,1\n" * 8_000
    head = b"POST /invocations HTTP/1.1\r\nContent-Type: text/csv\r\nAccept: application/json\r\n"
    request = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with running(artifact, tmp_path / "log", workers=1) as (process, port), ExitStack() as clients:
        [worker] = worker_ids(process)
        for _ in range(5):
            # More answers than the system keeps for a client that reads none.
            clients.enter_context(connected(port)).sendall(request * 20)
        wait_until(lambda: sockets_of(worker) == 5)
        wait_until(lambda: sockets_of(worker) == 0)
        assert call(port, "POST", "/invocations", BODY)[0] == 200


@pytest.mark.parametrize("sent", [b"\0\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"GET /\xff\r\n\r\n"])
def test_what_is_no_http_is_refused_in_the_one_error_shape(artifact, tmp_path, sent):
    with running(artifact, tmp_path / "log", workers=1) as (_, port), connected(port) as client:
        client.sendall(sent)
        received = read_to_end(client)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b'\r\n\r\n{"error":{"code":"InvalidRequest","message":' in received
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_body_over_the_limit_is_answered_and_not_cut_off(artifact, tmp_path):
    with running(artifact, tmp_path / "log") as (_, port):
        status, body = call(port, "POST", "/invocations", "1" * 6_291_457, "text/csv")
        assert status == 413
        assert body.startswith('{"error":{"code":"PayloadTooLarge"')


def test_memory_that_a_crowd_of_large_bodies_took_is_handed_back(artifact, tmp_path):
    large = "[" * 6_000_000
    with (
        running(artifact, tmp_path / "log", workers=1) as (process, port),
        ThreadPoolExecutor(40) as clients,
    ):
        before = pss_mib(process.pid)
        asked = [
            clients.submit(call, port, "POST", "/invocations", large, "application/json")
            for _ in range(80)
        ]
        assert {one.result()[0] for one in asked} <= {413, 503}
        assert pss_mib(process.pid) < before + 15


def test_a_changed_artifact_ends_the_server_with_one_sentence(artifact_copy):
    (artifact_copy / "sample.json").write_text("{}")
    result = subprocess.run(
        [sys.executable, "-m", "container", "serve"],
        cwd=REPOSITORY,
        env=environment(MODEL_DIR=str(artifact_copy)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == os.EX_DATAERR
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"{artifact_copy / 'sample.json'}: SHA-256 is ")


def test_a_wrong_environment_ends_the_server_with_every_mistake(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "container", "serve"],
        cwd=REPOSITORY,
        env=environment(WORKERS="many", SAGEMAKER_BIND_TO_PORT="0"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == os.EX_CONFIG
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "SAGEMAKER_BIND_TO_PORT",
        "WORKERS",
    ]


def test_the_server_process_never_imports_the_training_libraries(tmp_path):
    # Stops for want of an artifact, after everything the server needs has been imported.
    result = subprocess.run(
        [sys.executable, "-c", LOADED_MODULES],
        cwd=REPOSITORY,
        env=environment(MODEL_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.stdout.splitlines() == ["[]", "[]"]
