"""A command with what it took: seconds on the clock, seconds of CPU, memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_USAGE = Path(__file__).with_name("usage.py")


class CommandError(Exception):
    """A command could not be run, or failed; the message has the end of what it said."""


@dataclass(frozen=True)
class Run:
    """What came of a command."""

    output: str
    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    """The most memory that it held at once."""


def run(
    command: Sequence[str | Path],
    given: str = "",
    *,
    variables: Mapping[str, str] | None = None,
    successes: tuple[int, ...] = (0,),
) -> Run:
    """Runs a command with a text as its input.

    successes: statuses that are no failure. Raises CommandError.
    """
    with tempfile.TemporaryDirectory() as folder:
        usage = Path(folder) / "usage.json"
        started = time.perf_counter()
        done = subprocess.run(
            _measured(command, usage),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **(variables or {})},
        )
        seconds = time.perf_counter() - started
        if done.returncode not in successes:
            said = done.stderr.strip()[-500:]
            raise CommandError(f"{command[0]} ended with status {done.returncode}: {said}")
        return Run(done.stdout, seconds, **json.loads(usage.read_text()))


@dataclass
class Server:
    """A process that answers at a port."""

    port: str
    start_seconds: float
    """On the clock, to the port that it prints."""
    usage: dict[str, float] = field(default_factory=dict)
    """cpu_seconds and peak_mb, once it has ended."""


@contextmanager
def serving(command: Sequence[str | Path], folder: Path) -> Iterator[Server]:
    """A command that prints the port of what it serves; ends with the block."""
    with tempfile.TemporaryDirectory() as kept:
        usage = Path(kept) / "usage.json"
        started = time.perf_counter()
        with subprocess.Popen(
            _measured(command, usage), stdout=subprocess.PIPE, cwd=folder, text=True
        ) as process:
            port = process.stdout.readline() if process.stdout else ""
            server = Server(port.strip(), time.perf_counter() - started)
            try:
                yield server
            finally:
                process.terminate()
        server.usage = json.loads(usage.read_text())


def _measured(command: Sequence[str | Path], usage: Path) -> list[str]:
    return [sys.executable, "-I", "-S", *map(str, (_USAGE, usage, *command))]
