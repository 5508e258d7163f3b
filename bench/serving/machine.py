"""What the figures were measured on, with what, and when."""

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.environments import LOCKS
from bench.local_cloud import REPOSITORY

OURS = ("flask", "gunicorn", "httptools", "onnxruntime", "scikit-learn", "uvicorn", "uvloop")
"""Packages of our own environment that the figures depend on."""

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "fastapi": ("fastapi", "uvicorn", "scikit-learn"),
    "bentoml": ("bentoml", "scikit-learn"),
    "mlserver": ("mlserver", "mlserver-sklearn", "scikit-learn"),
    "litserve": ("litserve", "scikit-learn"),
}
"""Likewise of the peers'."""


@dataclass(frozen=True)
class Machine:
    """Where and when."""

    date: str
    commit: str
    processor: str
    processors: int
    memory_gib: float
    system: str
    versions: Mapping[str, str]
    """Environment -> packages and their versions."""


def machine(load: str) -> Machine:
    """This one, now. load: name and version of what made the load."""
    return Machine(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        commit=_commit(),
        processor=_first(r"^model name\s*: (.*)$", Path("/proc/cpuinfo")) or platform.machine(),
        processors=os.cpu_count() or 1,
        memory_gib=int(_first(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo"))) / 1024**2,
        system=f"Linux {'.'.join(platform.release().split('.')[:2])}, "
        f"Python {platform.python_version()}",
        versions={
            "ours": ", ".join(f"{name} {version(name)}" for name in OURS),
            **{peer: ", ".join(locked(peer, names)) for peer, names in PACKAGES.items()},
            "load": load,
        },
    )


def locked(peer: str, names: Iterable[str]) -> list[str]:
    """Packages of a peer's lock, with their versions."""
    text = (LOCKS / f"{peer}.txt").read_text()
    pairs = ((name, re.search(rf"^{name}==([^\s;]+)", text, re.MULTILINE)) for name in names)
    return [f"{name} {found[1]}" for name, found in pairs if found]


def _commit() -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(REPOSITORY), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return (git("rev-parse", "--short=12", "HEAD") or "no commit") + changed


def _first(pattern: str, path: Path) -> str:
    found = re.search(pattern, path.read_text(), re.MULTILINE)
    return found[1] if found else ""
