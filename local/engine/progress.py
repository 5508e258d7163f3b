"""Tells whoever waits that the engine is still on its way."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

PLAIN_INTERVAL_SECONDS = 30.0
"""How often a log, unlike a terminal, gets another line."""

_ERASE_LINE = "\r\033[K"


class Progress:
    """Plain lines, and one line with the elapsed seconds that a terminal sees change in place.

    stream: usually standard error. clock: monotonic seconds.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._task = ""
        self._started_at = 0.0
        self._shown_at = 0.0
        self._quiet_seconds = 0.0

    def say(self, line: str) -> None:
        """Show one line for good."""
        self._write(f"{line}\n")

    @contextmanager
    def task(self, name: str, quiet_seconds: float = 0.0) -> Iterator[None]:
        """Count the seconds of a block, which is done, or failed if it raises."""
        self.start(name, quiet_seconds)
        outcome = "failed"
        try:
            yield
            outcome = "done"
        finally:
            self.finish(outcome)

    def start(self, task: str, quiet_seconds: float = 0.0) -> None:
        """Begin to count the seconds of a task, named in a few words.

        quiet_seconds: a task that ends before then is never shown.
        """
        self._task = task
        self._started_at = self._shown_at = self._clock()
        self._quiet_seconds = quiet_seconds
        if quiet_seconds:  # a log gets its first line once they have passed
            self._shown_at += quiet_seconds - PLAIN_INTERVAL_SECONDS
        else:
            self._write(task if self._terminal else f"{task}\n")

    def tick(self) -> None:
        """Show the elapsed seconds, if it is time to."""
        now = self._clock()
        if now - self._started_at < self._quiet_seconds:
            return
        if self._terminal:
            self._write(f"{_ERASE_LINE}{self._task}: {self._seconds(now)}")
        elif now - self._shown_at >= PLAIN_INTERVAL_SECONDS:
            self._shown_at = now
            self._write(f"{self._task}: {self._seconds(now)}\n")

    def finish(self, outcome: str) -> None:
        """End the task with its outcome: "done" or "failed"."""
        now = self._clock()
        if now - self._started_at < self._quiet_seconds:
            return
        erase = _ERASE_LINE if self._terminal else ""
        self._write(f"{erase}{self._task}: {outcome} after {self._seconds(now)}\n")

    def _seconds(self, now: float) -> str:
        return f"{now - self._started_at:.0f} s"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
