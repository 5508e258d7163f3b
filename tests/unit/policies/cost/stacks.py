"""Resources of stacks that cost something, and what they are billed for."""

from typing import Any

from gateway_policies.cost.charge import Charge, Estimator, Quantity, Traffic
from gateway_policies.cost.prices import Price, PriceList
from gateway_policies.resource import Resource, Stack
from gateway_policies.sagemaker import ENDPOINT, ENDPOINT_CONFIGURATION
from gateway_policies.scale_in import SCALING_POLICY
from gateway_policies.scaling import INSTANCE_COUNT, SCALABLE_TARGET
from gateway_policies.scaling_steps import SCHEDULED_ACTION
from tests.unit.policies.verdicts import made

HOME = "us-east-1"
FOREST = "endpoint/iris/variant/forest"
QUIET = Traffic(0, 0, 0)
BUSY = Traffic(1_000_000, 100, 1024)
"""100,000 seconds of the model, and 976.5625 GB each way."""


def endpoint(name: str = "iris", **values: Any) -> Resource:
    named = {"name": name, "endpointConfigName": f"{name}-1", "region": HOME}
    return made(ENDPOINT, f"urn:{name}", **named | values)


def config(*variants: dict[str, Any], name: str = "iris", **values: Any) -> Resource:
    named = {"name": f"{name}-1", "productionVariants": list(variants), "region": HOME}
    return made(ENDPOINT_CONFIGURATION, f"urn:{name}-1", **named | values)


def variant(**values: Any) -> dict[str, Any]:
    usual = {"variantName": "forest", "instanceType": "ml.m5.large", "initialInstanceCount": 2}
    return usual | values


def target(low: Any, high: Any, urn: str = "urn:target") -> Resource:
    return made(
        SCALABLE_TARGET,
        urn,
        resourceId=FOREST,
        scalableDimension=INSTANCE_COUNT,
        minCapacity=low,
        maxCapacity=high,
    )


def action(schedule: str, low: Any, high: Any, **values: Any) -> Resource:
    changed = {"minCapacity": low, "maxCapacity": high}
    return made(
        SCHEDULED_ACTION,
        f"urn:{schedule}",
        resourceId=FOREST,
        schedule=schedule,
        scalableTargetAction=changed,
        **values,
    )


def tracking(per_minute: Any, metric: str = "SageMakerVariantInvocationsPerInstance") -> Resource:
    return made(
        SCALING_POLICY,
        "urn:tracking",
        resourceId=FOREST,
        policyType="TargetTrackingScaling",
        targetTrackingScalingPolicyConfiguration={
            "targetValue": per_minute,
            "predefinedMetricSpecification": {"predefinedMetricType": metric},
        },
    )


def billed(
    estimator: Estimator, *resources: Resource, traffic: Traffic = QUIET
) -> dict[str, Quantity | str]:
    """What the first of some resources is billed for: quantities by item; words for the rest."""
    found: dict[str, Quantity | str] = {}
    for entry in estimator(resources[0], Stack(resources), traffic):
        if isinstance(entry, Charge):
            found[entry.item] = entry.quantity
        else:
            found[entry.what] = type(entry).__name__
    return found


def price_list(**regions: dict[str, float]) -> PriceList:
    """Prices of one tier, by region with _ for -."""
    return PriceList(
        {
            region.replace("_", "-"): {
                item: Price("unit", ((0, usd),), "tests", "2026-01", True)
                for item, usd in items.items()
            }
            for region, items in regions.items()
        }
    )
