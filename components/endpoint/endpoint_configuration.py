"""What a SageMaker endpoint configuration says, as plain data.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.config.endpoint import (
    Capture,
    Endpoint,
    Instances,
    Provisioned,
    Serverless,
    Shadow,
    Variant,
)
from components.content import Content
from components.data_bucket import CAPTURED, DataFolders
from gateway_policies.encryption import has_local_storage

JSON_TYPES = ("application/json", "application/jsonlines")
CSV_TYPES = ("text/csv",)
"""Captured as they are; SageMaker encodes any other in Base64."""

_PROVISIONED = "serverlessConfig.provisionedConcurrency"

Machines = Instances | Serverless


def configuration_content(
    settings: Endpoint, models: Mapping[str, Any], data: DataFolders | None
) -> Content:
    """The arguments of an EndpointConfiguration, but for live counts and key.

    models: by variant, the name of its model, or whatever else stands for it. data: where captured
    data and async results go; None for an endpoint without them.
    """
    content: Content = {
        "production_variants": [
            {
                "variant_name": name,
                "model_name": models[name],
                "initial_variant_weight": float(variant.weight),
                **_machines(machines(variant)),
            }
            for name, variant in settings.variants.items()
        ]
    }
    if settings.shadow:
        [shadowed] = settings.variants.values()
        content["shadow_production_variants"] = [
            _shadow(settings.shadow, shadowed.weight, models[settings.shadow.name])
        ]
    if data and settings.capture:
        content["data_capture_config"] = _capture(settings.capture, data)
    if data and settings.asynchronous:
        content["async_inference_config"] = {
            "output_config": {
                "s3_output_path": data.address(data.results),
                "s3_failure_path": data.address(data.failures),
            },
            "client_config": {
                "max_concurrent_invocations_per_instance": settings.asynchronous.concurrency
            },
        }
    return content


def with_live_counts(content: Content, settings: Endpoint, live: Mapping[str, int]) -> Content:
    """The content with the counts that its variants start with.

    live: instances, or provisioned concurrency, that are desired now, by variant. A variant that
    has been scaled starts as it is, within its limits: an update at peak takes no capacity away.
    """
    variants = []
    for variant in content["production_variants"]:
        name = variant["variant_name"]
        match settings.variants[name].bounds:
            case Instances(min=lowest, max=highest):
                # A configuration starts at least one, also where scaling may end at none.
                count = initial_count(max(lowest, 1), highest, live.get(name, 0))
                variants.append(variant | {"initial_instance_count": count})
            case Provisioned(min=lowest, max=highest):
                count = initial_count(lowest, highest, live.get(name, 0))
                serverless = variant["serverless_config"] | {"provisioned_concurrency": count}
                variants.append(variant | {"serverless_config": serverless})
            case None:
                variants.append(variant)
    return content | {"production_variants": variants}


def initial_count(lowest: int, highest: int, live: int) -> int:
    """What is there now, within the limits of scaling."""
    return min(max(lowest, live), highest)


def live_count_paths(settings: Endpoint) -> list[str]:
    """Where the live counts stand in the resource: they are of the moment in which it was made."""
    paths = {
        "initialInstanceCount" if isinstance(variant.bounds, Instances) else _PROVISIONED
        for variant in settings.variants.values()
        if variant.bounds
    }
    return [f"productionVariants[*].{path}" for path in sorted(paths)]


def with_key(content: Content, key_arn: pulumi.Input[str]) -> Content:
    """The content with the key of whatever it stores."""
    keyed = content.copy()
    if has_volumes(content):
        keyed["kms_key_arn"] = key_arn
    if capture := content.get("data_capture_config"):
        keyed["data_capture_config"] = capture | {"kms_key_id": key_arn}
    if asynchronous := content.get("async_inference_config"):
        output = asynchronous["output_config"] | {"kms_key_id": key_arn}
        keyed["async_inference_config"] = asynchronous | {"output_config": output}
    return keyed


def has_volumes(content: Content) -> bool:
    """Whether any variant has a volume that a key of ours encrypts.

    A serverless one has no volume, and local NVMe storage has a hardware key of its own: a key
    named for those alone would promise what it does not do.
    """
    variants = content["production_variants"] + content.get("shadow_production_variants", [])
    types = [variant["instance_type"] for variant in variants if "instance_type" in variant]
    return not all(map(has_local_storage, types))


def machines(variant: Variant) -> Machines:
    """What a variant runs on. The config has exactly one of the two."""
    found = variant.instances or variant.serverless
    if not found:
        raise ValueError("a variant has neither instances nor serverless")
    return found


def _machines(found: Machines) -> Content:
    if isinstance(found, Instances):
        return {"instance_type": found.type}
    return {
        "serverless_config": {
            "memory_size_in_mb": found.memory,
            "max_concurrency": found.concurrency,
        }
    }


def _shadow(shadow: Shadow, shadowed_weight: int, model: Any) -> Content:
    """Its weight over the shadowed variant's is the share of the requests that it gets a copy of.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-shadow-deployment.html
    """
    return {
        "variant_name": shadow.name,
        "model_name": model,
        "initial_variant_weight": shadowed_weight * shadow.sample / 100,
        "instance_type": shadow.instances.type,
        "initial_instance_count": shadow.instances.count,
    }


def _capture(capture: Capture, data: DataFolders) -> Content:
    return {
        "enable_capture": True,
        "initial_sampling_percentage": capture.sample,
        "destination_s3_uri": data.address(CAPTURED),
        "capture_options": [{"capture_mode": "Input"}, {"capture_mode": "Output"}],
        "capture_content_type_header": {
            "json_content_types": list(JSON_TYPES),
            "csv_content_types": list(CSV_TYPES),
        },
    }
