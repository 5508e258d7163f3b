"""PrivateNetwork: a VPC of the stack's own, from which no way leads to the internet."""

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
from components.network.flow_log import FlowLog
from components.network.vpc_endpoints import VpcEndpoints

HTTPS = 443


class PrivateNetworkArgs(TypedDict):
    """The network of a stack."""

    context: Context
    """The stack."""
    settings: PrivateNetworkConfig
    """The block `network` of the stack's config."""
    key_arn: pulumi.Input[str]
    """KMS key of the flow log."""
    log_retention_days: int
    """How long the flow log is kept."""


class PrivateNetwork(pulumi.ComponentResource):
    """Private subnets in two or more zones, endpoints of AWS's services, and a flow log.

    What runs in it depends on the component: without the endpoints no container starts.
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
        context, settings = args["context"], args["settings"]
        self._prefix = context.prefix
        self._child = pulumi.ResourceOptions(parent=self)
        vpc = self._vpc(name, str(settings.cidr))
        routes = aws.ec2.RouteTable(
            f"{name}-routes",
            vpc_id=vpc.id,
            # None, and none that somebody adds: only the way to S3, which is its endpoint's.
            routes=[],
            tags=self._named("private"),
            opts=self._child,
        )
        subnets = self._subnets(name, context.region, settings, vpc, routes)
        containers = self._group(
            name, "containers", "Containers: to AWS's services, and nowhere else", vpc
        )
        doors = self._group(name, "vpc-endpoints", "Endpoints of AWS's services", vpc)
        endpoints = VpcEndpoints(
            f"{name}-endpoints",
            {
                "context": context,
                "vpc_id": vpc.id,
                "subnet_ids": [subnet.id for subnet in subnets],
                "route_table_id": routes.id,
                "security_group_id": doors.id,
            },
            self._child,
        )
        self._let_out(name, containers, doors, endpoints.s3_prefix_list_id)
        FlowLog(
            f"{name}-flows",
            {
                "context": context,
                "vpc_id": vpc.id,
                "key_arn": args["key_arn"],
                "log_retention_days": args["log_retention_days"],
            },
            self._child,
        )
        self.content = network_content(settings)
        self.subnet_ids = [subnet.id for subnet in subnets]
        self.security_group_id = containers.id
        self.register_outputs(
            {"subnet_ids": self.subnet_ids, "security_group_id": self.security_group_id}
        )

    def _vpc(self, name: str, cidr: str) -> aws.ec2.Vpc:
        """With the names of AWS's services, which lead to the endpoints here, and no open group.

        https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
        """
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._named("private"),
            opts=self._child,
        )
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=self._named("unused"),
            opts=self._child,
        )
        return vpc

    def _subnets(
        self,
        name: str,
        region: str,
        settings: PrivateNetworkConfig,
        vpc: aws.ec2.Vpc,
        routes: aws.ec2.RouteTable,
    ) -> list[aws.ec2.Subnet]:
        subnets = []
        for zone, addresses in settings.subnets().items():
            subnet = aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=vpc.id,
                availability_zone=f"{region}{zone}",
                cidr_block=str(addresses),
                map_public_ip_on_launch=False,
                tags=self._named(f"private-{zone}"),
                opts=self._child,
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
        self, name: str, whose: str, description: str, vpc: aws.ec2.Vpc
    ) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{name}-{whose}",
            name=f"{self._prefix}-{whose}",
            description=description,
            vpc_id=vpc.id,
            tags=self._named(whose),
            opts=pulumi.ResourceOptions(
                parent=self,
                # The engine would otherwise delete a group with a name of ours before it makes
                # another, and AWS refuses while containers are in it. In another VPC the name is
                # free.
                delete_before_replace=False,
            ),
        )

    def _let_out(
        self,
        name: str,
        containers: aws.ec2.SecurityGroup,
        doors: aws.ec2.SecurityGroup,
        s3_prefix_list_id: pulumi.Input[str],
    ) -> None:
        """HTTPS from the containers to the endpoints; both groups have no other rule."""
        https: dict[str, Any] = {"ip_protocol": "tcp", "from_port": HTTPS, "to_port": HTTPS}
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-containers",
            security_group_id=doors.id,
            referenced_security_group_id=containers.id,
            description="From the containers",
            **https,
            opts=self._child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-endpoints",
            security_group_id=containers.id,
            referenced_security_group_id=doors.id,
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
