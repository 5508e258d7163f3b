import io

import pytest

from local.engine.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def shown(stream: io.StringIO, ticks: int, quiet_seconds: float = 0.0) -> str:
    """What a task of one tick per second shows."""
    clock = Seconds()
    progress = Progress(stream, clock)
    progress.start("Building", quiet_seconds)
    for _ in range(ticks):
        clock.now += 1
        progress.tick()
    progress.finish("done")
    return stream.getvalue()


def test_a_terminal_sees_one_line_that_changes_every_second():
    assert shown(Terminal(), 2) == (
        "Building\r\033[KBuilding: 1 s\r\033[KBuilding: 2 s\r\033[KBuilding: done after 2 s\n"
    )


def test_a_log_gets_a_line_every_30_seconds_and_no_control_characters():
    assert shown(io.StringIO(), 61) == (
        "Building\nBuilding: 30 s\nBuilding: 60 s\nBuilding: done after 61 s\n"
    )


def test_a_task_that_ends_before_it_need_be_shown_is_not():
    assert shown(Terminal(), 1, quiet_seconds=2) == ""
    assert shown(io.StringIO(), 1, quiet_seconds=2) == ""


def test_a_task_is_shown_once_its_quiet_seconds_have_passed():
    assert shown(Terminal(), 3, quiet_seconds=2) == (
        "\r\033[KBuilding: 2 s\r\033[KBuilding: 3 s\r\033[KBuilding: done after 3 s\n"
    )
    assert shown(io.StringIO(), 33, quiet_seconds=2) == (
        "Building: 2 s\nBuilding: 32 s\nBuilding: done after 33 s\n"
    )


def test_a_block_that_raises_has_failed():
    stream = io.StringIO()
    progress = Progress(stream, Seconds())
    with progress.task("Building"):
        pass
    with pytest.raises(KeyboardInterrupt), progress.task("Building"):
        raise KeyboardInterrupt
    assert stream.getvalue() == (
        "Building\nBuilding: done after 0 s\nBuilding\nBuilding: failed after 0 s\n"
    )


def test_a_line_that_is_said_stays():
    stream = Terminal()
    Progress(stream).say("Skipping one.")
    assert stream.getvalue() == "Skipping one.\n"
