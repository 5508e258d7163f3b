"""SageMaker: models, endpoint configurations, endpoints."""

from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.type_table import Settling

_TAGS = Tagging(
    service="sagemaker",
    tag="AddTags",
    untag="DeleteTags",
    read="ListTags",
    address={"ResourceArn": "arn"},
)

TYPES = (
    ResourceType(
        pulumi_type="aws:sagemaker/model:Model",
        service="sagemaker",
        create="CreateModel",
        read="DescribeModel",
        delete="DeleteModel",
        key={"name": "ModelName"},
        outputs={"arn": "ModelArn"},
        tagging=_TAGS,
        used=paths("""
            name executionRoleArn
            containers.image containers.modelDataUrl containers.environment
            containers.modelPackageName
            primaryContainer.image primaryContainer.modelDataUrl primaryContainer.environment
            primaryContainer.modelPackageName
            containers.mode primaryContainer.mode
        """),
        inert=paths("""
            enableNetworkIsolation vpcConfig
            containers.containerHostname primaryContainer.containerHostname
        """),
    ),
    ResourceType(
        pulumi_type="aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        service="sagemaker",
        create="CreateEndpointConfig",
        read="DescribeEndpointConfig",
        delete="DeleteEndpointConfig",
        key={"name": "EndpointConfigName"},
        prefixed_by="namePrefix",
        renames={"kmsKeyArn": "KmsKeyId"},
        outputs={"arn": "EndpointConfigArn"},
        tagging=_TAGS,
        used=paths("""
            name namePrefix
            asyncInferenceConfig.clientConfig asyncInferenceConfig.outputConfig.s3OutputPath
            asyncInferenceConfig.outputConfig.s3FailurePath
            dataCaptureConfig.captureContentTypeHeader dataCaptureConfig.captureOptions
            dataCaptureConfig.destinationS3Uri dataCaptureConfig.enableCapture
            dataCaptureConfig.initialSamplingPercentage
            productionVariants.initialInstanceCount productionVariants.initialVariantWeight
            productionVariants.instanceType productionVariants.modelName
            productionVariants.serverlessConfig.maxConcurrency
            productionVariants.serverlessConfig.provisionedConcurrency
            productionVariants.variantName
            shadowProductionVariants.initialInstanceCount
            shadowProductionVariants.initialVariantWeight shadowProductionVariants.instanceType
            shadowProductionVariants.modelName shadowProductionVariants.variantName
        """),
        inert=paths("""
            kmsKeyArn
            asyncInferenceConfig.outputConfig.kmsKeyId dataCaptureConfig.kmsKeyId
            productionVariants.containerStartupHealthCheckTimeoutInSeconds
            productionVariants.modelDataDownloadTimeoutInSeconds
            productionVariants.serverlessConfig.memorySizeInMb
            productionVariants.volumeSizeInGb
            shadowProductionVariants.containerStartupHealthCheckTimeoutInSeconds
            shadowProductionVariants.modelDataDownloadTimeoutInSeconds
            shadowProductionVariants.volumeSizeInGb
        """),
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
        rolled_back=frozenset({"EndpointConfigName"}),
        # AWS tells the configuration of the last roll-out, which need not be the next one's.
        not_read=frozenset({"DeploymentConfig"}),
        outputs={"arn": "EndpointArn", "endpointConfigName": "EndpointConfigName"},
        # These states and no other: the real provider, too, fails when it sees RollingBack.
        settling=Settling(
            member="EndpointStatus",
            pending=frozenset({"Creating", "Updating", "SystemUpdating"}),
            done="InService",
        ),
        tagging=_TAGS,
        used=paths("name endpointConfigName deploymentConfig"),
    ),
)
