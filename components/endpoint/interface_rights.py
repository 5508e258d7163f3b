"""The rights to the network interfaces by which SageMaker connects containers to a VPC.

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms,
limited as https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
allows: what a permission is deleted from, EC2 does not say.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.context import Context
from components.iam import Statement, allow

_CREATE = ["ec2:CreateNetworkInterface"]


def rights_in_subnets(
    context: Context, subnet_ids: Sequence[str], security_group_ids: Sequence[str]
) -> Iterator[Statement]:
    """Network interfaces in the given subnets and security groups, and in no others."""
    subnets = [context.arn("ec2", f"subnet/{subnet}") for subnet in subnet_ids]
    groups = [context.arn("ec2", f"security-group/{group}") for group in security_group_ids]
    yield allow("CreateNetworkInterfaces", _CREATE, [_interfaces(context), *subnets, *groups])
    yield from _use(context, {"ArnEquals": {"ec2:Subnet": subnets}})


def rights_in_vpc(context: Context, vpc_arn: str) -> Iterator[Statement]:
    """Network interfaces in the stack's own VPC, and in no other.

    Its subnets and groups are not named: they depend on the role, and so go before it.
    """
    inside = {"ArnEquals": {"ec2:Vpc": vpc_arn}}
    places = [context.arn("ec2", f"{kind}/*") for kind in ("security-group", "subnet")]
    # Of an interface that is yet to be made, EC2 does not say where: its subnet has to do.
    yield allow("CreateNetworkInterfaces", _CREATE, [_interfaces(context)])
    yield allow("CreateInNetwork", _CREATE, places, inside)
    yield from _use(context, inside)


def _interfaces(context: Context) -> str:
    return context.arn("ec2", "network-interface/*")


def _use(context: Context, inside: Mapping[str, Any]) -> Iterator[Statement]:
    """inside: the condition on where an interface is."""
    interfaces = [_interfaces(context)]
    yield allow(
        "UseNetworkInterfaces",
        ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"],
        interfaces,
        inside,
    )
    yield allow("LeaveNetworkInterfaces", ["ec2:DeleteNetworkInterfacePermission"], interfaces)
    yield allow(
        "DescribeNetwork",
        [
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        ["*"],
    )
