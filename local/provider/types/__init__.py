"""The resource types that the local cloud has, a module for each service."""

from local.provider.resource_type import ResourceType
from local.provider.types import (
    apigateway,
    autoscaling,
    cloudwatch,
    ec2,
    ec2_endpoint,
    ec2_security,
    ecr,
    iam,
    kms,
    logs,
    s3,
    sagemaker,
    sns,
    wafv2,
)

_MODULES = (
    *(apigateway, autoscaling, cloudwatch, ec2, ec2_endpoint, ec2_security, ecr, iam, kms),
    *(logs, s3, sagemaker, sns, wafv2),
)

RESOURCE_TYPES: dict[str, ResourceType] = {
    resource_type.pulumi_type: resource_type
    for module in _MODULES
    for resource_type in module.TYPES
}
