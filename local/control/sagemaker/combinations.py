"""What SageMaker does not offer together in an endpoint configuration.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from local.control.records import Record
from local.control.sagemaker.members import invalid
from local.control.sagemaker.models import is_multi_model
from local.control.sagemaker.plans import captures

MEMORY_SIZES = range(1024, 6145, 1024)
"""Of a serverless variant, MB.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html
"""
MAX_CONCURRENCY = 200


def check_combination(configuration: Record, models: Mapping[str, Record]) -> None:
    """Raises AwsError that names every fault. models: as DescribeModel has them, by name."""
    faults = [
        *_names(configuration),
        *_shadows(configuration),
        *_serverless(configuration, models),
        *_multi_model(configuration, models),
    ]
    if faults:
        raise invalid(" ".join(faults))


def all_variants(configuration: Record) -> list[Record]:
    """Its production and its shadow variants."""
    return [
        *configuration["ProductionVariants"],
        *configuration.get("ShadowProductionVariants", []),
    ]


def _names(configuration: Record) -> Iterator[str]:
    counted = Counter(variant["VariantName"] for variant in all_variants(configuration))
    for name in (name for name, count in counted.items() if count > 1):
        yield f"VariantName {name} is given more than once. Allowed: each once."
    weights = [
        variant.get("InitialVariantWeight", 1.0) for variant in configuration["ProductionVariants"]
    ]
    if not any(weights):
        yield "InitialVariantWeight is 0 for every variant. Allowed: one at least above 0."


def _shadows(configuration: Record) -> Iterator[str]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html"""
    shadows = configuration.get("ShadowProductionVariants", [])
    if not shadows:
        return
    production = configuration["ProductionVariants"]
    for member, variants in (
        ("ProductionVariants", production),
        ("ShadowProductionVariants", shadows),
    ):
        if len(variants) != 1:
            yield (
                f"{member} has {len(variants)} variants. Allowed: one, where there is a shadow "
                "variant."
            )
    if "AsyncInferenceConfig" in configuration:
        yield "AsyncInferenceConfig is not supported with ShadowProductionVariants."
    if any("ServerlessConfig" in variant for variant in [*production, *shadows]):
        yield "ServerlessConfig is not supported with ShadowProductionVariants."


def _serverless(configuration: Record, models: Mapping[str, Record]) -> Iterator[str]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html"""
    variants = configuration["ProductionVariants"]
    serverless = [variant for variant in variants if "ServerlessConfig" in variant]
    if not serverless:
        return
    if len(variants) > 1:
        yield (
            f"ProductionVariants has {len(variants)} variants. Allowed: one, where it is "
            "serverless."
        )
    if "AsyncInferenceConfig" in configuration:
        yield "AsyncInferenceConfig is not supported with ServerlessConfig."
    if captures(configuration.get("DataCaptureConfig", {})):
        yield "DataCaptureConfig is not supported with ServerlessConfig."
    for variant in serverless:
        model = models[variant["ModelName"]]
        if "VpcConfig" in model:
            yield (
                f"VpcConfig of model {variant['ModelName']} is not supported with ServerlessConfig."
            )
        if model.get("EnableNetworkIsolation"):
            yield (
                f"EnableNetworkIsolation of model {variant['ModelName']} is not supported with "
                "ServerlessConfig."
            )
        yield from _serverless_sizes(variant["ServerlessConfig"])


def _serverless_sizes(config: Record) -> Iterator[str]:
    memory, concurrency = config["MemorySizeInMB"], config["MaxConcurrency"]
    if memory not in MEMORY_SIZES:
        allowed = ", ".join(map(str, MEMORY_SIZES))
        yield f"MemorySizeInMB is {memory}. Allowed: {allowed}."
    if not 1 <= concurrency <= MAX_CONCURRENCY:
        yield f"MaxConcurrency is {concurrency}. Allowed: 1 to {MAX_CONCURRENCY}."
    if not 1 <= config.get("ProvisionedConcurrency", 1) <= concurrency:
        yield (
            f"ProvisionedConcurrency is {config['ProvisionedConcurrency']}. Allowed: 1 to "
            f"MaxConcurrency, {concurrency}."
        )


def _multi_model(configuration: Record, models: Mapping[str, Record]) -> Iterator[str]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html,
    https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html
    """
    several = [
        variant
        for variant in all_variants(configuration)
        if any(map(is_multi_model, _containers(models[variant["ModelName"]])))
    ]
    if not several:
        return
    for member in ("AsyncInferenceConfig", "ShadowProductionVariants"):
        if configuration.get(member):
            yield f"{member} is not supported with multi-model endpoints."
    if any("ServerlessConfig" in variant for variant in several):
        yield "ServerlessConfig is not supported with multi-model endpoints."


def _containers(model: Record) -> list[Record]:
    return [model.get("PrimaryContainer", {}), *model.get("Containers", [])]
