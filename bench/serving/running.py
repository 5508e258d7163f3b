"""A server while it is measured: its start, its memory, its end."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.local_cloud import REPOSITORY
from bench.process import run
from bench.serving.servers import Server

START_SECONDS = 60.0
STOP_SECONDS = 5.0
PROC = Path("/proc")


class ServerError(Exception):
    """A server that cannot be measured; the message says why."""


@dataclass(frozen=True)
class Running:
    """A server that has answered."""

    pid: int
    port: int
    start_seconds: float
    """From the start of its process to its first answer that it is ready."""


def on(cores: str) -> list[str]:
    """What a command is put behind to run on these processors; of root's before all else there.

    A machine's own housekeeping would else be a server's slowest answers.
    """
    first = () if os.geteuid() else ("nice", "--adjustment=-20")
    return [*first, "taskset", "--cpu-list", cores]


def told(command: Sequence[str], cores: str, given: str = "") -> Any:
    """What one of our programs, run on these processors, writes as JSON. Raises CommandError."""
    return json.loads(run([*on(cores), sys.executable, *command], given).output)


@contextmanager
def running(server: Server, programs: Path, model: Path) -> Iterator[Running]:
    """Starts a server on its processors and ends it with the block.

    model: the pickled forest, or the artifact, that it serves. Raises ServerError if it does not
    come up, with the end of what it said.
    """
    ports = dict(zip(("port", "grpc_port", "metrics_port"), _free_ports(3), strict=True))
    known = {"bin": programs, "model": model, **ports}
    command = [part.format_map(known) for part in server.command]
    variables = {name: value.format_map(known) for name, value in server.variables.items()}
    log = REPOSITORY / f"build/serving/{server.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out:
        started = time.perf_counter()
        process = subprocess.Popen(
            [*on(server.cores), *command],
            cwd=REPOSITORY,
            # Numerical libraries would start a thread for each processor in every process.
            env={**os.environ, "OMP_NUM_THREADS": "1", **variables},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        if not _ready(process, ports["port"], server.ready):
            said = log.read_text(errors="replace").strip()[-500:]
            raise ServerError(f"it did not start: {said or 'it said nothing'}")
        yield Running(process.pid, ports["port"], time.perf_counter() - started)
    finally:
        _stop(process)


def pss_mib(pid: int) -> float:
    """Memory of a process and all below it, MiB; what several share is divided among them.

    Proportional set sizes. https://docs.kernel.org/filesystems/proc.html
    """
    total = 0
    for member in family(pid):
        with suppress(OSError):  # it has just ended
            for line in (PROC / str(member) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def maps(pid: int, part: str) -> bool:
    """Whether a process, or one below it, has a file in memory whose path has this part."""
    found = False
    for member in family(pid):
        with suppress(OSError):  # it has just ended
            found = found or part in (PROC / str(member) / "maps").read_text()
    return found


def family(pid: int) -> list[int]:
    """A process and all below it, as they are now."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):  # it has just ended
                # pid (name) state parent ...; the name may hold anything.
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(stat[1]), []).append(int(entry.name))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def _free_ports(count: int) -> list[int]:
    with_ports = [socket.socket() for _ in range(count)]
    for one in with_ports:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in with_ports]
    for one in with_ports:
        one.close()
    return ports


def _ready(process: subprocess.Popen[bytes], port: int, path: str) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                connection.close()
                return True
        connection.close()
        time.sleep(0.005)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a server and whatever of it is left then, in its session or out of it."""
    _, *others = family(process.pid)
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    process.kill()
    process.wait()
    for member in others:
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while any(map(_alive, others)) and time.monotonic() < deadline:
        time.sleep(0.01)


def _alive(pid: int) -> bool:
    try:
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # one that its parent has yet to bury
