"""What SageMaker bills an endpoint for.

https://aws.amazon.com/sagemaker/ai/pricing/
"""

from collections.abc import Iterator

from gateway_policies.cost.charge import (
    HOURS,
    SECONDS,
    Charge,
    Entry,
    Quantity,
    Traffic,
    Undecided,
    always,
    used,
)
from gateway_policies.cost.instances import instances
from gateway_policies.resource import UNKNOWN, Block, Resource, Stack
from gateway_policies.sagemaker import ENDPOINT, shadow_variants, variants
from gateway_policies.scaling import configuration_of


def endpoint_charges(endpoint: Resource, stack: Stack, traffic: Traffic) -> Iterator[Entry]:
    """Instances with their volumes, or serverless seconds, and data in and out.

    The requests of the stack are shared equally by its endpoints, by their weights among variants.
    """
    config = configuration_of(stack, endpoint)
    if config is None:
        yield Undecided("an endpoint whose configuration is not one of this stack")
        return
    own = traffic.share(1 / len(stack.of_type(ENDPOINT)))
    for variant, share in _shares(config):
        if variant.values is UNKNOWN:
            yield Undecided("variants that are not known at preview")
        elif serverless := variant.block("serverlessConfig"):
            yield from _serverless(serverless, own.share(share))
        else:
            yield from _hosted(stack, endpoint, config, variant, own.share(share))
    yield Charge("hosting data in", used(own.gigabytes))
    yield Charge("hosting data out", used(own.gigabytes))


def _shares(config: Resource) -> Iterator[tuple[Block, float]]:
    """Variants, each with its part of the requests. A shadow gets a copy of what it is set to."""
    shadows = shadow_variants(config)
    weights = [(variant, _weight(variant)) for variant in variants(config)]
    total = sum(weight for variant, weight in weights if variant not in shadows)
    for variant, weight in weights:
        yield variant, weight / total if total else 0


def _weight(variant: Block) -> float:
    weight = variant.get("initialVariantWeight")
    return weight if isinstance(weight, int | float) else 1


def _hosted(
    stack: Stack, endpoint: Resource, config: Resource, variant: Block, traffic: Traffic
) -> Iterator[Entry]:
    count = instances(stack, endpoint, config, variant, traffic.requests)
    kind = variant.text("instanceType")
    if count is UNKNOWN or not isinstance(kind, str):
        yield Undecided(f"instances of {variant.path}")
        return
    yield Charge(f"hosting {kind}", count.times(HOURS))
    volume = variant.number("volumeSizeInGb")
    if volume is UNKNOWN:
        yield Undecided(f"volumes of {variant.path}")
    elif volume is not None:
        yield Charge("hosting storage", count.times(volume))


def _serverless(serverless: Block, traffic: Traffic) -> Iterator[Entry]:
    """Seconds of memory; those of provisioned concurrency at rates of their own."""
    megabytes, most = serverless.number("memorySizeInMb"), serverless.number("maxConcurrency")
    kept = serverless.number("provisionedConcurrency")
    warm = 0 if kept is None else kept
    if not isinstance(megabytes, int) or not isinstance(most, int) or not isinstance(warm, int):
        yield Undecided(f"memory or concurrency of {serverless.path}")
        return
    provisioned = min(traffic.busy_seconds, warm * SECONDS)
    rest = max(0, most - warm) * SECONDS
    overflow = Quantity(0, min(traffic.busy_seconds - provisioned, rest), rest)
    yield Charge("serverless inference", overflow.times(megabytes / 1024))
    if warm:
        item = f"provisioned serverless {megabytes / 1024:g} GB"
        yield Charge(item, always(warm * SECONDS))
        yield Charge(f"{item} running", Quantity(0, provisioned, warm * SECONDS))
