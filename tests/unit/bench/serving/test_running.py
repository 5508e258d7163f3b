import sys
from pathlib import Path

import pytest

from bench.serving.running import ServerError, family, maps, pss_mib, running
from bench.serving.servers import Server

SERVE = """
import http.server, multiprocessing, sys, time

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ready" else 404)
        self.end_headers()

if __name__ == "__main__":
    # A child that outlives SIGTERM of its parent, in a session of its own.
    import subprocess
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def server(*command: str, ready: str = "/ready") -> Server:
    return Server("tested", "tested", "", ("{bin}/python", *command), ready=ready)


@pytest.fixture
def programs() -> Path:
    return Path(sys.executable).parent


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_server_runs_within_the_block_and_all_of_it_ends_with_it(programs, tmp_path):
    with running(server("-c", SERVE, "{port}"), programs, tmp_path) as one:
        members = family(one.pid)
        assert one.pid == members[0]
        assert len(members) == 2
        assert 1 < pss_mib(one.pid) < 500
        assert one.start_seconds > 0
        assert maps(one.pid, "libc")
        assert not maps(one.pid, "no such library")
    assert not any(map(alive, members))


def test_a_server_that_ends_at_once_is_told_with_what_it_said(programs, tmp_path):
    asked = server("-c", "exit('no such model')")
    with (
        pytest.raises(ServerError, match="it did not start: no such model"),
        running(asked, programs, tmp_path),
    ):
        pass


def test_a_server_is_given_its_model_by_name(programs, tmp_path):
    asked = server("-c", "import sys; exit(sys.argv[1])", "{model}")
    with (
        pytest.raises(ServerError, match=f"it did not start: {tmp_path}/model"),
        running(asked, programs, tmp_path / "model"),
    ):
        pass
