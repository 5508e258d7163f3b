import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pulumi.runtime.proto import language_pb2 as messages

from local.engine.find import HOST_FOLDER

HOST = HOST_FOLDER / "pulumi-language-python"
PYTHON_FOLDER = Path(sys.executable).parent


def run_host(path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HOST, *arguments],
        cwd="/",
        env={"PATH": f"{path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_host_at_once_with_all_that_it_runs(running_host, tmp_path, number, ends):
    (tmp_path / "__main__.py").write_text("print(os.getpid()); time.sleep(60)")
    info = messages.ProgramInfo(root_directory="/", program_directory=str(tmp_path))
    call = running_host.service.Run.future(messages.RunRequest(pwd="/", info=info))
    child = int(running_host.output.readline())
    before = time.monotonic()
    running_host.process.send_signal(number)
    assert running_host.process.wait(5) == 0
    assert time.monotonic() - before < 1
    assert ends(child)
    killed = "the program was ended by signal SIGKILL"  # if the host was still there to tell
    assert call.exception(timeout=5) is not None or call.result().error == killed


def test_the_host_listens_on_the_loopback_only(running_host):
    port = int(running_host.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), 5)


def test_the_host_ends_when_its_engine_is_killed(tmp_path):
    """Its output, which only it still holds, closes."""
    executor = tmp_path / "pulumi-language-python-exec"
    executor.touch(0o755)
    engine = subprocess.Popen(
        ["/bin/sh", "-c", f"{HOST} 127.0.0.1:1; true"],
        env={"PATH": f"{PYTHON_FOLDER}:{tmp_path}:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert engine.stdout is not None
    try:
        assert int(engine.stdout.readline()) > 0
        engine.kill()
        assert engine.communicate(timeout=5)[0] == b""
    finally:
        with contextlib.suppress(ProcessLookupError):  # none left in its session
            os.killpg(engine.pid, signal.SIGKILL)


def test_without_an_engines_address_the_host_says_who_starts_it():
    result = run_host(str(PYTHON_FOLDER))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "usage: pulumi-language-python [FLAGS] ENGINE_ADDRESS (Pulumi's engine starts it)\n"
    )


def test_without_the_executor_the_host_names_it():
    result = run_host(str(PYTHON_FOLDER), "127.0.0.1:1")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "pulumi-language-python-exec is not on PATH. Put the folders that `local.engine.find` "
        "names first on PATH.\n"
    )


def test_a_python_without_pulumis_sdk_is_named(tmp_path):
    python = tmp_path / "python3"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    result = run_host(str(tmp_path), "127.0.0.1:1")
    assert result.returncode == 1
    assert result.stderr.endswith(
        "lacks Pulumi's SDK (No module named 'grpc'): put .venv/bin first on PATH\n"
    )
