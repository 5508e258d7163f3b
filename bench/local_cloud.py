"""A local cloud for one benchmark, and where its figures go."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / "bench/results"


@dataclass(frozen=True)
class LocalCloud:
    """A local cloud of its own, and a copy of the project whose limits are out of the way."""

    home: Path
    project: Path

    def run(self, *arguments: str) -> str:
        """What `python -m local ARGUMENTS` prints. Raises SystemExit if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "local", "--home", str(self.home), *arguments],
            cwd=self.project,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout


@contextmanager
def local_cloud() -> Iterator[LocalCloud]:
    """A local cloud that ends with the benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud(Path(folder) / "home", _unlimited_project(Path(folder) / "project"))
        try:
            yield cloud
        finally:
            cloud.run("down")


def write(name: str, figures: Mapping[str, Any]) -> None:
    """Keeps a benchmark's figures as bench/results/NAME.json."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")


def _unlimited_project(folder: Path) -> Path:
    """The project by links, its local stack with a usage plan that refuses nothing."""
    folder.mkdir()
    for entry in REPOSITORY.iterdir():
        if entry.name not in (".local", "Pulumi.local.yaml"):
            (folder / entry.name).symlink_to(entry)
    settings = yaml.safe_load((REPOSITORY / "Pulumi.local.yaml").read_text())
    for plan in settings["config"]["ml-gateway:direct"]["plans"].values():
        plan |= {"throttle": {"rate": "10000/s", "burst": 5000}, "quota": "100000000/day"}
    (folder / "Pulumi.local.yaml").write_text(yaml.safe_dump(settings))
    return folder
