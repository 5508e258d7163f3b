"""The same traffic through three architectures: what a stack would cost if built another way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway_policies.cost.charge import Charge, Traffic
from gateway_policies.cost.gateways import request_charges
from gateway_policies.cost.lambdas import invocation_charges

ROUTER_MEGABYTES = 512
"""Memory of the router Lambda, which waits as long as the model works."""


@dataclass(frozen=True)
class Architecture:
    """A way from the client to the model."""

    name: str
    gateway: Sequence[Charge]
    compute: Sequence[Charge]
    """What runs behind the gateway, without endpoints."""
    endpoints: bool
    """Whether endpoints run as well."""


def architectures(traffic: Traffic, megabytes: float) -> Iterator[Architecture]:
    """The three. megabytes: memory of a Lambda that holds the model."""
    gateway = tuple(request_charges(traffic))
    router = tuple(invocation_charges(traffic, ROUTER_MEGABYTES))
    alone = tuple(invocation_charges(traffic, megabytes))
    yield Architecture("direct: REST API, endpoint", gateway, (), True)
    yield Architecture("indirect: REST API, router Lambda, endpoint", gateway, router, True)
    yield Architecture("Lambda only: REST API, the model in a Lambda", gateway, alone, False)
