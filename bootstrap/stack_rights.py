"""The rights to what a stack consists of, as data: a function for each kind of resource.

A stack's resources have names that begin with its prefix. Where AWS makes up the name (keys, APIs,
plans, and the network, which has a module of its own) the tags decide that the program puts on
everything, `project` and `stack`.
"""

from bootstrap.names import bucket_arns
from components.bucket_names import artifact_bucket as stack_artifacts
from components.bucket_names import data_bucket_name, page_bucket
from components.config.stack import NAMESPACE as PROJECT
from components.context import Context
from components.iam import Statement, allow, boundary_arn

PASSED_TO = (
    "apigateway.amazonaws.com",
    "sagemaker.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
"""The services that assume a stack's roles."""

LINKED_ROLES = {
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
    "sagemaker.application-autoscaling.amazonaws.com": (
        "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    ),
    "wafv2.amazonaws.com": "AWSServiceRoleForWAFV2Logging",
}
"""Roles that AWS makes in the deployer's name when a service is first used in the account."""

ENDPOINT_KINDS = ("endpoint", "endpoint-config")
"""Resource types of an endpoint and its configurations in SageMaker's ARNs."""


UNCLAIMED = {"Null": {"aws:ResourceTag/project": "true"}}
"""Condition: the resource carries no tag `project`."""


def stack_name(stack: Context) -> str:
    """The stack's name: `prod`."""
    return stack.prefix.removeprefix(f"{PROJECT}-")


def tagged(stack: Context, of: str) -> dict[str, dict[str, str]]:
    """Condition on the tags that the program gives. of: ResourceTag, or RequestTag at creation."""
    return {"StringEquals": {f"aws:{of}/project": PROJECT, f"aws:{of}/stack": stack_name(stack)}}


def roles(stack: Context) -> list[Statement]:
    """Roles of the stack's own services: never without the boundary, never passed to others."""
    roles = [f"arn:aws:iam::{stack.account_id}:role/{stack.prefix}-*"]
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary_arn(stack)}}
    linked = [
        f"arn:aws:iam::{stack.account_id}:role/aws-service-role/{service}/{role}"
        for service, role in LINKED_ROLES.items()
    ]
    return [
        allow(
            "MakeRoles",
            ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
            roles,
            bounded,
        ),
        allow(
            "ManageRoles",
            [
                "iam:DeleteRole",
                "iam:DeleteRolePolicy",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListInstanceProfilesForRole",
                "iam:ListRolePolicies",
                "iam:ListRoleTags",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
            ],
            roles,
        ),
        allow(
            "PassRoles",
            ["iam:PassRole"],
            roles,
            {"StringEquals": {"iam:PassedToService": list(PASSED_TO)}},
        ),
        allow(
            "LinkedRoles",
            ["iam:CreateServiceLinkedRole"],
            linked,
            {"StringEquals": {"iam:AWSServiceName": list(LINKED_ROLES)}},
        ),
    ]


def own_key(stack: Context) -> list[Statement]:
    """The stack's key. One that is new has no tags yet; one with a tag `project` stays whose it is.

    https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
    """
    keys = [stack.arn("kms", "key/*")]
    alias = stack.arn("kms", f"alias/{stack.prefix}")
    asked, own = tagged(stack, "RequestTag"), tagged(stack, "ResourceTag")
    return [
        allow("CreateKey", ["kms:CreateKey"], ["*"], asked),
        allow(
            "TagNewKey",
            ["kms:TagResource"],
            keys,
            asked | UNCLAIMED,
        ),
        allow(
            "ManageKey",
            [
                "kms:CreateAlias",
                "kms:Decrypt",
                "kms:DeleteAlias",
                "kms:DescribeKey",
                "kms:DisableKeyRotation",
                "kms:EnableKeyRotation",
                "kms:GenerateDataKey",
                "kms:GetKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:ListResourceTags",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "kms:TagResource",
                "kms:UntagResource",
                "kms:UpdateAlias",
                "kms:UpdateKeyDescription",
            ],
            keys,
            own,
        ),
        allow(
            "LendKey",
            ["kms:CreateGrant"],
            keys,
            own | {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        allow("NameKey", ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], [alias]),
        allow("FindAlias", ["kms:ListAliases"], ["*"]),
    ]


def own_buckets(stack: Context) -> list[str]:
    """Names of the stack's buckets: data, models, page."""
    return [data_bucket_name(stack), stack_artifacts(stack), page_bucket(stack)]


def buckets(stack: Context) -> list[Statement]:
    """Every setting of the stack's buckets, which the provider reads one by one."""
    buckets = [arn for name in own_buckets(stack) for arn in bucket_arns(name)]
    data, models, page = own_buckets(stack)
    return [
        allow(
            "Buckets",
            [
                "s3:CreateBucket",
                "s3:DeleteBucket",
                "s3:DeleteBucketPolicy",
                "s3:GetAccelerateConfiguration",
                "s3:GetBucket*",
                "s3:GetEncryptionConfiguration",
                "s3:GetLifecycleConfiguration",
                "s3:GetReplicationConfiguration",
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:ListTagsForResource",
                "s3:PutBucket*",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:TagResource",
                "s3:UntagResource",
            ],
            buckets,
        ),
        allow(
            "PutObjects",
            [
                "s3:GetObject",
                "s3:GetObjectAttributes",
                "s3:GetObjectTagging",
                "s3:PutObject",
                "s3:PutObjectTagging",
            ],
            [
                *bucket_arns(models, "*"),
                *bucket_arns(page, "*"),
                *bucket_arns(data, "examples/*"),
            ],
        ),
        allow(
            "RemoveObjects",
            ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            [f"{bucket}/*" for bucket in buckets],
        ),
    ]


def packages(stack: Context) -> Statement:
    """Seeing model packages, whoever registered them in this account."""
    return allow(
        "SeePackages",
        ["sagemaker:DescribeModelPackage"],
        [stack.arn("sagemaker", "model-package/*")],
    )


def hosting(stack: Context) -> list[Statement]:
    """Models, endpoint configurations and endpoints."""
    kinds = (*ENDPOINT_KINDS, "model")
    nouns = ("Endpoint", "EndpointConfig", "Model")
    actions = [
        f"sagemaker:{verb}{noun}" for verb in ("Create", "Delete", "Describe") for noun in nouns
    ]
    actions += [f"sagemaker:{verb}" for verb in ("AddTags", "DeleteTags", "ListTags")]
    return [
        allow(
            "Hosting",
            [*actions, "sagemaker:UpdateEndpoint"],
            [stack.arn("sagemaker", f"{kind}/{stack.prefix}-*") for kind in kinds],
        ),
        allow("FindLeftovers", ["sagemaker:ListEndpointConfigs", "sagemaker:ListModels"], ["*"]),
        packages(stack),
    ]


def scaling(stack: Context) -> list[Statement]:
    """Targets have ids that AWS makes up; the service that they scale can be named."""
    prefix = "application-autoscaling:"
    written = [
        *("DeleteScalingPolicy", "DeleteScheduledAction", "DeregisterScalableTarget"),
        *("ListTagsForResource", "PutScalingPolicy", "PutScheduledAction"),
        *("RegisterScalableTarget", "TagResource", "UntagResource"),
    ]
    seen = ["DescribeScalableTargets", "DescribeScalingPolicies", "DescribeScheduledActions"]
    return [
        allow(
            "Scaling",
            [f"{prefix}{action}" for action in written],
            [stack.arn("application-autoscaling", "scalable-target/*")],
        ),
        allow("SeeScaling", [f"{prefix}{action}" for action in seen], ["*"]),
    ]


def logs(stack: Context) -> list[Statement]:
    """The stack's log groups, and their delivery, which takes no resource.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
    """
    names = [
        f"/aws/apigateway/{stack.prefix}-*",
        f"/aws/sagemaker/Endpoints/{stack.prefix}-*",
        f"/aws/vpc/{stack.prefix}-*",
        "API-Gateway-Execution-Logs_*",
        f"aws-waf-logs-{stack.prefix}-*",
    ]
    groups = [
        *("AssociateKmsKey", "CreateLogGroup", "DeleteLogGroup", "DeleteRetentionPolicy"),
        *("DisassociateKmsKey", "ListTagsForResource", "PutRetentionPolicy"),
        *("TagResource", "UntagResource"),
    ]
    delivery = [
        *("CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups"),
        *("DescribeResourcePolicies", "GetLogDelivery", "ListLogDeliveries"),
        *("PutResourcePolicy", "UpdateLogDelivery"),
    ]
    return [
        allow(
            "LogGroups",
            [f"logs:{action}" for action in groups],
            [stack.arn("logs", f"log-group:{name}") for name in names],
        ),
        allow("LogDelivery", [f"logs:{action}" for action in delivery], ["*"]),
    ]


def alarm_arn(stack: Context) -> str:
    """ARN of every alarm of the stack."""
    return stack.arn("cloudwatch", f"alarm:{stack.prefix}-*")


def alarms(stack: Context) -> list[Statement]:
    """The stack's alarms."""
    actions = ("DeleteAlarms", "DescribeAlarms", "PutMetricAlarm")
    tags = ("ListTagsForResource", "TagResource", "UntagResource")
    return [
        allow("Alarms", [f"cloudwatch:{a}" for a in (*actions, *tags)], [alarm_arn(stack)]),
    ]


def _api_arn(stack: Context, path: str) -> str:
    return f"arn:aws:apigateway:{stack.region}::{path}"


def apis(stack: Context) -> list[Statement]:
    """APIs, plans and keys of this stack by their tags, which what is in an API inherits.

    One that is new has no tags yet; one with a tag `project` stays whose it is. That the tags of
    what is tagged count under /tags as well is not confirmed.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html
    """
    asked, own = tagged(stack, "RequestTag"), tagged(stack, "ResourceTag")
    tags = [_api_arn(stack, "/tags/*")]
    kinds = ("/apikeys", "/restapis", "/usageplans")
    return [
        allow(
            "CreateApis",
            ["apigateway:POST"],
            [_api_arn(stack, kind) for kind in kinds],
            asked,
        ),
        allow(
            "ManageApis",
            [f"apigateway:{verb}" for verb in ("DELETE", "GET", "PATCH", "POST", "PUT")],
            [_api_arn(stack, f"{kind}/*") for kind in kinds],
            own,
        ),
        allow("TagNewApis", ["apigateway:POST", "apigateway:PUT"], tags, asked | UNCLAIMED),
        allow(
            "TagApis",
            [f"apigateway:{verb}" for verb in ("DELETE", "GET", "POST", "PUT")],
            tags,
            own,
        ),
    ]


def web_acls(stack: Context) -> list[Statement]:
    """https://docs.aws.amazon.com/waf/latest/developerguide/security_iam_service-with-iam.html"""
    acls = [stack.arn("wafv2", f"regional/webacl/{stack.prefix}-*/*")]
    rules = [stack.arn("wafv2", "regional/managedruleset/*")]
    managed = [f"wafv2:{verb}WebACL" for verb in ("Create", "Delete", "Get", "Update")]
    logged = [f"wafv2:{verb}LoggingConfiguration" for verb in ("Delete", "Get", "Put")]
    tags = [f"wafv2:{verb}" for verb in ("ListTagsForResource", "TagResource", "UntagResource")]
    return [
        allow("WebAcls", [*managed, *logged, *tags, "wafv2:AssociateWebACL"], acls),
        allow("ManagedRules", ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"], rules),
        allow(
            "GuardStages",
            [
                "apigateway:SetWebACL",
                "wafv2:AssociateWebACL",
                "wafv2:DisassociateWebACL",
                "wafv2:GetWebACLForResource",
            ],
            [_api_arn(stack, "/restapis/*/stages/live")],
        ),
    ]
