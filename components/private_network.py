"""PrivateNetwork: subnets of the stack's own, from which no way leads to the internet."""

# The SDK's EC2 module takes a second to import: annotations alone must not need it, for the stacks
# that have no network.
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.config.network import PrivateNetworkConfig
from components.content import Content
from components.context import Context
from components.network.private_vpc import PrivateVpc
from components.network.vpc_endpoints import VpcEndpoints

HTTPS = 443


class PrivateNetworkArgs(TypedDict):
    """The network of a stack."""

    context: Context
    """The stack."""
    settings: PrivateNetworkConfig
    """The block `network` of the stack's config."""
    vpc: PrivateVpc
    """Where it is."""
    roles: Sequence[pulumi.Resource]
    """Execution roles of what runs in it. They outlive its subnets: with them SageMaker takes its
    network interfaces out, for some minutes after an endpoint is gone.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpoint.html"""


class PrivateNetwork(pulumi.ComponentResource):
    """Private subnets in two or more zones, and endpoints of AWS's services.

    What runs in it depends on the component: SageMaker reaches S3 from there by its endpoint alone
    (https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html).
    """

    content: Content
    """What tells this network from another, known at preview: its ids are not."""
    subnet_ids: Sequence[pulumi.Output[str]]
    """Ids of its subnets, one for each zone."""
    security_group_id: pulumi.Output[str]
    """Id of the containers' security group."""

    def __init__(
        self, name: str, args: PrivateNetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:PrivateNetwork", name, None, opts)
        self._prefix = args["context"].prefix
        self._vpc_id = args["vpc"].id
        self._child = pulumi.ResourceOptions(parent=self)
        # What network interfaces are in.
        self._occupied = pulumi.ResourceOptions(parent=self, depends_on=args["roles"])
        routes = aws.ec2.RouteTable(
            f"{name}-routes",
            vpc_id=self._vpc_id,
            # None, and none that somebody adds: only the way to S3, which is its endpoint's.
            routes=[],
            tags=self._named("private"),
            opts=self._child,
        )
        subnets = self._subnets(name, args["context"].region, args["settings"], routes)
        containers = self._group(name, "containers", "Containers of endpoints", self._occupied)
        endpoints_group = self._group(
            name, "vpc-endpoints", "Endpoints of AWS services", self._child
        )
        endpoints = VpcEndpoints(
            f"{name}-endpoints",
            {
                "context": args["context"],
                "vpc_id": self._vpc_id,
                "subnet_ids": [subnet.id for subnet in subnets],
                "route_table_id": routes.id,
                "security_group_id": endpoints_group.id,
            },
            self._child,
        )
        self._rules(name, containers, endpoints_group, endpoints.s3_prefix_list_id)
        self.content = network_content(args["settings"])
        self.subnet_ids = [subnet.id for subnet in subnets]
        self.security_group_id = containers.id
        self.register_outputs(
            {"subnet_ids": self.subnet_ids, "security_group_id": self.security_group_id}
        )

    def _subnets(
        self,
        name: str,
        region: str,
        settings: PrivateNetworkConfig,
        routes: aws.ec2.RouteTable,
    ) -> list[aws.ec2.Subnet]:
        subnets = []
        for zone, addresses in settings.subnets().items():
            subnet = aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=self._vpc_id,
                availability_zone=f"{region}{zone}",
                cidr_block=str(addresses),
                map_public_ip_on_launch=False,
                tags=self._named(f"private-{zone}"),
                opts=self._occupied,
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-{zone}-routes",
                subnet_id=subnet.id,
                route_table_id=routes.id,
                opts=self._child,
            )
            subnets.append(subnet)
        return subnets

    def _group(
        self, name: str, whose: str, description: str, opts: pulumi.ResourceOptions
    ) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{name}-{whose}",
            # Another group is made before the one in use goes: both are in the VPC for a while, and
            # names are unique there.
            name_prefix=f"{self._prefix}-{whose}-",
            description=description,
            vpc_id=self._vpc_id,
            tags=self._named(whose),
            opts=opts,
        )

    def _rules(
        self,
        name: str,
        containers: aws.ec2.SecurityGroup,
        endpoints: aws.ec2.SecurityGroup,
        s3_prefix_list_id: pulumi.Input[str],
    ) -> None:
        """HTTPS from the containers to the endpoints; both groups have no other rule."""
        https: dict[str, Any] = {"ip_protocol": "tcp", "from_port": HTTPS, "to_port": HTTPS}
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-containers",
            security_group_id=endpoints.id,
            referenced_security_group_id=containers.id,
            description="From the containers",
            **https,
            opts=self._child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-endpoints",
            security_group_id=containers.id,
            referenced_security_group_id=endpoints.id,
            description="To endpoints of AWS services",
            **https,
            opts=self._child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-s3",
            security_group_id=containers.id,
            prefix_list_id=s3_prefix_list_id,
            description="To S3",
            **https,
            opts=self._child,
        )

    def _named(self, what: str) -> dict[str, str]:
        """The name that AWS's console shows."""
        return {"Name": f"{self._prefix}-{what}"}


def network_content(settings: PrivateNetworkConfig) -> Content:
    """What stands for the ids of a network, whatever the order in which its zones are written."""
    return {"cidr": str(settings.cidr), "zones": sorted(settings.zones)}
