"""Where engines are kept, and how they get there whole or not at all."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.engine.errors import EngineError
from local.engine.progress import Progress

ENGINE_NAME = "pulumi"
EXECUTOR_NAME = "pulumi-language-python-exec"
"""The script that runs a Python program; the language host looks for it on PATH."""

_LOCK_POLL_SECONDS = 1.0


def cache_root(environ: Mapping[str, str]) -> Path:
    """Folder of all engines that are not installed, in the user's cache.

    Raises EngineError if the environment names no home. A relative XDG_CACHE_HOME counts
    as unset: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    cache = Path(environ.get("XDG_CACHE_HOME", ""))
    if not cache.is_absolute():
        cache = Path(environ.get("HOME", "")) / ".cache"
    if not cache.is_absolute():
        raise EngineError(
            "no folder to keep the engine in: neither XDG_CACHE_HOME nor HOME is an absolute "
            "path. Set XDG_CACHE_HOME."
        )
    return cache / "ml-gateway" / "engine"


def is_complete(folder: Path, files: Iterable[str]) -> bool:
    """Whether `folder` holds all of an engine's files, each of which is a program."""
    return all(os.access(folder / name, os.X_OK) for name in files)


@contextmanager
def locked(folder: Path, progress: Progress) -> Iterator[None]:
    """Hold the right to fill `folder`; wait while another process holds it.

    The lock ends with the process that holds it, however that ends.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        if not _try_lock(lock.fileno()):
            progress.start("Waiting for another process, which gets the Pulumi engine")
            while not _try_lock(lock.fileno()):
                time.sleep(_LOCK_POLL_SECONDS)
                progress.tick()
            progress.finish("ended")
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Give a scratch folder; what the block puts into its `engine` becomes `folder` at the end.

    Needs the lock. The scratch folder goes whatever happens, and so do those that a killed
    process has left behind. It lies beside `folder`, since only then is the rename atomic.
    """
    prefix = f"{folder.name}.partial-"
    for abandoned in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        (scratch / "engine").mkdir()
        yield scratch
        if folder.exists():  # an engine that lost a file
            folder.rename(scratch / "incomplete")
        (scratch / "engine").rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
