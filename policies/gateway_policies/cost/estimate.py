"""What all resources of a stack cost in a month, line by line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway_policies.cost.charge import (
    Charge,
    Entry,
    Estimator,
    Excluded,
    Quantity,
    Traffic,
    Undecided,
)
from gateway_policies.cost.endpoints import endpoint_charges
from gateway_policies.cost.free import is_free
from gateway_policies.cost.gateways import WEB_ACL, stage_charges, web_acl_charges
from gateway_policies.cost.lambdas import FUNCTION, function_charges, provisioned_charges
from gateway_policies.cost.others import OTHERS
from gateway_policies.cost.prices import REFERENCE_REGION, Price, PriceList
from gateway_policies.resource import Resource, Stack
from gateway_policies.sagemaker import ENDPOINT
from gateway_policies.stages import STAGE

_PROVIDER = "pulumi:providers:aws"
UNKNOWN_REGION = "an unknown region"
"""Where a resource is of which that cannot be told; no price is of it."""

ESTIMATORS: Mapping[str, Estimator] = {
    **OTHERS,
    ENDPOINT: endpoint_charges,
    STAGE: stage_charges,
    WEB_ACL: web_acl_charges,
    FUNCTION: function_charges,
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": provisioned_charges,
}


@dataclass(frozen=True)
class Line:
    """One charge of one resource, priced."""

    resource: Resource
    region: str
    charge: Charge
    price: Price | None
    """None if nobody knows it, not even for the region that stands in."""
    own: bool
    """Whether the price is the region's own."""

    @property
    def sure(self) -> bool:
        """Whether the price is the region's own, and AWS says so."""
        return self.own and self.price is not None and self.price.confirmed

    @property
    def usd(self) -> Quantity | None:
        """USD in a month; None if the price is not known, and something is used."""
        amount = self.charge.quantity
        if self.price is None:
            return None if amount.maximum else amount
        return Quantity(*map(self.price.of, (amount.minimum, amount.expected, amount.maximum)))


@dataclass(frozen=True)
class Estimate:
    """Of a whole stack."""

    lines: Sequence[Line]
    undecided: Sequence[tuple[Resource, str]]
    """Resources that cost something that cannot be told, and what it is."""
    excluded: Sequence[str]
    """What is in no sum, as nobody has stated how much of it is used."""


def estimate(stack: Stack, traffic: Traffic, prices: PriceList) -> Estimate:
    """Prices every resource. One whose type has no estimator, and is not free, is undecided."""
    default = _default_region(stack)
    lines: list[Line] = []
    undecided: list[tuple[Resource, str]] = []
    excluded: dict[str, None] = {}
    for resource in stack.resources:
        stated = resource.stated()
        for entry in _entries(stated, stack, traffic):
            if isinstance(entry, Undecided):
                undecided.append((resource, entry.what))
            elif isinstance(entry, Excluded):
                excluded[entry.what] = None
            elif entry.quantity.maximum:
                lines.append(priced(entry, resource, _region(stated, default), prices))
    return Estimate(lines, undecided, sorted(excluded))


def _entries(resource: Resource, stack: Stack, traffic: Traffic) -> Iterator[Entry]:
    estimator = ESTIMATORS.get(resource.type)
    if estimator:
        yield from estimator(resource, stack, traffic)
    elif resource.type.startswith("aws:") and not is_free(resource.type):
        yield Undecided(resource.type)


def priced(charge: Charge, resource: Resource, region: str, prices: PriceList) -> Line:
    """A charge with the price of its region, or with that of the region that stands in."""
    own = prices.find(region, charge.item)
    price = own or prices.find(REFERENCE_REGION, charge.item)
    return Line(resource, region, charge, price, own is not None)


def items(lines: Iterable[Line]) -> str:
    """What some lines are of."""
    return ", ".join(sorted({line.charge.item for line in lines}))


def regions(lines: Iterable[Line]) -> str:
    """Where what some lines are of will be."""
    return " and ".join(sorted({line.region for line in lines}))


def _region(resource: Resource, default: str) -> str:
    """Where a resource will be, as far as that is said."""
    region = resource.get("region")
    if region is None:
        return default
    return region if isinstance(region, str) else UNKNOWN_REGION


def _default_region(stack: Stack) -> str:
    """That of the providers, if all name one and agree."""
    regions = [provider.get("region") for provider in stack.of_type(_PROVIDER)]
    if regions and isinstance(regions[0], str) and regions.count(regions[0]) == len(regions):
        return regions[0]
    return UNKNOWN_REGION
