"""Other weights and capacities for the variants of a live endpoint."""

from collections.abc import Iterable
from dataclasses import replace

from local.control.records import Record
from local.control.sagemaker.members import invalid, members
from local.sagemaker.plan import EndpointPlan, ServerlessPlan, VariantPlan

_DESIRED = members(
    "desired weights and capacities",
    needed="VariantName",
    taken="DesiredWeight DesiredInstanceCount ServerlessUpdateConfig",
)
_SERVERLESS = members("serverless updates", needed="ProvisionedConcurrency")


def scaled(plan: EndpointPlan, desired: Iterable[Record]) -> EndpointPlan:
    """The plan with what is desired. Raises AwsError for what cannot be."""
    variants = {variant.name: variant for variant in plan.variants}
    for record in desired:
        _DESIRED.check(record)
        name = record["VariantName"]
        if name not in variants:
            raise invalid(
                f"Could not find variant {name!r} of the endpoint. Allowed: {', '.join(variants)}."
            )
        variants[name] = _scaled(variants[name], record, bool(plan.asynchronous))
    if not any(variant.weight for variant in variants.values()):
        raise invalid("DesiredWeight is 0 for every variant. Allowed: one at least above 0.")
    return replace(plan, variants=tuple(variants.values()))


def _scaled(variant: VariantPlan, record: Record, asynchronous: bool) -> VariantPlan:
    variant = replace(variant, weight=record.get("DesiredWeight", variant.weight))
    if "DesiredInstanceCount" in record:
        count = record["DesiredInstanceCount"]
        if variant.serverless:
            raise invalid(f"DesiredInstanceCount of {variant.name}: it is serverless.")
        if count == 0 and not asynchronous:
            raise invalid(
                f"DesiredInstanceCount of {variant.name} is 0. Allowed: 1 or more, but for "
                "asynchronous endpoints."
            )
        variant = replace(variant, instances=count)
    if "ServerlessUpdateConfig" in record:
        if variant.serverless is None:
            raise invalid(f"ServerlessUpdateConfig of {variant.name}: it has instances.")
        update = record["ServerlessUpdateConfig"]
        variant = replace(variant, serverless=_provisioned(variant.serverless, update))
    return variant


def _provisioned(plan: ServerlessPlan, update: Record) -> ServerlessPlan:
    _SERVERLESS.check(update)
    concurrency = update["ProvisionedConcurrency"]
    if not 1 <= concurrency <= plan.max_concurrency:
        raise invalid(
            f"ProvisionedConcurrency is {concurrency}. Allowed: 1 to MaxConcurrency, "
            f"{plan.max_concurrency}."
        )
    return replace(plan, provisioned_concurrency=concurrency)
