"""SageMaker endpoints as the provider describes them."""

from collections.abc import Sequence

from gateway_policies.resource import UNKNOWN, Block, Resource

ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
ENDPOINT_CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
MODEL = "aws:sagemaker/model:Model"
DATA_QUALITY_JOB = "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition"
MONITORING_SCHEDULE = "aws:sagemaker/monitoringSchedule:MonitoringSchedule"
SCHEDULED_JOB = "monitoringScheduleConfig.monitoringJobDefinition"
"""Where a schedule says what its jobs are, unless it names a job definition."""
VARIANTS = ("productionVariants", "shadowProductionVariants")
"""Where a configuration lists its variants."""
ROLLBACK_ALARMS = "deploymentConfig.autoRollbackConfiguration.alarms[].alarmName"
"""Where an endpoint names the alarms that take an update back."""


def variants(config: Resource) -> list[Block]:
    """Production and shadow variants of an endpoint configuration."""
    return config.blocks("productionVariants") + shadow_variants(config)


def shadow_variants(config: Resource) -> list[Block]:
    """Variants that get copies of requests."""
    return config.blocks("shadowProductionVariants")


def all_serverless(found: Sequence[Block]) -> bool:
    """Whether there are variants, and none has instances."""
    return bool(found) and all(
        variant.values is not UNKNOWN and variant.get("serverlessConfig") for variant in found
    )
