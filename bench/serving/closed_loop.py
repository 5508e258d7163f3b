"""wrk: as much as a server answers to clients of which each waits for its answer."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.serving.figures import Load
from bench.serving.running import ServerError, on

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("wrk.lua")
FIGURES = re.compile(r"^FIGURES (.*)$", re.MULTILINE)


def present() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def version() -> str:
    """wrk's own."""
    said = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)
    return " ".join(said.stdout.split()[:2])


@contextmanager
def kept(bodies: Sequence[bytes]) -> Iterator[Path]:
    """Requests as a file, a line each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.jsonl"
        path.write_bytes(b"\n".join(bodies))
        yield path


def load(port: int, path: str, requests: Path, seconds: int, cores: str) -> Load:
    """What CONNECTIONS clients get out of a server, one after the other.

    requests: see kept(). Raises ServerError.
    """
    command = [*on(cores), "wrk", "--threads", "1"]
    command += ["--connections", str(CONNECTIONS), "--duration", f"{seconds}s"]
    command += ["--timeout", "10s", "--script", str(SCRIPT), f"http://127.0.0.1:{port}"]
    done = subprocess.run(
        command,
        env={**os.environ, "REQUESTS": str(requests), "URL_PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    found = FIGURES.search(done.stdout)
    if not found:
        raise ServerError(f"wrk gave no figures: {(done.stderr or done.stdout).strip()[-300:]}")
    figures = json.loads(found[1])
    return Load(
        per_second=figures["requests"] / figures["seconds"],
        p50_ms=figures["p50_ms"],
        p99_ms=figures["p99_ms"],
        errors=figures["errors"],
    )
