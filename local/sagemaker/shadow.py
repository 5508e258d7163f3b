"""Shadow variants: copies of requests, whose answers nobody waits for.

https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html
"""

import logging
import queue
import random
import threading
import time
from contextlib import suppress

from local.sagemaker.exchange import NoWholeAnswer
from local.sagemaker.invocation import CONTAINER_SECONDS, Invocation
from local.sagemaker.invoker import Invoker
from local.sagemaker.variant import Variant

WORKERS = 8
"""Copies that are with the shadow at once."""
MAX_WAITING = 64
"""Copies that wait; what comes while so many do is dropped."""

_log = logging.getLogger(__name__)


class Shadow:
    """Sends copies to one shadow variant, from threads of its own."""

    def __init__(self, variant: Variant, invoker: Invoker, random_source: random.Random) -> None:
        self.variant = variant
        self.dropped = 0
        """Copies that found the queue full."""
        self._invoker = invoker
        self._random = random_source
        self._waiting: queue.Queue[Invocation | None] = queue.Queue(MAX_WAITING)
        for _ in range(WORKERS):
            threading.Thread(target=self._run, name="shadow", daemon=True).start()

    def offer(self, invocation: Invocation, production_weight: float) -> None:
        """Takes a copy, at once, of so many requests as the weights say.

        The sample is the shadow's weight over the production variant's, at most all.
        """
        if self._random.random() * production_weight >= self.variant.plan.weight:
            return
        try:
            self._waiting.put_nowait(invocation)
        except queue.Full:
            if self.dropped == 0:
                _log.warning("shadow variant %s is too slow for all", self.variant.plan.name)
            self.dropped += 1

    def close(self) -> None:
        """Forgets the copies that wait, and stops the variant."""
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        self._waiting.put(None)
        self.variant.close()

    def _run(self) -> None:
        while (invocation := self._waiting.get()) is not None:
            try:
                self._invoker.call(
                    self.variant, invocation, CONTAINER_SECONDS, arrived=time.monotonic()
                )
            except (NoWholeAnswer, TimeoutError):
                pass  # measured, and nobody's trouble
            except Exception:  # nor may anything else end the thread
                _log.exception("shadow variant %s", self.variant.plan.name)
        self._waiting.put(None)  # for the next thread
