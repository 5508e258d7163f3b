import ctypes
import os
import signal
import subprocess
import sys
import time

import pytest

from local.home import REPOSITORY, Home
from local.isolation import isolated


@pytest.mark.parametrize("thread", ["main", "another"])
def test_the_daemon_ends_on_sigterm_whichever_thread_gets_it(tmp_path, thread):
    home = Home(tmp_path / "home")
    home.make()
    lock = home.hold_lock()
    command = [sys.executable, "-m", "local.daemon", "--home", str(home.folder)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=isolated(os.environ), pass_fds=(lock,)
    ) as daemon:
        os.close(lock)
        while not home.read_state():
            assert home.is_locked()
            time.sleep(0.05)
        threads = sorted(map(int, os.listdir(f"/proc/{daemon.pid}/task")))
        assert threads[0] == daemon.pid
        target = threads[0] if thread == "main" else threads[-1]
        assert ctypes.CDLL(None).tgkill(daemon.pid, target, signal.SIGTERM) == 0
        try:
            assert daemon.wait(20) == 0
        finally:
            daemon.kill()
    assert not home.is_locked()
