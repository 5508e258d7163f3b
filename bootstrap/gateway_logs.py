"""GatewayLogs: the role by which API Gateway writes every log of the region into CloudWatch."""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from bootstrap.names import ACCOUNT_PATH
from components.context import Context
from components.iam import allow, document, trust

SERVICE = "apigateway.amazonaws.com"
ROLE_NAME = "ml-gateway-api-logs"


class GatewayLogsArgs(TypedDict):
    """The account's log settings."""

    account: Context
    """The account, with the project's name as prefix."""


class GatewayLogs(pulumi.ComponentResource):
    """API Gateway's account settings: without them no stage may have a log.

    There is one for each region, for whatever else uses API Gateway there. So both the settings
    and the role stay when the program is destroyed.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """

    def __init__(
        self, name: str, args: GatewayLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway-bootstrap:index:GatewayLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        account = args["account"]
        role = aws.iam.Role(
            name,
            name=f"{ROLE_NAME}-{account.region}",
            path=ACCOUNT_PATH,
            assume_role_policy=document([trust(SERVICE, account.account_id)], "aws:iam/role:Role"),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            name="logs",
            role=role.name,
            policy=document(
                [
                    allow(
                        "WriteLogs",
                        [
                            "logs:CreateLogGroup",
                            "logs:CreateLogStream",
                            "logs:DescribeLogGroups",
                            "logs:DescribeLogStreams",
                            "logs:FilterLogEvents",
                            "logs:GetLogEvents",
                            "logs:PutLogEvents",
                        ],
                        [account.arn("logs", "log-group:*")],
                    )
                ]
            ),
            opts=child,
        )
        aws.apigateway.Account(
            f"{name}-account",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True, depends_on=[policy]),
        )
        self.register_outputs({})
