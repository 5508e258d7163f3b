"""One instance of a variant: the container's server as a process of this machine."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import NoWholeAnswer, Unreachable, exchange
from local.sagemaker.plan import ModelPlan
from local.sagemaker.processes import children

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE_REPOSITORY = "ml-gateway"
"""The one image the local cloud can run: for any tag or digest of it, this tree's container/."""

STARTUP_SECONDS = 60.0
PING_SECONDS = 2.0
"""https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html"""
STOP_SECONDS = 30.0

MAX_LINE_BYTES = 10_000
"""Of the container's log; a longer line becomes several. A hundred are one call of PutLogEvents."""

_PING = HttpRequest("GET", "/ping")

_recent_ports: deque[int] = deque(maxlen=1_000)
_choosing_port = threading.Lock()


class DeploymentError(Exception):
    """An endpoint could not be brought into service; the text becomes its FailureReason."""


class Instance:
    """A running server.

    model_directory: the unpacked artifact, its /opt/ml/model; None for a container that is given
    its models later. log: takes each line that the container writes. when_ended: called when it has
    been stopped or killed.
    """

    def __init__(
        self,
        model: ModelPlan,
        model_directory: Path | None,
        log: Callable[[str], None],
        when_ended: Callable[[], None],
    ) -> None:
        repository = model.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
        if repository != IMAGE_REPOSITORY:
            raise DeploymentError(
                f"Image: {model.image} cannot be run on this machine. "
                f"Allowed: an image of the repository {IMAGE_REPOSITORY}."
            )
        self._model_directory = model_directory
        self._port = _free_port()
        self._when_ended = when_ended
        self._process = _serve(
            {
                **model.environment,
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(REPOSITORY),
                "PYTHONDONTWRITEBYTECODE": "1",
                **(
                    {"MODEL_DIR": str(model_directory)}
                    if model_directory
                    else {"SAGEMAKER_MULTI_MODEL": "true"}
                ),
                "BIND_HOST": "127.0.0.1",
                "SAGEMAKER_BIND_TO_PORT": str(self._port),
            },
            log,
        )

    @property
    def folders(self) -> Sequence[Path]:
        """The unpacked artifacts that it has."""
        return [self._model_directory] if self._model_directory else []

    @property
    def pid(self) -> int:
        """The server's process, which starts all others."""
        return self._process.pid

    @property
    def exited(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    def wait_until_healthy(self) -> None:
        """Returns when /ping answers 200. Raises DeploymentError if it never does."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline:
            if self.exited:
                raise DeploymentError(
                    f"The container exited with {self._process.returncode} before it passed the "
                    "ping health check. Why it did, the log says that make status names."
                )
            if self.ping():
                return
            time.sleep(0.1)
        raise DeploymentError(
            f"The container did not pass the ping health check within {STARTUP_SECONDS:.0f} s."
        )

    def ping(self) -> bool:
        """Whether /ping answers 200, in the time that SageMaker gives it."""
        with suppress(NoWholeAnswer, TimeoutError):
            return exchange(self._port, _PING, PING_SECONDS).status == 200
        return False

    def invoke(self, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        """Hands a request to the container. Raises TimeoutError and NoWholeAnswer."""
        if self.exited:  # its port may be another server's by now
            raise Unreachable("the container has exited")
        return exchange(self._port, request, timeout_seconds)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for what still runs 30 s later, as SageMaker does."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            self._when_ended()

    def kill(self) -> None:
        """SIGKILL, for what does not answer: to the server and to its workers.

        Workers end with their server by themselves, unless they are stopped.
        """
        workers = children(self._process.pid)
        self._process.kill()
        self._process.wait()
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        self._when_ended()


def _serve(environment: Mapping[str, str], log: Callable[[str], None]) -> subprocess.Popen[bytes]:
    """The container's server, and a thread that hands on what it writes."""
    output, written = os.pipe()
    threading.Thread(target=_read, args=(output, log), name="container-log", daemon=True).start()
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "container", "serve"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            close_fds=False,  # it holds the lock by which the cloud knows that it still runs
        )
    finally:
        os.close(written)


def _read(descriptor: int, log: Callable[[str], None]) -> None:
    """Hands on what a container writes until all its processes have ended."""
    with open(descriptor, "rb") as lines:
        while line := lines.readline(MAX_LINE_BYTES):
            if text := line.decode(errors="replace").rstrip():
                log(text)


def _free_port() -> int:
    """A port that was not given lately.

    A server takes a second until it listens. Were its port given to another one meanwhile, one of
    the two would answer for both.
    """
    with _choosing_port:
        while True:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = int(probe.getsockname()[1])
            if port not in _recent_ports:
                _recent_ports.append(port)
                return port
