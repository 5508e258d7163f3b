import os
import signal
import subprocess
import sys

import pytest

from local.sagemaker.processes import Usage, children, memory_of_the_machine, usage

BUSY = """
import os, time
first = os.fork() == 0
second = first and os.fork() == 0
ballast = bytearray(0 if first else 50_000_000)
if second:  # a name that looks like what follows it in /proc
    open("/proc/self/comm", "w").write("a) S 1 (")
while time.process_time() < 0.3:
    pass
print(flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def family():
    """A process, its child and its child's; each has been busy for a third of a second."""
    command = [sys.executable, "-c", BUSY]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for _ in range(3):
            process.stdout.readline()
        [child] = children(process.pid)
        [grandchild] = children(child)
        pids = [process.pid, child, grandchild]
        yield pids
        for pid in pids:
            os.kill(pid, signal.SIGKILL)


def test_a_process_counts_with_all_that_it_has_started(family):
    used = [usage(pid) for pid in family]
    seconds = [each.cpu_seconds for each in used]
    assert seconds[2] > 0.2
    assert seconds[1] > seconds[2] + 0.2
    assert seconds[0] > seconds[1] + 0.2
    assert used[0].memory_bytes - used[1].memory_bytes > 50_000_000
    assert used[1].memory_bytes > used[2].memory_bytes > 0
    assert used[0].memory_bytes < memory_of_the_machine()


def test_what_has_ended_uses_nothing_and_has_no_children():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert usage(process.pid) == Usage()
    assert children(process.pid) == []
