"""FlowLog: who talked to whom in a VPC, and what was refused."""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.context import Context
from components.iam import ServiceRole, Statement, allow


class FlowLogArgs(TypedDict):
    """The flow log of a VPC."""

    context: Context
    """The stack."""
    vpc_id: pulumi.Input[str]
    """The VPC."""
    key_arn: pulumi.Input[str]
    """KMS key of the log."""
    log_retention_days: int
    """How long the log is kept."""


class FlowLog(pulumi.ComponentResource):
    """All traffic of a VPC, accepted and rejected, in an encrypted log group.

    Security Hub asks for it:
    https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6
    """

    def __init__(
        self, name: str, args: FlowLogArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:FlowLog", name, None, opts)
        context = args["context"]
        child = pulumi.ResourceOptions(parent=self)
        group = aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=flow_log_group(context),
            kms_key_id=args["key_arn"],
            retention_in_days=args["log_retention_days"],
            opts=child,
        )
        role = ServiceRole(
            f"{name}-role",
            {
                "context": context,
                "role_name": f"{context.prefix}-flow-logs",
                "service": "vpc-flow-logs.amazonaws.com",
                "statements": delivery(context),
                "reaches": [],
            },
            child,
        )
        aws.ec2.FlowLog(
            name,
            vpc_id=args["vpc_id"],
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags={"Name": f"{context.prefix}-private"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.policy]),
        )
        self.register_outputs({})


def flow_log_group(context: Context) -> str:
    """Name of the log group, known at preview."""
    return f"/aws/vpc/{context.prefix}-private"


def delivery(context: Context) -> list[Statement]:
    """What AWS's delivery needs, less the making of log groups: ours is there.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    return [
        allow(
            "DeliverFlowLogs",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [context.arn("logs", f"log-group:{flow_log_group(context)}:*")],
        ),
        # This action takes no resource: https://docs.aws.amazon.com/service-authorization/
        allow("FindLogGroups", ["logs:DescribeLogGroups"], ["*"]),
    ]
