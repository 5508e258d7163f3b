"""Rules for what a stack may cost, and of what types its instances may be."""

from collections.abc import Iterable, Iterator, Sequence

from pulumi_policy import Severity

from gateway_policies import urn
from gateway_policies.cost.charge import NO_TRAFFIC
from gateway_policies.cost.estimate import Estimate, Line, estimate, items, regions
from gateway_policies.cost.prices import REFERENCE_REGION, known_prices
from gateway_policies.resource import UNKNOWN, Stack
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limit,
    Limits,
    Names,
    shown,
    stack_rule,
    unknown,
    violation,
)
from gateway_policies.sagemaker import ENDPOINT_CONFIGURATION, variants
from gateway_policies.wildcard import matches

_LARGEST = 3
"""Parts that a message names."""


@stack_rule(
    Control(
        id="monthly-budget",
        title="Capacity at its limits stays within the monthly budget",
        family=Family.COST,
        severity=Severity.HIGH,
        fix="Lower the limits of the largest parts, choose cheaper types, or raise the policy's "
        "usd.",
        url="https://docs.aws.amazon.com/sagemaker/latest/dg/inference-cost-optimization.html",
    ),
    limits={"usd": Limit(1000, "Most that all capacity may cost in a month, USD")},
)
def monthly_budget(stack: Stack, limits: Limits) -> Findings:
    """Load or a mistake can keep everything at its limit all month; requests are not counted."""
    found = estimate(stack, NO_TRAFFIC, known_prices())
    allowed = f"up to {limits['usd']:,} USD a month"
    surely = _sum(line for line in found.lines if line.sure)
    if surely > limits["usd"]:
        largest = _by_size(line for line in found.lines if line.sure)
        seen = f"{surely:,.2f} USD at the limits of all capacity, most of it {_named(largest)}"
        yield violation("monthly cost", seen=seen, allowed=allowed, urn=largest[0].resource.urn)
        return
    doubtful = [line for line in found.lines if not line.sure]
    blamed = [line.resource.urn for line in _by_size(doubtful)]
    blamed += [resource.urn for resource, _ in found.undecided]
    if blamed:
        yield unknown(
            "monthly cost",
            seen=" and ".join([*_known(surely), *_doubts(found, doubtful)]),
            allowed=allowed,
            fix="Run make prices; compare the estimate with the budget until then.",
            urn=blamed[0],
        )


def _known(surely: float) -> Iterator[str]:
    if surely:
        yield f"{surely:,.2f} USD"


def _doubts(found: Estimate, lines: Sequence[Line]) -> Iterator[str]:
    """What else there is: lines without a sure price of their region, and what cannot be told."""
    if unconfirmed := [line for line in lines if line.own]:
        prices = f"{_sum(unconfirmed):,.2f} USD by prices that AWS has not confirmed"
        yield f"{prices}: {items(unconfirmed)}"
    if unpriced := [line for line in lines if not line.own]:
        guess = ""
        if all(line.price for line in unpriced):
            guess = f"some {_sum(unpriced):,.2f} USD by the prices of {REFERENCE_REGION} for "
        yield f"{guess}what has no known price in {regions(unpriced)}: {items(unpriced)}"
    if found.undecided:
        yield f"what is not known: {', '.join(sorted({what for _, what in found.undecided}))}"


def _sum(lines: Iterable[Line]) -> float:
    return sum(_size(line) for line in lines)


def _size(line: Line) -> float:
    return line.usd.maximum if line.usd else 0


def _by_size(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-_size(line), line.resource.urn))


def _named(lines: Sequence[Line]) -> str:
    return ", ".join(
        f"{urn.name(line.resource.urn)} ({line.charge.item}) {_size(line):,.2f}"
        for line in lines[:_LARGEST]
    )


@stack_rule(
    Control(
        id="instance-types",
        title="Endpoints run on instance types that the environment allows",
        family=Family.COST,
        severity=Severity.MEDIUM,
        fix="Choose an allowed type, or add this one to the policy's allowed.",
        url="https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-instance-types.html",
    ),
    limits={
        "allowed": Names(
            ("ml.c*", "ml.m*", "ml.r*", "ml.t*"), "Instance types, where * stands for anything"
        )
    },
)
def instance_types(stack: Stack, limits: Limits) -> Findings:
    """An accelerator costs ten times as much, and a slip of the pen is enough to get one."""
    allowed = limits["allowed"]
    for config in stack.of_type(ENDPOINT_CONFIGURATION):
        for variant in variants(config):
            kind = variant.get("instanceType")
            path, named = variant.at("instanceType"), " or ".join(allowed)
            if kind is UNKNOWN:
                yield unknown(path, allowed=named, urn=config.urn)
            elif kind is not None and not _is_allowed(kind, allowed):
                yield violation(path, seen=shown(kind), allowed=named, urn=config.urn)


def _is_allowed(kind: object, allowed: Iterable[str]) -> bool:
    return isinstance(kind, str) and any(matches(name, kind) for name in allowed)


RULES = (monthly_budget, instance_types)
