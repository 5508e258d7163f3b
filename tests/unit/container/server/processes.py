"""Starts the real server process on a port of the loopback, and asks it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[4]
START_SECONDS = 30
WORKERS = 2


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def environment(**variables: str) -> Mapping[str, str]:
    """Of a server on the loopback: no more than it needs."""
    return {
        "PATH": os.environ["PATH"],
        "BIND_HOST": "127.0.0.1",
        "WORKERS": str(WORKERS),
        **variables,
    }


def call(
    port: int, method: str, path: str, body: str = "", content_type: str = ""
) -> tuple[int, str]:
    """Status and body of the answer to one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": content_type})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@contextmanager
def running(
    artifact: Path, log: Path, workers: int = WORKERS, **variables: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process and its port, once all workers are there; it is killed in the end."""
    port = free_port()
    own = environment(
        MODEL_DIR=str(artifact),
        SAGEMAKER_BIND_TO_PORT=str(port),
        WORKERS=str(workers),
        HOME=str(log.parent),
        **variables,
    )
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "container", "serve"],
            cwd=REPOSITORY,
            env=own,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(process, port, workers)
        yield process, port
    finally:
        process.kill()
        process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], port: int, workers: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if call(port, "GET", "/ping") == (200, "") and len(worker_ids(process)) == workers:
                return
        except OSError:  # not listening yet
            pass
        time.sleep(0.05)
    pytest.fail(f"the server did not start; its exit code: {process.poll()}")


def worker_ids(process: subprocess.Popen[bytes]) -> list[str]:
    """Of the workers that are there now."""
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
