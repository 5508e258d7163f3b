"""What a killed engine leaves in the backend, and what can be done about it.

The file backend's layout is the engine's own:
https://github.com/pulumi/pulumi/tree/master/pkg/backend/diy
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path


def locked(backend: Path) -> bool:
    """Whether an engine holds a lock on a stack."""
    return any(_locks(backend))


def release_dead_locks(backend: Path) -> None:
    """Removes the locks of engines that no longer run; the engine itself would wait for a user."""
    for lock in _locks(backend):
        with contextlib.suppress(FileNotFoundError):
            if not _holder_runs(lock.read_text()):
                lock.unlink()


def half_made(backend: Path) -> list[str]:
    """Stacks of which the engine does not know whether a resource was created.

    What it does not know it cannot remove, and creating it again fails on the name. On a full disk
    it can lose the whole state.
    """
    return sorted(
        state.stem
        for state in (backend / ".pulumi" / "stacks").glob("*/*.json")
        if _is_half_made(state.read_text())
    )


def _locks(backend: Path) -> Iterator[Path]:
    return (backend / ".pulumi" / "locks").rglob("*.json")


def _is_half_made(state: str) -> bool:
    try:
        deployment = json.loads(state)["checkpoint"].get("latest") or {}
    except ValueError:  # cut short
        return True
    operations = deployment.get("pending_operations") or ()
    return any(operation["type"] == "creating" for operation in operations)


def _holder_runs(lock: str) -> bool:
    """An engine writes its lock in one piece: only a full disk cuts one short."""
    try:
        return _runs(int(json.loads(lock)["pid"]))
    except ValueError:
        return False


def _runs(pid: int) -> bool:
    """Whether the process is there; locks are this machine's own, as the backend is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True
