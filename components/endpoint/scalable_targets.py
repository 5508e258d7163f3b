"""Variants that an update takes away from Application Auto Scaling.

AWS refuses another instance type for a registered variant, and its removal. Pulumi deletes what a
program no longer has only after all updates, so the endpoint's own update has to see to it.
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

from collections.abc import Mapping
from typing import Any


def deregister_changed_variants(
    sagemaker: Any, autoscaling: Any, endpoint_name: str, configuration_name: str
) -> list[str]:
    """Deregisters the variants that the configuration removes, or runs on other machines.

    sagemaker, autoscaling: boto3 clients. Gives their names. Their policies and scheduled actions
    go with them, so the program makes all of them anew after the update.
    """
    live = sagemaker.describe_endpoint(EndpointName=endpoint_name)["EndpointConfigName"]
    changed = changed_variants(
        sagemaker.describe_endpoint_config(EndpointConfigName=live),
        sagemaker.describe_endpoint_config(EndpointConfigName=configuration_name),
    )
    if not changed:
        return []
    resources = {f"endpoint/{endpoint_name}/variant/{variant}": variant for variant in changed}
    registered = autoscaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=list(resources)
    )["ScalableTargets"]
    for target in registered:
        autoscaling.deregister_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId=target["ResourceId"],
            ScalableDimension=target["ScalableDimension"],
        )
    return [resources[target["ResourceId"]] for target in registered]


def changed_variants(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Variants of the live configuration that the wanted one lacks or runs on other machines.

    live, wanted: answers of DescribeEndpointConfig.
    """
    machines = _machines(wanted)
    return [
        variant for variant, machine in _machines(live).items() if machines.get(variant) != machine
    ]


def _machines(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Instance type by variant; for one without instances, whether any concurrency is scaled."""
    return {
        variant["VariantName"]: variant.get("InstanceType") or _concurrency(variant)
        for variant in configuration["ProductionVariants"]
    }


def _concurrency(variant: Mapping[str, Any]) -> str:
    provisioned = "ProvisionedConcurrency" in variant["ServerlessConfig"]
    return "provisioned concurrency" if provisioned else "serverless"
