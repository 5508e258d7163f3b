"""What a process and all that it has started use of the machine, as Linux's /proc has it.

https://man7.org/linux/man-pages/man5/proc.5.html
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TIMES = slice(11, 15)
"""utime, stime, cutime and cstime in /proc/<pid>/stat, behind the command's name."""


@dataclass(frozen=True)
class Usage:
    """Of a process and all below it. cpu_seconds: since they began, their ended children's as well.

    memory_bytes: resident; pages that several of them share count for each.
    """

    cpu_seconds: float = 0.0
    memory_bytes: int = 0


def usage(pid: int) -> Usage:
    """What a process and all below it use; nothing once it has ended."""
    ticks = pages = 0
    for each in _family(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            pages += int(Path(f"/proc/{each}/statm").read_text().split()[1])
            ticks += sum(map(int, fields[_TIMES]))
    return Usage(ticks / _TICKS, pages * _PAGE_BYTES)


def children(pid: int) -> list[int]:
    """The processes that a process started, and that still run."""
    with suppress(OSError):
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
        return [int(child) for text in lists for child in text.split()]
    return []


def memory_of_the_machine() -> int:
    """Bytes that the machine has."""
    return os.sysconf("SC_PHYS_PAGES") * _PAGE_BYTES


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in children(pid):
        yield from _family(child)
