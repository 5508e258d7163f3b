"""Looks after the instances of a fleet for as long as it serves."""

import logging
import threading
from collections.abc import Callable, Sequence

from local.sagemaker.variant import Variant

CHECK_SECONDS = 0.5
"""Between two rounds. SageMaker's own number is not confirmed."""

_log = logging.getLogger(__name__)


class Supervisor:
    """A thread that checks and measures variants, round after round, until it is closed."""

    def __init__(
        self,
        variants: Sequence[Variant],
        measure: Callable[[Variant], None],
        pause_seconds: float = CHECK_SECONDS,
    ) -> None:
        self._variants = variants
        self._measure = measure
        self._pause_seconds = pause_seconds
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Returns when no check is under way any more."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(self._pause_seconds):
            for variant in self._variants:
                try:
                    # Before a check, which an instance that hangs makes long.
                    self._measure(variant)
                    variant.check()
                except Exception:  # a machine short of processes or memory must not end the thread
                    _log.exception("variant %s could not be checked", variant.plan.name)
