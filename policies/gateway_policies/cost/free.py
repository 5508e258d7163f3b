"""Types of resources that AWS bills nothing for.

Each is named: a type that nobody has looked at is not free, as its neighbour in AWS's naming is.
"""

from collections.abc import Mapping

_FREE: Mapping[str, frozenset[str]] = {
    module: frozenset(names.split())
    for module, names in {
        "apigateway": "account apiKey authorizer basePathMapping clientCertificate deployment "
        "documentationPart documentationVersion domainName domainNameAccessAssociation "
        "integration integrationResponse method methodResponse methodSettings model "
        "requestValidator resource response restApi restApiPolicy restApiPut usagePlan "
        "usagePlanKey",
        "appautoscaling": "scheduledAction target",
        "cloudwatch": "eventBusPolicy eventConnection eventPermission eventRule eventTarget "
        "logResourcePolicy",
        "ec2": "defaultSecurityGroup internetGateway mainRouteTableAssociation networkAcl "
        "networkAclAssociation networkAclRule route routeTable routeTableAssociation "
        "securityGroup securityGroupAssociation securityGroupRule subnet vpc "
        "vpcEndpointConnectionAccepter vpcEndpointConnectionNotification vpcEndpointPolicy "
        "vpcEndpointRouteTableAssociation vpcEndpointServiceAllowedPrinciple",
        "ecr": "lifecyclePolicy repositoryPolicy",
        "kms": "alias keyPolicy",
        "lambda": "alias layerVersion permission",
        "s3": "bucketAbac bucketAcl bucketAclV2 bucketCorsConfiguration bucketCorsConfigurationV2 "
        "bucketLifecycleConfiguration bucketLifecycleConfigurationV2 bucketLogging "
        "bucketLoggingV2 bucketNotification bucketObjectLockConfiguration "
        "bucketObjectLockConfigurationV2 bucketOwnershipControls bucketPolicy "
        "bucketPublicAccessBlock bucketRequestPaymentConfiguration "
        "bucketRequestPaymentConfigurationV2 bucketServerSideEncryptionConfiguration "
        "bucketServerSideEncryptionConfigurationV2 bucketVersioning bucketVersioningV2 "
        "bucketWebsiteConfiguration bucketWebsiteConfigurationV2",
        "sagemaker": "endpointConfiguration model modelPackageGroup",
        "secretsmanager": "secretPolicy secretVersion",
        "sns": "topicPolicy topicSubscription",
        "sqs": "queuePolicy redriveAllowPolicy redrivePolicy",
        "vpc": "endpointPrivateDns endpointServicePrivateDnsVerification "
        "securityGroupEgressRule securityGroupIngressRule securityGroupVpcAssociation",
        "wafv2": "webAclAssociation webAclLoggingConfiguration",
    }.items()
}
"""Module of the provider -> its types."""


def is_free(token: str) -> bool:
    """Whether a type of AWS's, such as `aws:s3/bucketPolicy:BucketPolicy`, costs nothing itself.

    All of IAM does. https://aws.amazon.com/iam/faqs/
    """
    module, _, rest = token.removeprefix("aws:").partition("/")
    return module == "iam" or rest.partition(":")[0] in _FREE.get(module, ())
