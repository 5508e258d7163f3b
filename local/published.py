"""published.json in a project's shadow: there every stack has an image, so that all come up here.

It is this tree's own code under its own hash, unless one was published: to this cloud
(`make publish` under `exec`), or for real, as the project's published.json says. What was
uploaded for real is not here; the artifacts' folders are, and the stack packs them itself.
"""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.aws import ACCOUNT_ID

PUBLISHED = "published.json"
_LAID = ".published.laid.json"
_CONTENT = Path("container/content.py")
_PRINT_CONTENT = """
import json, pathlib
from container.content import content_files, content_hash
here = pathlib.Path()
print(json.dumps({"content": content_hash(here), "files": content_files(here)}))
"""

Record = Mapping[str, Any]


def lay_published(project: Path, shadow: Path, stacks: Iterable[str]) -> None:
    """Brings a shadow's published.json up to date, where the project has a container.

    Raises OSError and ValueError for a file that cannot be read, CalledProcessError where the
    container's content cannot be told.
    """
    if not (project / _CONTENT).is_file():
        return
    own = {"account": ACCOUNT_ID, "image": _own_image(project), "artifacts": None}
    recorded = _read(project / PUBLISHED)
    laid = {
        stack: {**own, "image": recorded[stack]["image"]} if stack in recorded else own
        for stack in stacks
    }
    with _lock(shadow):
        before = _read(shadow / _LAID)
        # What was not laid here was written by a publication to this cloud.
        rehearsed = {
            stack: record
            for stack, record in _read(shadow / PUBLISHED).items()
            if record != before.get(stack)
        }
        _write(shadow / _LAID, laid)
        _write(shadow / PUBLISHED, laid | rehearsed)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Keeps publications to this cloud away, which lock the folder of published.json as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def tree_content(tree: Path) -> dict[str, Any]:
    """What an image of a tree is built from: `content`, one hash, and `files`, one for each."""
    printed = subprocess.run(
        [sys.executable, "-c", _PRINT_CONTENT],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
    ).stdout
    content: dict[str, Any] = json.loads(printed)
    return content


def _own_image(project: Path) -> Record:
    content = tree_content(project)
    # No registry has it: its digest is the hash of its files.
    digest = f"sha256:{content['content']}"
    return {"digest": digest, "architecture": None, **content}


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return found


def _write(path: Path, records: Mapping[str, Record]) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(records, indent=2, sort_keys=True) + "\n")
    partial.replace(path)
