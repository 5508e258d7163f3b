"""From the records of an endpoint configuration to what the data plane runs."""

from collections.abc import Callable, Collection, Mapping

from local.control.records import Record
from local.sagemaker.plan import (
    AsyncPlan,
    CapturePlan,
    EndpointPlan,
    ModelPlan,
    ServerlessPlan,
    VariantPlan,
)

ModelPlans = Callable[[str], ModelPlan]
"""What a model's container is, by its name; raises AwsError if there is none."""

DEFAULT_ASYNC_CONCURRENCY = 1
"""AWS chooses an optimal value, and does not say which.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceClientConfig.html
"""


def endpoint_plan(configuration: Record, models: ModelPlans) -> EndpointPlan:
    """What a configuration says. Raises AwsError if one of its models is gone."""
    return EndpointPlan(
        configuration=configuration["EndpointConfigName"],
        variants=_variants(configuration["ProductionVariants"], models),
        shadows=_variants(configuration.get("ShadowProductionVariants", []), models),
        capture=_capture(configuration.get("DataCaptureConfig", {})),
        asynchronous=_asynchronous(configuration.get("AsyncInferenceConfig", {})),
    )


def with_retained_properties(
    configuration: Record, live: Record, plan: EndpointPlan, excluded: Collection[str]
) -> Record:
    """A configuration with the counts, weights and capture that an endpoint has now.

    live, plan: the endpoint's configuration, and what it has become since. excluded: kinds that
    come from the new configuration all the same.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html
    """
    current = {variant.name: variant for variant in plan.variants}
    variants = []
    for variant in configuration["ProductionVariants"]:
        kept: Record = {}
        if found := current.get(variant["VariantName"]):
            if "DesiredWeight" not in excluded:
                kept["InitialVariantWeight"] = found.weight
            both_counted = "InitialInstanceCount" in variant and not found.serverless
            if both_counted and "DesiredInstanceCount" not in excluded:
                kept["InitialInstanceCount"] = found.instances
        variants.append(variant | kept)
    retained = configuration | {"ProductionVariants": variants}
    if "DataCaptureConfig" not in excluded and "DataCaptureConfig" in live:
        retained["DataCaptureConfig"] = live["DataCaptureConfig"]
    return retained


def _variants(records: Collection[Record], models: ModelPlans) -> tuple[VariantPlan, ...]:
    return tuple(
        VariantPlan(
            name=record["VariantName"],
            model=models(record["ModelName"]),
            weight=record.get("InitialVariantWeight", 1.0),
            instances=record.get("InitialInstanceCount", 0),
            serverless=_serverless(record.get("ServerlessConfig", {})),
        )
        for record in records
    )


def _serverless(record: Mapping[str, int]) -> ServerlessPlan | None:
    if not record:
        return None
    return ServerlessPlan(
        memory_mb=record["MemorySizeInMB"],
        max_concurrency=record["MaxConcurrency"],
        provisioned_concurrency=record.get("ProvisionedConcurrency", 0),
    )


def _capture(record: Record) -> CapturePlan | None:
    if not captures(record):
        return None
    modes = {option["CaptureMode"] for option in record["CaptureOptions"]}
    both = "InputAndOutput" in modes
    content_types = record.get("CaptureContentTypeHeader", {})
    return CapturePlan(
        sampling_percentage=record["InitialSamplingPercentage"],
        destination=record["DestinationS3Uri"],
        directions=frozenset({"Input", "Output"} if both else modes),
        json_content_types=tuple(content_types.get("JsonContentTypes", ())),
        csv_content_types=tuple(content_types.get("CsvContentTypes", ())),
    )


def captures(record: Record) -> bool:
    """Whether a DataCaptureConfig, or none, captures: it does unless it says otherwise.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html
    """
    return bool(record) and record.get("EnableCapture", True)


def _asynchronous(record: Record) -> AsyncPlan | None:
    if not record:
        return None
    return AsyncPlan(
        output=record["OutputConfig"]["S3OutputPath"],
        failure=record["OutputConfig"].get("S3FailurePath", ""),
        concurrency=record.get("ClientConfig", {}).get(
            "MaxConcurrentInvocationsPerInstance", DEFAULT_ASYNC_CONCURRENCY
        ),
    )
