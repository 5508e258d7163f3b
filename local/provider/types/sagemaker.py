"""SageMaker: models, endpoint configurations, endpoints."""

from local.provider.resource_type import ResourceType

TYPES = (
    ResourceType(
        pulumi_type="aws:sagemaker/model:Model",
        service="sagemaker",
        create="CreateModel",
        read="DescribeModel",
        delete="DeleteModel",
        key={"name": "ModelName"},
        outputs={"arn": "ModelArn"},
    ),
    ResourceType(
        pulumi_type="aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        service="sagemaker",
        create="CreateEndpointConfig",
        read="DescribeEndpointConfig",
        delete="DeleteEndpointConfig",
        key={"name": "EndpointConfigName"},
        renames={"kmsKeyArn": "KmsKeyId"},
        outputs={"arn": "EndpointConfigArn"},
    ),
    ResourceType(
        pulumi_type="aws:sagemaker/endpoint:Endpoint",
        service="sagemaker",
        create="CreateEndpoint",
        read="DescribeEndpoint",
        update="UpdateEndpoint",
        delete="DeleteEndpoint",
        key={"name": "EndpointName"},
        renames={"endpointConfigName": "EndpointConfigName"},
        # After a failed update the old configuration is live and the real provider reports success,
        # with the live configuration in its outputs; so does this one. The program has to look.
        not_read=frozenset({"EndpointConfigName"}),
        outputs={"arn": "EndpointArn", "endpointConfigName": "EndpointConfigName"},
        settled={"EndpointStatus": frozenset({"InService", "Failed"})},
    ),
)
