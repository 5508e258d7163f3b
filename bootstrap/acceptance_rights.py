"""What tests/acceptance does with a stack, as data. tests/acceptance/README.md says what for.

It reads what was asked and answered, and fires alarms: a role of its own has it, and no deploy.
"""

from bootstrap.names import bucket_arns
from bootstrap.stack_rights import ENDPOINT_KINDS, alarm_arn, own_buckets, tagged
from components.bucket_names import data_bucket_name
from components.context import Context
from components.data_bucket import ASYNCHRONOUS
from components.iam import Statement, allow
from components.openapi.api import STAGE_NAME

WITHOUT_RESOURCE = (
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "cloudwatch:GetMetricStatistics",
    "ec2:DescribeFlowLogs",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribePrefixLists",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
    "logs:DescribeLogGroups",
)
"""What it looks at by actions that take no resource."""


def acceptance(stack: Context) -> list[Statement]:
    """Every right, limited to the stack's own where AWS can limit it."""
    writers = ("apigateway", "sagemaker/Endpoints", "vpc")
    logs = [stack.arn("logs", f"log-group:/aws/{w}/{stack.prefix}-*") for w in writers]
    return [
        *_serving(stack),
        *_data(stack),
        *_gateways(stack),
        # Ids of APIs are made up, and calls know no tags: other stages of this account as well.
        allow(
            "CallRoutes", ["execute-api:Invoke"], [stack.arn("execute-api", f"*/{STAGE_NAME}/*")]
        ),
        allow("ReadLogs", ["logs:DescribeLogStreams", "logs:FilterLogEvents"], logs),
        allow("See", WITHOUT_RESOURCE, ["*"]),
    ]


def _serving(stack: Context) -> list[Statement]:
    """Endpoints, and their alarms: each is fired and set back."""
    kinds = (*ENDPOINT_KINDS, "model")
    return [
        allow(
            "SeeEndpoints",
            [f"sagemaker:Describe{noun}" for noun in ("Endpoint", "EndpointConfig", "Model")],
            [stack.arn("sagemaker", f"{kind}/{stack.prefix}-*") for kind in kinds],
        ),
        allow(
            "FireAlarms",
            ["cloudwatch:DescribeAlarms", "cloudwatch:SetAlarmState"],
            [alarm_arn(stack)],
        ),
    ]


def _data(stack: Context) -> list[Statement]:
    """Captured records and results; requests of async endpoints are put there first."""
    buckets, data = own_buckets(stack), data_bucket_name(stack)
    return [
        allow(
            "SeeBuckets",
            [
                "s3:GetBucketPolicy",
                "s3:GetBucketPublicAccessBlock",
                "s3:GetEncryptionConfiguration",
                "s3:ListBucket",
            ],
            [arn for name in buckets for arn in bucket_arns(name)],
        ),
        allow("ReadData", ["s3:GetObject"], bucket_arns(data, "*")),
        allow("PutRequests", ["s3:PutObject"], bucket_arns(data, f"{ASYNCHRONOUS}/*")),
        allow(
            "UseKey",
            ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:GetKeyRotationStatus"],
            [stack.arn("kms", "key/*")],
            tagged(stack, "ResourceTag"),
        ),
    ]


def _gateways(stack: Context) -> list[Statement]:
    """Stages and plans by their tags. A list of plans has none, so it names those of others too."""
    place = f"arn:aws:apigateway:{stack.region}::"
    own = [f"{place}/{kind}/*" for kind in ("restapis", "usageplans")]
    return [
        allow("SeeApis", ["apigateway:GET"], own, tagged(stack, "ResourceTag")),
        allow("ListPlans", ["apigateway:GET"], [f"{place}/usageplans"]),
    ]
