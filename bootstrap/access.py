"""What roles may do, as data: who publishes, who deploys and previews a stack, its own roles."""

from collections.abc import Sequence

from bootstrap.acceptance_rights import acceptance
from bootstrap.names import (
    SECRETS_ALIAS,
    SHARED_ALIAS,
    artifact_bucket,
    bucket_arns,
    state_bucket,
)
from bootstrap.network_rights import network
from bootstrap.stack_rights import (
    ENDPOINT_KINDS,
    alarm_arn,
    alarms,
    apis,
    buckets,
    hosting,
    logs,
    own_buckets,
    own_key,
    packages,
    roles,
    scaling,
    stack_name,
    web_acls,
)
from components.bucket_names import default_bucket
from components.config.stack import NAMESPACE as PROJECT
from components.context import Context
from components.iam import Statement, allow
from components.published import REPOSITORY


def deploy_policies(account: Context, stack: Context) -> dict[str, list[Statement]]:
    """What deploying a stack takes, by policy: each stays below IAM's size.

    account: with the project's name as prefix. stack: with the stack's own.
    """
    return {
        "account": [
            *_state(account, stack, ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
            _by_alias(account, "UseSecretsKey", SECRETS_ALIAS, ["kms:Decrypt", "kms:Encrypt"]),
            _by_alias(
                account, "UseSharedKey", SHARED_ALIAS, ["kms:Decrypt", "kms:GenerateDataKey"]
            ),
            *_published(account, ["s3:GetObject", "s3:GetObjectAttributes"]),
            no_other_stacks(stack),
        ],
        "foundation": [*roles(stack), *own_key(stack), *buckets(stack)],
        "serving": [*hosting(stack), *scaling(stack), *logs(stack), *alarms(stack)],
        "gateway": [*apis(stack), *web_acls(stack)],
        "network": network(stack),
    }


def preview_policies(account: Context, stack: Context) -> dict[str, list[Statement]]:
    """What `make preview` reads: state, secrets, what is live, what is published."""
    endpoints = [stack.arn("sagemaker", f"{kind}/{stack.prefix}-*") for kind in ENDPOINT_KINDS]
    return {
        "preview": [
            *_outputs(account, stack),
            *_published(account, ["s3:GetObject", "s3:GetObjectAttributes"]),
            allow(
                "SeeEndpoints",
                ["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"],
                endpoints,
            ),
            packages(stack),
        ]
    }


def acceptance_policies(account: Context, stack: Context) -> dict[str, list[Statement]]:
    """What `make acceptance` takes: the stack's outputs, and all that its tests do by them."""
    return {"acceptance": [*_outputs(account, stack), *acceptance(stack), no_other_stacks(stack)]}


def publish_policies(account: Context) -> dict[str, list[Statement]]:
    """What `make publish` takes. No deploy has it: what is published runs in every environment."""
    return {
        "publish": [
            _by_alias(
                account, "UseSharedKey", SHARED_ALIAS, ["kms:Decrypt", "kms:GenerateDataKey"]
            ),
            *_published(account, ["s3:GetObject", "s3:PutObject"]),
            *_images(account),
        ]
    }


def boundary_statements(account: Context, stack: Context) -> list[Statement]:
    """The most that a role of the stack's services can ever do; IAM itself is not in it.

    Packages of the registry bring images from any registry, and artifacts from the account's
    artifact bucket or SageMaker's own default one; those of other buckets are out of reach.
    """
    endpoints = [stack.arn("sagemaker", f"endpoint/{stack.prefix}-*")]
    interfaces = [
        stack.arn("ec2", f"{kind}/*") for kind in ("network-interface", "security-group", "subnet")
    ]
    data, models, page = own_buckets(stack)
    artifacts = [artifact_bucket(account), default_bucket(account)]
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}}
    return [
        allow(
            "Objects",
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            [*bucket_arns(data, "*"), *bucket_arns(models, "*")],
        ),
        allow("Models", ["s3:ListBucket"], bucket_arns(models)),
        allow("Page", ["s3:GetObject"], bucket_arns(page, "*")),
        allow("Artifacts", ["s3:GetObject"], [a for b in artifacts for a in bucket_arns(b, "*")]),
        allow(
            "Keys",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [stack.arn("kms", "key/*")],
            through_s3,
        ),
        allow(
            "PullImages",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [f"arn:aws:ecr:{stack.region}:*:repository/*"],
        ),
        allow(
            "Logs",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [
                stack.arn("logs", f"log-group:/aws/{writer}/{stack.prefix}-*")
                for writer in ("sagemaker/Endpoints", "vpc")
            ],
        ),
        allow("Alarms", ["cloudwatch:DescribeAlarms"], [alarm_arn(stack)]),
        allow("Invoke", ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync"], endpoints),
        allow(
            "NetworkInterfaces",
            [
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ],
            interfaces,
        ),
        # None of these takes a resource.
        allow(
            "Unlimited",
            [
                "cloudwatch:PutMetricData",
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
                "ecr:GetAuthorizationToken",
                "logs:DescribeLogGroups",
            ],
            ["*"],
        ),
    ]


def no_other_stacks(stack: Context) -> Statement:
    """Denies whatever the other statements allow on what carries another stack's tag."""
    return {
        "Sid": "NoOtherStacks",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {
            "StringNotEquals": {"aws:ResourceTag/stack": stack_name(stack)},
            "Null": {"aws:ResourceTag/stack": "false"},
        },
    }


def _by_alias(account: Context, sid: str, alias: str, actions: Sequence[str]) -> Statement:
    """Actions on the key that an alias names: its ARN is known only once it is made.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}
    return allow(sid, actions, [account.arn("kms", "key/*")], condition)


def _state(account: Context, stack: Context, actions: Sequence[str]) -> list[Statement]:
    """The files of one stack in Pulumi's S3 backend, its locks included."""
    bucket, name = state_bucket(account), stack_name(stack)
    folders = [f"{kind}/{PROJECT}/{name}/*" for kind in ("backups", "history")]
    keys = [f"stacks/{PROJECT}/{name}.json*", *folders, f"locks/organization/{PROJECT}/{name}/*"]
    return [
        allow("ListState", ["s3:ListBucket"], bucket_arns(bucket)),
        allow("ReadBackend", ["s3:GetObject"], bucket_arns(bucket, ".pulumi/meta.yaml")),
        allow("State", actions, bucket_arns(bucket, *(f".pulumi/{key}" for key in keys))),
    ]


def _outputs(account: Context, stack: Context) -> list[Statement]:
    """What reading a stack's state takes, the secrets in it included."""
    return [
        *_state(account, stack, ["s3:GetObject"]),
        _by_alias(account, "ReadSecrets", SECRETS_ALIAS, ["kms:Decrypt"]),
        _by_alias(account, "ReadShared", SHARED_ALIAS, ["kms:Decrypt"]),
    ]


def _published(account: Context, actions: Sequence[str]) -> list[Statement]:
    bucket = artifact_bucket(account)
    return [
        # Without it an object that is not there answers 403.
        allow("ListArtifacts", ["s3:ListBucket"], bucket_arns(bucket)),
        allow("Artifacts", actions, bucket_arns(bucket, "*")),
    ]


def _images(account: Context) -> list[Statement]:
    """https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"""
    return [
        allow(
            "PushImages",
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:DescribeImages",
                "ecr:GetDownloadUrlForLayer",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
            [account.arn("ecr", f"repository/{REPOSITORY}")],
        ),
        allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
    ]
