import contextlib
import os
import signal
import subprocess
import sys

import pytest

from local.home import REPOSITORY, Home, Running

RUNNING = Running(
    pid=4711,
    api_url="http://127.0.0.1:1",
    gateway_url="http://127.0.0.1:2",
    provider_port=3,
    passphrase="secret",
)
HOLD = """
import subprocess, sys, time
from pathlib import Path
from local.home import Home
Home(Path(sys.argv[1])).hold_lock()
if sys.argv[2:]:
    child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, close_fds=False)
    print(child.pid, flush=True)
else:
    print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    return home


@pytest.fixture
def hold(home):
    """Starts a process that holds the lock; it says something when it does."""
    started = []

    def hold(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(home.folder), *arguments],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield hold
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_a_new_folder_is_locked_by_nobody(tmp_path, home):
    assert not home.is_locked()
    assert not Home(tmp_path / "nothing").is_locked()
    assert home.wait_until_unlocked(0)


def test_a_lock_is_seen_until_its_holder_ends(home, hold):
    process = hold()
    assert process.stdout.readline() == "held\n"
    assert home.is_locked()
    assert home.is_locked()  # looking does not take it
    assert not home.wait_until_unlocked(0.1)
    process.kill()
    assert home.wait_until_unlocked(5)


def test_a_lock_is_seen_that_only_a_child_of_a_killed_holder_still_has(home, hold):
    process = hold("with a child")
    child = int(process.stdout.readline())
    process.kill()
    process.wait()
    assert home.is_locked()
    os.kill(child, signal.SIGKILL)
    assert home.wait_until_unlocked(5)


def test_a_folder_is_held_once(home, hold):
    assert hold().stdout.readline() == "held\n"
    second = hold()
    _, errors = second.communicate(timeout=10)
    assert second.returncode == 1
    assert errors.splitlines()[-1].startswith("BlockingIOError")


def test_the_state_reads_back_and_is_for_its_user_alone(home):
    home.write_state(RUNNING)
    home.write_state(RUNNING)
    assert home.read_state() == RUNNING
    assert (home.folder / "state.json").stat().st_mode & 0o777 == 0o600
    assert not list(home.folder.glob("*.partial"))


def test_without_a_state_there_is_none(home):
    assert home.read_state() is None


def test_only_a_clouds_own_or_an_empty_folder_may_be_removed(tmp_path, home):
    assert not home.is_foreign()
    (tmp_path / "thesis.tex").touch()
    assert Home(tmp_path).is_foreign()
    assert Home(tmp_path / "thesis.tex").is_foreign()
    (tmp_path / "empty").mkdir()
    assert not Home(tmp_path / "empty").is_foreign()


def test_paths_are_absolute_wherever_the_command_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Home(REPOSITORY / ".local").folder == Home().folder
    assert Home(tmp_path.relative_to(tmp_path) / "here").log == tmp_path / "here" / "cloud.log"
