"""The block `network`: the stack's own private network, its addresses and availability zones."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field, field_validator

from components.config.endpoint import Endpoint
from components.config.report import Clash
from components.config.strict import Strict
from components.config.values import config_fault, text, text_schema, validator

ZONE_LETTERS = "abcdefgh"
"""Those that AWS uses, up to f today, and two more: each has a slice of the addresses."""

_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PRIVATE = rf"(10\.{_OCTET}|172\.(1[6-9]|2[0-9]|3[01])|192\.168)\.{_OCTET}\.0/(1[6-9]|2[0-4])"
_FORM = rf"(?!172\.17\.){_PRIVATE}"
"""SageMaker uses 172.17.0.0/16 itself.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
"""

_CIDR = (
    "a private range of addresses (in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, and not in "
    "172.17.0.0/16, which SageMaker uses itself), from /16 to /24, written by its first address"
)
_CIDR_FIX = "Write it like 10.20.0.0/20"


def _cidr(value: object) -> IPv4Network:
    if not isinstance(value, str) or not re.fullmatch(_FORM, value):
        raise config_fault(_CIDR, _CIDR_FIX)
    network = IPv4Network(value, strict=False)
    if str(network) != value:
        raise config_fault(_CIDR, f"Write {network}")
    return network


Cidr = Annotated[IPv4Network, validator(_cidr, text_schema(_FORM, _CIDR, _CIDR_FIX))]
"""A private range of addresses: `10.20.0.0/20`."""

Zone = Annotated[
    str,
    text(
        f"[{ZONE_LETTERS[0]}-{ZONE_LETTERS[-1]}]",
        allowed="the letter of an availability zone of the region",
        fix="Write a for eu-central-1a",
    ),
]
"""The letter of an availability zone: `a`."""


class PrivateNetworkConfig(Strict):
    """A network of the stack's own, with no way to the internet, for every endpoint on instances
    that names no subnets itself. Serverless endpoints are never in it: AWS does not offer it."""

    cidr: Cidr
    """Its addresses: `10.20.0.0/20`. Each zone has an eighth of them, by its letter. They
    have to be enough without one zone: two for each instance, and as many again, since an update
    brings up a second fleet."""
    zones: Annotated[
        list[Zone],
        Field(min_length=2, max_length=4, json_schema_extra={"uniqueItems": True}),
    ]
    """Letters of the region's availability zones: `[a, b]`, each once. Whether the account has
    them, `aws ec2 describe-availability-zones` says."""

    @field_validator("zones")
    @classmethod
    def _each_once(cls, value: list[str]) -> list[str]:
        for zone in value:
            if value.count(zone) > 1:
                raise config_fault("each zone once", "Remove the other", seen=f"{zone} twice")
        return value

    def subnets(self) -> dict[str, IPv4Network]:
        """The addresses of each zone, in the order of their letters.

        A zone's own letter decides, so that none moves when another comes or goes: AWS can change
        no subnet's addresses.
        """
        slices = list(self.cidr.subnets(prefixlen_diff=(len(ZONE_LETTERS) - 1).bit_length()))
        return {zone: slices[ZONE_LETTERS.index(zone)] for zone in sorted(self.zones)}


RESERVED_ADDRESSES = 5
"""Of every subnet, by AWS.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""
ENDPOINT_ADDRESSES = 4
"""Of every subnet: one for each interface endpoint."""
INSTANCE_ADDRESSES = 2
"""At least, of each instance: https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html"""
FLEETS = 2
"""At once: an update brings the new fleet up beside the old one.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
"""


def uses_network(endpoint: Endpoint) -> bool:
    """Whether an endpoint is in the stack's own network, where there is one."""
    return not endpoint.is_serverless and endpoint.network.vpc is None


def network_clashes(
    network: PrivateNetworkConfig | None, endpoints: Mapping[str, Endpoint]
) -> Iterator[Clash]:
    """A network of the stack's own that no endpoint would be in costs by the hour all the same.

    network: None where it is a mistake by itself. endpoints: all that there are.
    """
    if endpoints and not any(map(uses_network, endpoints.values())):
        yield Clash(
            ("network",),
            "none where no endpoint would be in it: they are serverless, or name their own subnets",
            "Remove it, or run an endpoint on instances without network.vpc",
        )
    if network:
        yield from _address_clashes(network, endpoints)


def _address_clashes(
    network: PrivateNetworkConfig, endpoints: Mapping[str, Endpoint]
) -> Iterator[Clash]:
    """Addresses have to be enough for all instances, also without one of the zones."""
    instances = sum(map(_most_instances, filter(uses_network, endpoints.values())))
    needed = instances * INSTANCE_ADDRESSES * FLEETS
    zones = network.subnets().values()
    for_each = min(zone.num_addresses for zone in zones) - RESERVED_ADDRESSES - ENDPOINT_ADDRESSES
    free = for_each * (len(zones) - 1)
    if needed > free:
        yield Clash(
            ("network", "cidr"),
            f"a range with {needed} such addresses: {INSTANCE_ADDRESSES} for each of {instances} "
            "instances, and as many for the fleet that an update brings up beside them",
            "Write a larger range, add a zone, or lower instances.max",
            seen=f'"{network.cidr}", which has {free} addresses for instances without one zone',
        )


def _most_instances(endpoint: Endpoint) -> int:
    """Instances of a whole fleet; a schedule may go beyond a variant's own limits."""
    scheduled = (
        [bounds.max for bounds in endpoint.scaling.schedule.values()] if endpoint.scaling else []
    )
    counts = [
        max([variant.instances.max, *scheduled])
        for variant in endpoint.variants.values()
        if variant.instances
    ]
    return sum(counts) + (endpoint.shadow.instances.count if endpoint.shadow else 0)
