import os
import signal
import subprocess
import sys
import time

import pytest

from local.sagemaker.processes import Usage, children, memory_of_the_machine, usage

BUSY = """
import os, time
child = os.fork()
ballast = bytearray(50_000_000) if child else b""
while time.process_time() < 0.3:
    pass
print(flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def busy():
    """A process and its child, each of which has been busy for a third of a second."""
    command = [sys.executable, "-c", BUSY]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for _ in range(2):
            process.stdout.readline()
        family = [process.pid, *children(process.pid)]
        yield process.pid
        for pid in family:
            os.kill(pid, signal.SIGKILL)


def test_a_process_counts_with_all_that_it_has_started(busy):
    [child] = children(busy)
    whole, part = usage(busy), usage(child)
    assert 0.2 < part.cpu_seconds < whole.cpu_seconds - 0.2
    assert whole.memory_bytes - part.memory_bytes > 50_000_000
    assert whole.memory_bytes < memory_of_the_machine()


def test_what_has_ended_uses_nothing_and_has_no_children():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert usage(process.pid) == Usage()
    assert children(process.pid) == []


def test_a_process_whose_name_looks_like_its_state_is_read_all_the_same(tmp_path):
    odd = tmp_path / "a) S 1 ("
    odd.symlink_to("/bin/sleep")
    with subprocess.Popen([odd, "60"]) as process:
        time.sleep(0.05)  # until it is that program
        assert 0 <= usage(process.pid).cpu_seconds < 5
        assert usage(process.pid).memory_bytes > 0
        process.kill()
