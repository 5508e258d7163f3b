"""The resource types that the local cloud has, a module for each service."""

from local.provider.resource_type import ResourceType
from local.provider.types import apigateway, autoscaling, iam, kms, logs, s3, sagemaker

RESOURCE_TYPES: dict[str, ResourceType] = {
    resource_type.pulumi_type: resource_type
    for module in (apigateway, autoscaling, iam, kms, logs, s3, sagemaker)
    for resource_type in module.TYPES
}
