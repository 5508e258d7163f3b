"""Callers by the dozen while instances die, hang, answer slowly and answer nonsense."""

import contextlib
import random
import socket
import threading
import time
from typing import Any

from local.http import HttpRequest
from local.principal import ANONYMOUS
from local.sagemaker.deployment import Deployment
from local.sagemaker.exchange import NoWholeAnswer, exchange
from local.sagemaker.runtime import SageMakerRuntime
from tests.unit.local.sagemaker.conftest import Unmeasured, endpoint_plan, plan, seeded

CALLERS = 64
SECONDS = 1.5
WAYS = ("well", "well", "garbage", "cut", "short", "long", "twice", "silent", "slow", "late")


class Container:
    """Answers each request with its body, in one of several ways; can die as a process does."""

    def __init__(self, *_):
        self._random = random.Random(1)  # noqa: S311 - picks a way to fail
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._port = self._socket.getsockname()[1]
        self.exited = False
        self.disturbed = False
        threading.Thread(target=self._run, daemon=True).start()

    def wait_until_healthy(self):
        """It is."""

    def ping(self):
        with contextlib.suppress(NoWholeAnswer, TimeoutError):
            return exchange(self._port, HttpRequest("GET", "/ping"), 0.5).status == 200
        return False

    def invoke(self, request, timeout_seconds):
        return exchange(self._port, request, timeout_seconds)

    def kill(self):
        self.exited = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    stop = kill

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            head, body = b"", b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65_536)
            head, _, body = head.partition(b"\r\n\r\n")
            while b"POST" in head and len(body) < 16:
                body += connection.recv(65_536)
            self._answer(connection, body)

    def _answer(self, connection, body):
        way = self._random.choice(WAYS) if self.disturbed else "well"
        length = {"short": len(body) - 2, "long": len(body) + 2}.get(way, len(body))
        whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (length, body)
        if way in ("slow", "late"):
            time.sleep(0.05 if way == "slow" else 0.6)
        connection.sendall(
            {"garbage": b"\x00" * 100, "cut": whole[:-3], "twice": whole * 2, "silent": b""}.get(
                way, whole
            )
        )


def test_no_answer_is_wrong_mixed_up_or_lost_whatever_happens_to_the_instances(
    calls, storage, access, puts, now
):
    containers: list[Container] = []

    def start(*_):
        containers.append(Container())
        return containers[-1]

    parts: Any = start, storage, lambda: now, seeded(1), puts, Unmeasured()
    runtime = SageMakerRuntime(
        "eu-central-1", Deployment(*parts), storage, access, calls.log, lambda: now, seeded(2), puts
    )
    members = {"shadows": (plan("next"),)}
    runtime.route("iris", runtime.start("iris", endpoint_plan(plan(instances=3), **members)), 1.0)
    end = time.monotonic() + SECONDS
    outcomes: list[Any] = []

    def call(caller):
        for number in range(100_000):
            body = f"{caller:08}{number:08}".encode()
            request = HttpRequest("POST", "/endpoints/iris/invocations", body=body)
            try:
                answer = runtime.invoke(ANONYMOUS, "iris", request, 0.5)
                outcomes.append(answer.status if answer.body == body else -answer.status)
            except TimeoutError:
                outcomes.append(504)
            if time.monotonic() > end:
                return

    threads = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS / 5)
    for container in list(containers):
        container.disturbed = True
    time.sleep(SECONDS / 5)
    containers[0].kill()
    time.sleep(SECONDS / 5)
    runtime.route("iris", runtime.start("iris", endpoint_plan(plan(instances=2), **members)), 1.0)
    for thread in threads:
        thread.join(20)
    runtime.close()
    assert set(outcomes) <= {200, -503, 504}
    assert {200} < set(outcomes), "nothing was disturbed"
    assert outcomes.count(200) > len(outcomes) / 2
