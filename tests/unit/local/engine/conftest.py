"""Stand-ins for the tools that the engine's finder starts, and a language host that runs."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeStub

from local.engine.find import HOST_FOLDER
from local.engine.module import EngineModule
from local.engine.release import release_name
from local.engine.version import Version

FAKE_GO = """
echo "$@" >> {calls}
case "$1" in
  env) echo go1.26.8 ;;
  build)
    echo "GOFLAGS=$GOFLAGS GOTOOLCHAIN=$GOTOOLCHAIN GOWORK=$GOWORK in $(pwd)" >> {calls}
    while [ "$1" != -o ]; do shift; done
    {build}
    ;;
  mod) echo '{{"Dir": "{sdk}"}}' ;;
esac
"""
GOOD_BUILD = 'echo engine > "$2"; chmod +x "$2"'
EXECUTOR = "pulumi-language-python-exec"

AddTool = Callable[[str, str], Path]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The only folder on the PATH that the code under test is given."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


@pytest.fixture
def environ(tools: Path, tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tools), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.fixture
def add_tool(tools: Path) -> AddTool:
    """Put a shell script on the PATH."""

    def add(name: str, script: str) -> Path:
        path = tools / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        path.chmod(0o755)
        return path

    return add


@pytest.fixture
def add_go(add_tool: AddTool, tmp_path: Path) -> Callable[..., Path]:
    """Put a `go` on the PATH whose build does what it is told; answer the log of its calls."""

    def add(build: str = GOOD_BUILD) -> Path:
        commands = tmp_path / "sdk" / "python" / "cmd"
        commands.mkdir(parents=True, exist_ok=True)
        (commands / EXECUTOR).write_text("the executor")
        calls = tmp_path / "go-calls"
        add_tool("go", FAKE_GO.format(calls=calls, build=build, sdk=tmp_path / "sdk"))
        return calls

    return add


@pytest.fixture
def module(tmp_path: Path) -> EngineModule:
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "checksums.txt").touch()
    return EngineModule(folder, Version(3, 259, 0), Version(1, 25, 11), "3.259.0-0123456789ab")


class Releases:
    """A stand-in for the place of official releases.

    answers: a file's bytes, or what to do with the request, by name. asked: names in order.
    """

    def __init__(self, module: EngineModule) -> None:
        self.module = module
        self.archive = f"{release_name(module.version)}.tar.gz"
        self.checksums = f"pulumi-{module.version}-checksums.txt"
        self.answers: dict[str, bytes | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        releases = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                releases.asked.append(name)
                answer = releases.answers.get(name)
                if callable(answer):
                    answer(self)
                    return
                self.send_response(404 if answer is None else 200)
                self.end_headers()
                self.wfile.write(answer or b"")

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that has given up is what some tests want

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.block_on_close = False  # some requests wait until the test has ended
        self.ended = threading.Event()
        self.url = f"http://127.0.0.1:{self.server.server_port}/sdk"

    def publish(self, archive: bytes) -> str:
        """Offer an archive with its SHA-256, which is pinned as well; answer it."""
        checksum = hashlib.sha256(archive).hexdigest()
        lines = f"0  other\n{checksum}  {self.archive}\n"
        self.answers |= {self.archive: archive, self.checksums: lines.encode()}
        (self.module.folder / "checksums.txt").write_text(lines)
        return checksum

    def hang(self, request: BaseHTTPRequestHandler) -> None:
        """Answer nothing, or nothing more, until the test has ended."""
        self.ended.wait()


def archive_of(*members: tarfile.TarInfo, **scripts: str) -> bytes:
    """An archive of shell scripts, by name, after other members."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(bytes(member.size)))
        for name, script in scripts.items():
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size = len(script)
            tar.addfile(member, io.BytesIO(script.encode()))
    return content.getvalue()


@pytest.fixture
def make_archive() -> Callable[..., bytes]:
    return archive_of


@pytest.fixture
def archive() -> bytes:
    """An archive as Pulumi releases it, with a script for every program."""
    scripts = {"pulumi": "#!/bin/sh\necho v3.259.0\n", "pulumi-language-python": "host"}
    return archive_of(**scripts, **{EXECUTOR: "the executor", "pulumi-language-go": "unused"})


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach the stand-ins directly, whatever proxy this machine uses."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def releases(module: EngineModule) -> Iterator[Releases]:
    """Answers 404 for everything until something is published."""
    releases = Releases(module)
    thread = threading.Thread(target=releases.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield releases
    releases.ended.set()
    releases.server.shutdown()
    releases.server.server_close()
    thread.join()


@pytest.fixture
def ends() -> Callable[[int], bool]:
    """Whether a process, by its id, ends within 5 seconds."""

    def check(process_id: int) -> bool:
        command = ["ps", "-o", "stat=", "-p", str(process_id)]
        for _ in range(50):
            state = subprocess.run(command, capture_output=True, text=True).stdout
            if not state or state.startswith("Z"):  # ended, if not yet asked for its status
                return True
            time.sleep(0.1)
        return False

    return check


class RunningHost:
    """The real language host, in a process of its own, with a stub for the executor."""

    def __init__(self, folder: Path) -> None:
        executor = folder / EXECUTOR
        executor.write_text(STUB_EXECUTOR)
        executor.chmod(0o755)
        python = Path(sys.executable).parent
        self.process = subprocess.Popen(
            [HOST_FOLDER / "pulumi-language-python", "-v=9", "127.0.0.1:1"],
            cwd=folder,
            env={**os.environ, "PATH": f"{python}:{folder}:/usr/bin:/bin", "PYTHONPATH": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.output = self.process.stdout
        self.address = f"127.0.0.1:{int(self.output.readline())}"
        self.channel = grpc.insecure_channel(self.address)
        self.service = LanguageRuntimeStub(self.channel)

    def stop(self) -> None:
        self.channel.close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.output.close()


STUB_EXECUTOR = """
import json, os, pathlib, sys, time
arguments = sys.argv[1:]
program = pathlib.Path(arguments[-1])
(program / "seen.json").write_text(json.dumps({
    "arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd(),
}))
exec((program / "__main__.py").read_text())
"""


@pytest.fixture
def running_host(tmp_path: Path) -> Iterator[RunningHost]:
    host = RunningHost(tmp_path)
    yield host
    host.stop()
