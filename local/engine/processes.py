"""Child processes that never outlive the language host."""

import errno
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class Processes:
    """Those that run now; safe to use from several threads.

    Children stay in the host's process group: the engine ends that group as a whole.
    """

    def __init__(self) -> None:
        # Reentrant: a signal handler may close what the thread that it interrupts is closing.
        self._lock = threading.RLock()
        self._closed = False
        self._running: set[subprocess.Popen[bytes]] = set()

    @contextmanager
    def started(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        output: int | None = None,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command in `folder` for as long as the block lasts at most.

        output: None for the host's own streams, subprocess.PIPE to read them.
        Raises OSError if it cannot be started, as after `close`.
        """
        with self._lock:
            if self._closed:
                raise OSError(errno.ECANCELED, "the language host is ending", command[0])
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            self._running.add(child)
        try:
            with child:
                try:
                    yield child
                finally:
                    child.kill()  # does nothing to one that has ended
        finally:
            with self._lock:
                self._running.discard(child)

    def kill(self) -> None:
        """Kill what runs now."""
        with self._lock:
            for child in self._running:
                child.kill()

    def close(self) -> None:
        """Kill what runs now and start no more: the host is about to exit."""
        with self._lock:
            self._closed = True
            self.kill()
