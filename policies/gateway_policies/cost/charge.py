"""What a resource is billed for: items and how much of each, without any price."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway_policies.resource import Resource, Stack

HOURS = 730
"""Of a month, as AWS's own calculator counts them."""
SECONDS = HOURS * 3600


@dataclass(frozen=True)
class Quantity:
    """Units in a month."""

    minimum: float
    """When nobody calls and all capacity is at its least."""
    expected: float
    """With the traffic that the configuration expects."""
    maximum: float
    """When all capacity is at its most all the time. Requests stay as expected."""

    def times(self, factor: float) -> "Quantity":
        """Of something of which there is more, or which is counted in smaller units."""
        return Quantity(self.minimum * factor, self.expected * factor, self.maximum * factor)


def always(amount: float) -> Quantity:
    """What is billed whether or not anybody calls."""
    return Quantity(amount, amount, amount)


def used(amount: float) -> Quantity:
    """What is billed by use alone."""
    return Quantity(0, amount, amount)


@dataclass(frozen=True)
class Charge:
    """So much of an item; prices.json has what one unit of it costs."""

    item: str
    quantity: Quantity


@dataclass(frozen=True)
class Undecided:
    """Something is billed, and how much cannot be told: a value that preview does not know."""

    what: str


@dataclass(frozen=True)
class Excluded:
    """Billed by use that nobody has stated, so in no sum."""

    what: str


Entry = Charge | Undecided | Excluded


@dataclass(frozen=True)
class Traffic:
    """What a month is expected to bring, for all of a stack's gateways together, evenly."""

    requests: float
    milliseconds: float
    """That a request keeps the model busy."""
    kilobytes: float
    """Of a request, and as many of its answer."""

    @property
    def busy_seconds(self) -> float:
        """Of the model, with one request at a time."""
        return self.requests * self.milliseconds / 1000

    @property
    def gigabytes(self) -> float:
        """One way: what is sent, or what is answered."""
        return self.requests * self.kilobytes / 1024**2

    def share(self, part: float) -> "Traffic":
        """A part of the requests."""
        return Traffic(self.requests * part, self.milliseconds, self.kilobytes)


NO_TRAFFIC = Traffic(0, 0, 0)

Estimator = Callable[[Resource, Stack, Traffic], Iterator[Entry]]
"""What a resource of a type is billed for. The traffic is that of the whole stack."""
