"""An endpoint: which of its fleets a request goes to while one takes over from another."""

import random

from local.clock import Clock
from local.sagemaker.backlog import Backlog
from local.sagemaker.fleet import Fleet
from local.sagemaker.measurement import BacklogMeasurement
from local.sagemaker.storage import Storage


class Endpoint:
    """Routes between the fleet that serves and one that may come. random_source: decides."""

    def __init__(
        self,
        serving: Fleet,
        random_source: random.Random,
        storage: Storage,
        clock: Clock,
        measurement: BacklogMeasurement,
    ) -> None:
        self.backlog = Backlog(self.pick, lambda: self._serving, storage, clock, measurement)
        """Asynchronous requests: they outlast the fleet that was there when they came."""
        self._random = random_source
        self._serving = serving
        # Replaced as a whole, so that a request sees one moment's routing.
        self._incoming: tuple[Fleet, float] | None = None

    @property
    def serving(self) -> Fleet:
        """The fleet whose configuration the endpoint has."""
        return self._serving

    def pick(self) -> Fleet:
        """The fleet for one request."""
        incoming = self._incoming
        if incoming and self._random.random() < incoming[1]:
            return incoming[0]
        return self._serving

    def route(self, fleet: Fleet, share: float) -> Fleet | None:
        """From now on `share` of the requests, 0..1, goes to `fleet`.

        Answers the fleet that got its last request by that, if one did.
        """
        if share < 1.0:
            self._incoming = (fleet, share)
            return None
        before, self._serving = self._serving, fleet
        self._incoming = None
        return before if before is not fleet else None

    def withdraw(self, fleet: Fleet) -> None:
        """Takes the share back from a fleet that has come."""
        if self._incoming and self._incoming[0] is fleet:
            self._incoming = None

    def close(self) -> None:
        """Stops every fleet, without waiting for its requests."""
        self.backlog.close()
        incoming, self._incoming = self._incoming, None
        if incoming:
            incoming[0].close(drain_seconds=0)
        self._serving.close(drain_seconds=0)
