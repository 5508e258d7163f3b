"""What the machine gives this container, by its control group's limits, and gets back of it.

https://docs.kernel.org/admin-guide/cgroup-v2.html
https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
"""

import ctypes
import math
import os
from contextlib import suppress
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")

MIB = 1024 * 1024

WORKER_BYTES = 256 * MIB
"""What a worker may come to need: 30 MiB as it starts, and the largest requests at work."""

M_MMAP_THRESHOLD = -3
"""Of malloc.h."""

MAPPED_BYTES = 65_536
"""Memory of this size or more is mapped by itself, and goes back when it is freed."""


def default_workers(root: Path = CGROUP) -> int:
    """Worker processes: one for each processor, as far as memory goes, at least one."""
    memory = memory_limit(root)
    fitting = processors(root) if memory is None else memory // WORKER_BYTES
    return max(1, min(processors(root), fitting))


def default_models_mib(root: Path = CGROUP) -> int:
    """MiB for the models of a multi-model container: all that its one worker may not need."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, ((memory_limit(root) or machine) - WORKER_BYTES) // MIB)


def hand_back_freed_memory() -> None:
    """Have the C library hand back large pieces of memory once they are freed.

    It would else take the first ones for what is wont to come, and keep as much: 200 clients that
    send 6 MB each would leave some 100 MiB in a worker, for good.
    https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    with suppress(AttributeError):  # there is none but in glibc
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES)


def processors(root: Path = CGROUP) -> int:
    """Processors that this process may use at a time, a part of one counted whole."""
    available = len(os.sched_getaffinity(0))
    quota = _quota(root)
    return available if quota is None else max(1, min(available, math.ceil(quota)))


def memory_limit(root: Path = CGROUP) -> int | None:
    """Bytes that the container may use; None where it has no limit of its own."""
    limit = _number(root / "memory.max") or _number(root / "memory/memory.limit_in_bytes")
    # Version 1 writes "no limit" as the largest number of pages there can be.
    return limit if limit and limit < 2**60 else None


def _quota(root: Path) -> float | None:
    words = _words(root / "cpu.max")  # quota and period, in microseconds; "max" is no quota
    if len(words) == 2 and words[0].isdigit():
        return int(words[0]) / int(words[1])
    quota, period = (_number(root / f"cpu/cpu.cfs_{name}_us") for name in ("quota", "period"))
    return quota / period if quota and period else None


def _number(path: Path) -> int | None:
    words = _words(path)
    return int(words[0]) if words and words[0].isdigit() else None


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except OSError:
        return []
