"""Rules for autoscaling limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_policy import Severity

from gateway_policies.resource import UNKNOWN, Block, Resource, Stack, Unknown
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limit,
    Limits,
    shown,
    stack_rule,
    unknown,
    violation,
)
from gateway_policies.sagemaker import (
    ENDPOINT,
    ENDPOINT_CONFIGURATION,
    shadow_variants,
    variants,
)
from gateway_policies.wildcard import matches

SCALABLE_TARGET = "aws:appautoscaling/target:Target"
# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
INSTANCE_COUNT = "sagemaker:variant:DesiredInstanceCount"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html
MOST_CONCURRENCY = 200
"""Invocations at a time that AWS lets a serverless variant have."""


@dataclass(frozen=True)
class _Variant:
    """A variant of an endpoint, and what it is judged by."""

    stack: Stack
    endpoint: Resource
    config: Resource
    block: Block
    cap: int
    """Most instances that it may have."""
    shadow: bool
    """Whether it gets copies of requests: its number is the one that the configuration gives."""

    @property
    def place(self) -> str:
        """Names the variant in a message."""
        name = self.block.text("variantName")
        return f"{self.endpoint.urn} variant {name if isinstance(name, str) else self.block.path}"


@stack_rule(
    Control(
        id="variant-bounded",
        title="Every endpoint variant has capacity limits",
        family=Family.SCALING,
        severity=Severity.HIGH,
        fix="Set the number within this range; for instances it ends at the policy's maxInstances.",
        url="https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html",
    ),
    limits={
        "maxInstances": Limit(default=10, description="Most instances that one variant may have")
    },
)
def variant_bounded(stack: Stack, limits: Limits) -> Findings:
    """Without limits, load or a mistake takes a variant to the account's quota, or to nothing."""
    cap = limits["maxInstances"]
    for endpoint in stack.of_type(ENDPOINT):
        config = configuration_of(stack, endpoint)
        if config is None:
            name = endpoint.text("endpointConfigName")
            yield unknown(
                f"{endpoint.urn} endpointConfigName",
                seen="not known at preview"
                if name is UNKNOWN
                else f"{shown(name)}, not one configuration of this stack",
                allowed="the name of an endpoint configuration in this stack",
                fix="Take the name from the configuration's resource to have its variants checked.",
                urn=endpoint.urn,
            )
            continue
        shadows = shadow_variants(config)
        for block in variants(config):
            variant = _Variant(stack, endpoint, config, block, cap, shadow=block in shadows)
            yield from _variant_findings(variant)


def configuration_of(stack: Stack, endpoint: Resource) -> Resource | None:
    """The configuration of an endpoint; None if it is not, or not surely, one of the stack."""
    name = endpoint.text("endpointConfigName")
    feeding = endpoint.dependencies.get("endpointConfigName", ())
    found = [
        config
        for config in stack.of_type(ENDPOINT_CONFIGURATION)
        if _same_region(config, endpoint)
        and (config.urn in feeding if name is UNKNOWN else config.text("name") == name)
    ]
    return found[0] if len(found) == 1 else None


def _same_region(one: Resource, other: Resource) -> bool:
    regions = {one.text("region"), other.text("region")} - {None, UNKNOWN}
    return len(regions) < 2


def _variant_findings(variant: _Variant) -> Findings:
    block, urn = variant.block, variant.endpoint.urn
    if block.values is UNKNOWN:
        yield unknown(variant.place, allowed=_bounded_by(variant), urn=urn)
        return
    if serverless := block.block("serverlessConfig"):
        concurrency = serverless.number("maxConcurrency")
        yield from _number_findings(variant, "maxConcurrency", concurrency, 1, MOST_CONCURRENCY)
        return
    initial = block.number("initialInstanceCount")
    if initial is not None or variant.shadow:
        yield from _number_findings(variant, "initialInstanceCount", initial, 1, variant.cap)
    managed = block.block("managedInstanceScaling")
    status = managed.text("status") if managed else None
    if status is UNKNOWN:
        yield unknown(variant.place, allowed=_bounded_by(variant), urn=urn)
    elif managed and status == "ENABLED":
        yield from _managed_findings(variant, managed)
    scaled = not variant.shadow and status not in (UNKNOWN, "ENABLED")
    yield from _registered_findings(variant, required=scaled)


def _managed_findings(variant: _Variant, managed: Block) -> Findings:
    low, high = managed.number("minInstanceCount"), managed.number("maxInstanceCount")
    if low is not None:
        yield from _number_findings(variant, "minInstanceCount", low, 0, variant.cap)
    least = _least_maximum(variant, low)
    yield from _number_findings(variant, "maxInstanceCount", high, least, variant.cap)


def _registered_findings(variant: _Variant, *, required: bool) -> Findings:
    """What is wrong with the variant's limits in Application Auto Scaling, if it needs any."""
    urn = variant.endpoint.urn
    targets = targets_of(variant.stack, variant.endpoint, variant.config, variant.block)
    if targets is UNKNOWN:
        yield unknown(
            variant.place,
            seen="its scalable target cannot be told from others at preview",
            allowed=_bounded_by(variant),
            fix="Give endpoint and variant explicit names to have it checked at preview.",
            urn=urn,
        )
        return
    if required and not targets:
        yield violation(
            variant.place,
            seen="no scalable target",
            allowed=_bounded_by(variant),
            fix="Register the variant with Application Auto Scaling.",
            urn=urn,
        )
    for target in targets:
        yield from _target_findings(variant, target)


def _bounded_by(variant: _Variant) -> str:
    endpoint_name = variant.endpoint.text("name")
    variant_name = variant.block.text("variantName")
    resource_id = _resource_id(endpoint_name, variant_name, otherwise="NAME")
    return (
        f"an {SCALABLE_TARGET} with resourceId {resource_id} and dimension {INSTANCE_COUNT}, "
        "enabled managedInstanceScaling or serverlessConfig"
    )


def _resource_id(
    endpoint: str | Unknown | None, variant: str | Unknown | None, otherwise: str
) -> str:
    """How Application Auto Scaling names a variant, with a stand-in for a name not known."""
    parts = [name if isinstance(name, str) else otherwise for name in (endpoint, variant)]
    return f"endpoint/{parts[0]}/variant/{parts[1]}"


def targets_of(
    stack: Stack, endpoint: Resource, config: Resource, variant: Block
) -> Sequence[Resource] | Unknown:
    """The scalable targets of a variant; UNKNOWN if one may exist, but which cannot be told."""
    variant_name = variant.text("variantName")
    resource_id = _resource_id(endpoint.text("name"), variant_name, otherwise="*")
    possible = [
        target
        for target in stack.of_type(SCALABLE_TARGET)
        if target.text("scalableDimension") in (INSTANCE_COUNT, UNKNOWN)
        and _same_region(target, endpoint)
        and _may_be(target.text("resourceId"), resource_id)
    ]
    exact = [target for target in possible if target.text("resourceId") == resource_id]
    if exact:
        return exact
    # Not told by name: told by what feeds the resourceId, if that leaves one pair.
    linked = [target for target in possible if endpoint.urn in _feeding(target)]
    if len(linked) == 1 and len(variants(config)) == 1:
        return linked
    endpoints = {resource.urn for resource in stack.of_type(ENDPOINT)}
    unlinked = [target for target in possible if endpoints.isdisjoint(_feeding(target))]
    return UNKNOWN if linked or unlinked else []


def _may_be(resource_id: str | Unknown | None, pattern: str) -> bool:
    return resource_id is UNKNOWN or matches(pattern, resource_id or "")


def _feeding(target: Resource) -> Sequence[str]:
    return target.dependencies.get("resourceId", ())


def _target_findings(variant: _Variant, target: Resource) -> Findings:
    # An asynchronous endpoint keeps its queue while it has no instance.
    # https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
    floor = 0 if variant.config.block("asyncInferenceConfig") else 1
    low, high = target.number("minCapacity"), target.number("maxCapacity")
    yield from _number_findings(variant, "minCapacity", low, floor, variant.cap)
    least = _least_maximum(variant, low)
    yield from _number_findings(variant, "maxCapacity", high, least, variant.cap)


def _least_maximum(variant: _Variant, minimum: int | Unknown | None) -> int:
    """What a maximum must reach; a minimum over the cap is a finding of its own."""
    return max(minimum, 1) if isinstance(minimum, int) and minimum <= variant.cap else 1


def _number_findings(
    variant: _Variant, key: str, value: int | Unknown | None, least: int, most: int
) -> Findings:
    path, allowed, urn = f"{variant.place} {key}", f"{least}..{most}", variant.endpoint.urn
    if value is UNKNOWN:
        yield unknown(path, allowed=allowed, urn=urn)
    elif value is None or not least <= value <= most:
        yield violation(path, seen=shown(value), allowed=allowed, urn=urn)


RULES = (variant_bounded,)
