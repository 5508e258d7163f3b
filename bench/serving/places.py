"""What the servers are started from: environments, pickled forests, artifacts."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.environments import environment
from bench.local_cloud import REPOSITORY
from bench.process import run
from bench.serving.rows import Predicted, Row
from bench.serving.servers import OUR_ENVIRONMENT, WITHOUT_KERNEL
from container.manifest import write_manifest
from container.training.dataset import iris
from container.training.evaluation import HELD_OUT, folds_of

SCRATCH = REPOSITORY / "build/serving"
ARTIFACT = REPOSITORY / "build/iris-forest"
KERNEL_FILE = "forest.bin"
"""Of the artifact: what the compiled kernel serves."""

_FOREST = Path(__file__).parent / "programs/forest.py"


@dataclass(frozen=True)
class Place:
    """Where a server's programs and its forest lie."""

    programs: Path
    model: Path
    expected: Predicted
    """What scikit-learn says of the rows that every server is checked with."""


def place(name: str, rows: Sequence[Row]) -> Place:
    """An environment with a forest of its own; installed and trained if need be.

    Raises CommandError.
    """
    ours = name == OUR_ENVIRONMENT
    programs = Path(sys.executable).parent if ours else environment(name)
    folder = SCRATCH / name
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "model.pickle"
    done = run([programs / "python", _FOREST, model], json.dumps(learnt() | {"predict": rows}))
    return Place(programs, model, Predicted(**json.loads(done.output)))


def learnt() -> dict[str, list[Any]]:
    """What our artifact's forest has learnt from: every server is to serve the same one."""
    data = iris()
    learnt = folds_of(data) != HELD_OUT
    return {"rows": data.rows[learnt].tolist(), "labels": data.labels[learnt].tolist()}


def artifacts() -> Mapping[str, Path]:
    """Our artifact, and the same without the compiled kernel's file."""
    without = SCRATCH / WITHOUT_KERNEL
    shutil.rmtree(without, ignore_errors=True)
    shutil.copytree(ARTIFACT, without, ignore=shutil.ignore_patterns(KERNEL_FILE, "manifest.json"))
    write_manifest(without)
    return {ARTIFACT.name: ARTIFACT, without.name: without}
