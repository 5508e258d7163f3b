import json
import os
import signal
import subprocess
import sys

import pytest

from local.http import HttpRequest
from local.sagemaker import instance as module
from local.sagemaker.exchange import Unreachable
from local.sagemaker.instance import DeploymentError, Instance
from local.sagemaker.plan import ModelPlan
from tests.unit.local.sagemaker.conftest import wait_until

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway@sha256:00"
BODY = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]]}).encode()
REQUEST = HttpRequest("POST", "/invocations", {"content-type": "application/json"}, body=BODY)


def model(image=IMAGE, **environment):
    return ModelPlan(image, "s3://models/a", "arn:aws:iam::1:role/a", environment)


class Kept:
    """What an instance logs, and how often it ended."""

    def __init__(self):
        self.lines = []
        self.ends = 0

    def start(self, model, folder):
        return Instance(model, folder, self.lines.append, self._end)

    def _end(self):
        self.ends += 1


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture(scope="module")
def instance(artifact):
    instance = Kept().start(model(WORKERS="1"), artifact)
    instance.wait_until_healthy()
    yield instance
    instance.stop()


@pytest.mark.parametrize("image", ["nginx:1", "ml-gateway-other:1", "registry:5000/a/b@sha256:00"])
def test_an_image_of_another_repository_is_refused(kept, image, tmp_path):
    with pytest.raises(DeploymentError) as error:
        kept.start(model(image), tmp_path)
    assert str(error.value) == (
        f"Image: {image} cannot be run on this machine. "
        "Allowed: an image of the repository ml-gateway."
    )


def test_a_healthy_instance_predicts(instance):
    answer = instance.invoke(REQUEST, 10.0)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body)["predictions"][0]["label"] == "setosa"


def test_an_answer_that_comes_too_late_is_a_timeout(instance):
    rows = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]] * 2000}).encode()
    request = HttpRequest("POST", "/invocations", REQUEST.headers, body=rows)
    with pytest.raises(TimeoutError, match=r"^no answer within 0\.002 s$"):
        instance.invoke(request, 0.002)
    assert instance.invoke(REQUEST, 10.0).status == 200


def test_a_model_that_cannot_be_served_says_so_at_once(kept, tmp_path):
    instance = kept.start(model(), tmp_path)
    with pytest.raises(DeploymentError) as error:
        instance.wait_until_healthy()
    assert str(error.value) == (
        f"The container exited with {os.EX_DATAERR} before it passed the ping health check. "
        "Why it did, the log says that make status names."
    )
    instance.stop()
    wait_until(lambda: kept.lines)
    assert "manifest.json" in kept.lines[-1]


@pytest.fixture
def stuck():
    """A process that ignores SIGTERM, as one that was stopped does."""
    ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    command = [sys.executable, "-c", f"{ignore}; print(1, flush=True); time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def test_a_stopped_instance_has_exited_and_nothing_listens(kept, artifact):
    instance = kept.start(model(WORKERS="1"), artifact)
    instance.wait_until_healthy()
    assert (instance.ping(), instance.exited) == (True, False)
    instance.stop()
    assert (instance.ping(), instance.exited) == (False, True)
    with pytest.raises(Unreachable):
        instance.invoke(REQUEST, 1.0)
    assert kept.ends == 1


def test_what_a_container_writes_is_logged_line_by_line(kept, artifact):
    instance = kept.start(model(WORKERS="1"), artifact)
    instance.wait_until_healthy()
    instance.stop()
    wait_until(lambda: "Shutting down" in kept.lines[-1])
    assert "Starting gunicorn" in kept.lines[0]
    assert all(kept.lines)


def test_a_long_line_is_logged_in_parts_and_an_odd_one_as_far_as_it_can_be_read():
    lines: list[str] = []
    output, written = os.pipe()
    os.write(written, b"x" * (module.MAX_LINE_BYTES + 1) + b"\n\n\xff ok\n")
    os.close(written)
    module._read(output, lines.append)
    assert [len(lines[0]), *lines[1:]] == [module.MAX_LINE_BYTES, "x", "\ufffd ok"]


def test_what_ignores_the_request_to_stop_is_killed(kept, artifact, stuck, monkeypatch):
    monkeypatch.setattr(module, "STOP_SECONDS", 0.05)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: stuck)
    instance = kept.start(model(), artifact)
    instance.stop()
    assert stuck.returncode == -signal.SIGKILL
    assert kept.ends == 1


def test_no_two_instances_that_start_get_the_same_port():
    ports = [module._free_port() for _ in range(500)]
    assert len(set(ports)) == 500
