import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from local import session
from local.aws import Aws
from local.engine.find import Engine
from local.home import REPOSITORY, Home, Running
from local.session import LocalCloudError

DAEMON = """
import os, subprocess, sys, time
from pathlib import Path
from local.home import Home, Running
home = Home(Path(sys.argv[1]))
home.hold_lock()
subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, close_fds=False)
home.write_state(Running(os.getpid(), "http://127.0.0.1:9", "http://127.0.0.1:9", 9, "secret"))
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def local(home, *arguments, environment=None):
    """`python -m local` as a user gives it."""
    return subprocess.run(
        [sys.executable, "-m", "local", "--home", str(home.folder), *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )


def processes_of(group):
    """The processes of a process group, those left out that have ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, leader = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue  # it ended meanwhile
        if int(leader) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.fixture
def daemon(home):
    """A daemon that answers nothing, with a child that keeps its lock."""
    home.make()
    process = subprocess.Popen(
        [sys.executable, "-c", DAEMON, str(home.folder)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    yield process
    if processes_of(process.pid):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_nothing_runs_and_nothing_is_stopped_where_nothing_was_started(home):
    assert session.running(home) is None
    assert session.stop(home) is False


def test_a_cloud_that_does_not_answer_does_not_run(home, daemon):
    assert home.is_locked()
    assert session.running(home) is None


def test_a_cloud_that_answers_runs(home, daemon):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        state = Running(daemon.pid, url, url, 9, "secret")
        home.write_state(state)
        assert session.running(home) == state


def test_stopping_ends_the_processes_of_a_daemon_that_was_killed(home, daemon):
    daemon.kill()
    daemon.wait()
    assert processes_of(daemon.pid) != []
    started = time.monotonic()
    assert session.stop(home) is True
    assert time.monotonic() - started < 10, "they were asked to end, not waited for"
    assert processes_of(daemon.pid) == []
    assert not home.folder.exists()


@pytest.mark.parametrize("act", [session.stop, session.start])
def test_a_folder_that_is_no_clouds_is_never_removed(tmp_path, act):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(LocalCloudError) as error:
        act(Home(tmp_path))
    assert str(error.value) == (
        f"{tmp_path} holds something else than a local cloud. "
        "Allowed: a new folder, an empty one, a local cloud's. Choose another --home."
    )
    assert (tmp_path / "thesis.tex").exists()


def test_of_two_clouds_that_start_at_once_one_says_so(tmp_path):
    class Raced(Home):
        def make(self):
            raise FileExistsError

    home = Raced(tmp_path / "home")
    with pytest.raises(LocalCloudError) as error:
        session.start(home)
    assert str(error.value) == (
        f"Another command starts a local cloud in {home.folder} just now. Run this again."
    )


def test_a_home_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    home = Home(tmp_path / "file" / "home")
    with pytest.raises(LocalCloudError) as error:
        session.start(home)
    assert str(error.value) == (
        f"{home.folder} cannot be made: Not a directory. Choose another --home."
    )


def test_a_home_that_is_a_file_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").touch()
    for act in (session.start, session.stop):
        with pytest.raises(LocalCloudError, match="holds something else than a local cloud"):
            act(Home(tmp_path / "thesis.tex"))
    assert (tmp_path / "thesis.tex").exists()


def test_a_command_meets_this_cloud_and_nothing_else(home, tmp_path):
    cloud = Running(1, "http://127.0.0.1:4", "http://127.0.0.1:5", 6, "the passphrase")
    engine = Engine(tmp_path / "engine/pulumi", "3.259.0", "PATH", (tmp_path / "host",))
    theirs = {
        "PATH": "/usr/bin",
        "HOME": "/home/me",
        "AWS_PROFILE": "production",
        "PULUMI_ACCESS_TOKEN": "pul-123",
        "PULUMI_CONFIG_PASSPHRASE": "theirs",
    }
    variables = session.command_environment(home, cloud, engine, theirs)
    assert variables["PATH"].split(os.pathsep) == [
        str(session.TOOLS),
        str(Path(sys.executable).parent),
        str(tmp_path / "engine"),
        str(tmp_path / "host"),
        "/usr/bin",
    ]
    assert variables["HOME"] == "/home/me"
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4"
    assert variables["PULUMI_BACKEND_URL"] == home.backend.as_uri()
    assert variables["PULUMI_CONFIG_PASSPHRASE"] == "the passphrase"
    assert variables["PULUMI_DEBUG_PROVIDERS"] == "aws:6"
    assert variables["PULUMI_OPTION_POLICY_PACK"] == str(REPOSITORY / "policies")
    assert "production" not in variables.values()
    assert "PULUMI_ACCESS_TOKEN" not in variables


def test_a_cloud_that_cannot_start_shows_the_end_of_its_log(home, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    # The daemon imports it, the command that starts the daemon does not.
    (broken / "grpc.py").write_text("raise SystemExit('no space left')")
    result = local(home, "up", environment={"PYTHONPATH": str(broken)})
    assert result.returncode == 1
    assert result.stdout == ("The local cloud did not start. The end of its log:\nno space left\n")
    assert local(home, "down").stdout == "The local cloud is gone.\n"


def archive_of(artifact):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for file in artifact.iterdir():
            tar.add(file, file.name)
    return content.getvalue()


def execution_role(aws):
    """ARN of a role that SageMaker assumes and that reads models."""
    trusted = {"Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    read = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::models/*"}
    trust, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
        for statement in (trusted, read)
    )
    role = {"RoleName": "execution", "AssumeRolePolicyDocument": trust}
    arn = aws.call("iam", "CreateRole", role)["Role"]["Arn"]
    inline = {"RoleName": "execution", "PolicyName": "read", "PolicyDocument": policy}
    aws.call("iam", "PutRolePolicy", inline)
    return arn


def deploy(aws, artifact):
    """An endpoint that is in service."""
    role = execution_role(aws)
    location = {"LocationConstraint": aws.region}
    aws.call("s3", "CreateBucket", {"Bucket": "models", "CreateBucketConfiguration": location})
    aws.call("s3", "PutObject", {"Bucket": "models", "Key": "a", "Body": archive_of(artifact)})
    container = {
        "Image": "ml-gateway:1",
        "ModelDataUrl": "s3://models/a",
        "Environment": {"WORKERS": "1"},
    }
    model = {"ModelName": "m", "ExecutionRoleArn": role, "PrimaryContainer": container}
    aws.call("sagemaker", "CreateModel", model)
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1}
    variant["InstanceType"] = "ml.m5.large"
    configuration = {"EndpointConfigName": "c", "ProductionVariants": [variant]}
    aws.call("sagemaker", "CreateEndpointConfig", configuration)
    endpoint = {"EndpointName": "e", "EndpointConfigName": "c"}
    aws.call("sagemaker", "CreateEndpoint", endpoint)
    waiter = aws.client("sagemaker").get_waiter("endpoint_in_service")
    waiter.wait(EndpointName="e", WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def test_a_real_cloud_starts_is_reused_is_killed_and_leaves_no_process(home, artifact):
    started = local(home, "up")
    assert started.stdout.startswith("Started http://127.0.0.1:"), started.stdout
    assert local(home, "up").stdout.startswith("Reused http://127.0.0.1:")
    cloud = session.running(home)
    assert cloud is not None
    try:
        deploy(Aws(cloud.api_url, cloud.gateway_url, "eu-central-1"), artifact)
        [read] = [json.loads(line) for line in _lines(home) if '"s3:GetObject"' in line]
        assert read["principal"] == "role:arn:aws:iam::123456789012:role/execution"
        os.kill(cloud.pid, signal.SIGKILL)
        assert processes_of(cloud.pid) != []
        assert local(home, "status").stdout == "No local cloud runs. Start one: make up\n"
    finally:
        assert session.stop(home) is True
    assert processes_of(cloud.pid) == []
    assert not home.folder.exists()


def _lines(home):
    return home.log.read_text().splitlines()
