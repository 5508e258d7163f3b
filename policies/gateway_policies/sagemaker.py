"""SageMaker endpoints as the provider describes them."""

from gateway_policies.resource import Block, Resource

ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
ENDPOINT_CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"


def variants(config: Resource) -> list[Block]:
    """Production and shadow variants of an endpoint configuration."""
    return config.blocks("productionVariants") + shadow_variants(config)


def shadow_variants(config: Resource) -> list[Block]:
    """Variants that get copies of requests."""
    return config.blocks("shadowProductionVariants")
