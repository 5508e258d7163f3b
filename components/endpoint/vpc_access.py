"""Where an endpoint's containers have their network interfaces, if in any VPC of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.config.endpoint import Endpoint
from components.config.network import uses_network
from components.content import Content
from components.private_network import PrivateNetwork


@dataclass(frozen=True)
class VpcAccess:
    """Subnets and security groups of an endpoint."""

    content: Content
    """What tells them from others, known at preview: ids of the stack's own network are not."""
    subnets: Sequence[pulumi.Input[str]]
    """Ids of the subnets."""
    security_groups: Sequence[pulumi.Input[str]]
    """Ids of the security groups."""
    network: PrivateNetwork | None = None
    """The stack's own network, where it is that one: what runs there depends on all of it."""


def vpc_access(settings: Endpoint, network: PrivateNetwork | None) -> VpcAccess | None:
    """The VPC that the endpoint names itself, else the stack's own; None where there is neither.

    network: the stack's own.
    """
    if vpc := settings.network.vpc:
        content = {"subnets": vpc.subnets, "security_group_ids": vpc.security_groups}
        return VpcAccess(content, vpc.subnets, vpc.security_groups)
    if network and uses_network(settings):
        groups = [network.security_group_id]
        return VpcAccess(network.content, network.subnet_ids, groups, network)
    return None
