import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from local.engine.processes import Processes

SLEEP = ["/bin/sleep", "60"]
KILLED = -9


def start(processes: Processes, command: list[str] = SLEEP, output: int | None = None):
    return processes.started(command, Path("/"), os.environ, output)


def test_a_process_runs_to_its_own_end():
    with start(Processes(), ["/bin/sh", "-c", "echo out; exit 3"], subprocess.PIPE) as child:
        assert child.communicate() == (b"out\n", b"")
        assert child.wait() == 3
    assert child.returncode == 3


def test_a_process_does_not_outlive_its_block():
    with start(Processes()) as child:
        pass
    assert child.returncode == KILLED


def test_all_that_run_are_killed_and_more_may_start():
    processes = Processes()
    with start(processes) as first, start(processes) as second:
        processes.kill()
        assert (first.wait(5), second.wait(5)) == (KILLED, KILLED)
        with start(processes, ["/bin/true"]) as third:
            assert third.wait(5) == 0


def test_once_closed_nothing_starts_any_more():
    processes = Processes()
    with start(processes) as child:
        processes.close()
        assert child.wait(5) == KILLED
    with (
        pytest.raises(OSError, match=r"the language host is ending: '/bin/sleep'$"),
        start(processes),
    ):
        pass


def ends_in_time(function: Callable[[], None]) -> bool:
    """Whether it ends within 5 seconds; a deadlock must not stop the tests."""
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    thread.join(5)
    return not thread.is_alive()


def test_closing_twice_is_closing_once():
    processes = Processes()

    def close_twice() -> None:
        processes.close()
        processes.close()

    assert ends_in_time(close_twice)


def test_a_signal_handler_may_close_what_is_being_closed(monkeypatch):
    processes = Processes()

    def close_in_the_midst_of_closing() -> None:
        with start(processes) as child:
            kill = child.kill

            def interrupted_kill() -> None:
                monkeypatch.setattr(child, "kill", kill)
                processes.close()  # as the handler does in the thread that it interrupts

            monkeypatch.setattr(child, "kill", interrupted_kill)
            processes.close()
            assert child.wait(5) == KILLED

    assert ends_in_time(close_in_the_midst_of_closing)


def test_a_command_that_is_not_there_is_an_os_error():
    with pytest.raises(FileNotFoundError), start(Processes(), ["/no/such/command"]):
        pass
