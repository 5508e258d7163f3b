"""One instance of a variant: the container's server as a process of this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from local.http import HttpRequest, HttpResponse

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE_REPOSITORY = "ml-gateway"
"""The one image the local cloud can run: for any tag or digest of it, this tree's container/."""

STARTUP_SECONDS = 60.0
PING_SECONDS = 2.0
"""https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html"""
STOP_SECONDS = 30.0


class DeploymentError(Exception):
    """An endpoint could not be brought into service; the text becomes its FailureReason."""


class InstanceDown(Exception):
    """The instance's process does not answer."""


@dataclass(frozen=True)
class ModelPlan:
    """What a SageMaker model says of its container."""

    image: str
    model_data_url: str
    execution_role_arn: str
    environment: Mapping[str, str] = field(default_factory=dict)


class Instance:
    """A running server. model_directory: the unpacked artifact, its /opt/ml/model."""

    def __init__(self, model: ModelPlan, model_directory: Path) -> None:
        repository = model.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
        if repository != IMAGE_REPOSITORY:
            raise DeploymentError(
                f"Image: {model.image} cannot be run on this machine. "
                f"Allowed: an image of the repository {IMAGE_REPOSITORY}."
            )
        self._port = _free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "container", "serve"],
            env={
                **model.environment,
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(REPOSITORY),
                "PYTHONDONTWRITEBYTECODE": "1",
                "MODEL_DIR": str(model_directory),
                "BIND_HOST": "127.0.0.1",
                "SAGEMAKER_BIND_TO_PORT": str(self._port),
            },
            stdin=subprocess.DEVNULL,
            close_fds=False,  # it holds the lock by which the cloud knows that it still runs
        )
        self._http = urllib3.HTTPConnectionPool("127.0.0.1", self._port, maxsize=64, retries=False)

    def wait_until_healthy(self) -> None:
        """Returns when /ping answers 200. Raises DeploymentError if it never does."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise DeploymentError(
                    f"The container exited with {self._process.returncode} before it passed the "
                    "ping health check. Look into the local cloud's log."
                )
            try:
                if self._http.request("GET", "/ping", timeout=PING_SECONDS).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass  # not listening yet
            time.sleep(0.1)
        raise DeploymentError(
            f"The container did not pass the ping health check within {STARTUP_SECONDS:.0f} s."
        )

    def invoke(self, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        """Hands a request to /invocations. Raises InstanceDown, or TimeoutError."""
        try:
            answer = self._http.request(
                "POST",
                "/invocations",
                body=request.body,
                headers=dict(request.headers),
                timeout=timeout_seconds,
            )
        except urllib3.exceptions.ReadTimeoutError as error:
            raise TimeoutError(f"no answer within {timeout_seconds:g} s") from error
        except urllib3.exceptions.HTTPError as error:
            raise InstanceDown(str(error)) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return HttpResponse(answer.status, headers, answer.data)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for what still runs 30 s later, as SageMaker does."""
        self._http.close()  # the server waits for connections that are kept alive
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
