"""PrivateVpc: an empty VPC of the stack's own, without internet, and the log of its traffic."""

# See private_network.py: the SDK's EC2 module takes a second to import.
from __future__ import annotations

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.config.network import PrivateNetworkConfig
from components.content import Content
from components.context import Context
from components.network.flow_log import FlowLog


class PrivateVpcArgs(TypedDict):
    """The VPC of a stack."""

    context: Context
    """The stack."""
    settings: PrivateNetworkConfig
    """The block `network` of the stack's config."""
    key_arn: pulumi.Input[str]
    """KMS key of the flow log."""
    log_retention_days: int
    """How long the flow log is kept."""


class PrivateVpc(pulumi.ComponentResource):
    """The VPC, its default group, closed, and its flow log.

    A component of its own: execution roles name the VPC, and what is in it depends on those roles.
    """

    content: Content
    """What tells it from another, known at preview: its id is not."""
    id: pulumi.Output[str]
    """Id of the VPC."""
    arn: pulumi.Output[str]
    """ARN of the VPC."""

    def __init__(
        self, name: str, args: PrivateVpcArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:PrivateVpc", name, None, opts)
        context, settings = args["context"], args["settings"]
        child = pulumi.ResourceOptions(parent=self)
        # With the names of AWS's services, which lead to the endpoints here.
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=str(settings.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": f"{context.prefix}-private"},
            opts=child,
        )
        # https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags={"Name": unused_name(context)},
            opts=child,
        )
        FlowLog(
            f"{name}-flows",
            {
                "context": context,
                "vpc_id": vpc.id,
                "key_arn": args["key_arn"],
                "log_retention_days": args["log_retention_days"],
            },
            child,
        )
        self.content = {"cidr": str(settings.cidr)}
        self.id = vpc.id
        self.arn = vpc.arn
        self.register_outputs({"id": self.id, "arn": self.arn})


def unused_name(context: Context) -> str:
    """The tag `Name` of the default group, by which nobody may open it."""
    return f"{context.prefix}-unused"
