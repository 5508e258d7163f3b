"""The monthly table: what each part of a stack costs, and what other architectures would."""

from collections.abc import Iterable, Iterator, Sequence

from gateway_policies import urn
from gateway_policies.cost.architectures import ROUTER_MEGABYTES, architectures
from gateway_policies.cost.charge import HOURS, Charge, Traffic, always
from gateway_policies.cost.estimate import Estimate, Line, estimate, items, priced, regions
from gateway_policies.cost.lambdas import FUNCTION
from gateway_policies.cost.prices import REFERENCE_REGION, UNDATED, PriceList, known_prices
from gateway_policies.cost.table import component_rows, expected, markdown, plain
from gateway_policies.resource import Stack
from gateway_policies.rule import Limit, Limits, Report
from gateway_policies.sagemaker import ENDPOINT
from gateway_policies.stages import STAGE

_STAND_IN = "hosting ml.m5.large"
"""The endpoint, of one instance, that a stack without any is compared with."""
_ALWAYS_EXCLUDED = (
    "a second fleet during updates",
    "free tier",
    "discounts",
    "taxes",
)


def write_monthly_cost(stack: Stack, limits: Limits) -> str:
    """Nothing for a stack in which nothing has a price."""
    traffic = Traffic(limits["requests"], limits["milliseconds"], limits["kilobytes"])
    return table(stack, traffic, limits["megabytes"], known_prices())


def table(stack: Stack, traffic: Traffic, megabytes: float, prices: PriceList) -> str:
    """The text of the report. megabytes: memory of a Lambda that holds the model."""
    found = estimate(stack, traffic, prices)
    if not found.lines and not found.undecided:
        return ""
    parents = {resource.urn: resource for resource in stack.resources}
    rows = component_rows(found.lines, [resource for resource, _ in found.undecided], parents)
    parts = [markdown(("USD a month", "minimum", "expected", "maximum"), rows)]
    if stack.of_types((STAGE, ENDPOINT, FUNCTION)):
        parts.append(_assumed(traffic))
    compared = _architecture_lines(found, traffic, megabytes, prices)
    if compared:
        parts += ["The same requests, built in three ways:", _comparison(compared)]
        parts.append(_compared(found, megabytes))
    every = [*found.lines, *(line for _, *groups in compared for line in sum(groups, []))]
    return "\n" + "\n\n".join([*parts, "\n".join(f"- {note}" for note in _notes(found, every))])


def _assumed(traffic: Traffic) -> str:
    return (
        f"Expected: {traffic.requests:,.0f} requests a month, spread evenly, each "
        f"{traffic.milliseconds:g} ms of the model's time and {traffic.kilobytes:g} KB to it and "
        "back (monthly-cost in the policy configuration). Minimum: no request, the least "
        "capacity. Maximum: all capacity at its limit all month, requests as expected."
    )


Compared = tuple[str, list[Line], list[Line]]
"""An architecture, what its gateway costs, what its compute costs."""


def _architecture_lines(
    found: Estimate, traffic: Traffic, megabytes: float, prices: PriceList
) -> list[Compared]:
    """Nothing for a stack with neither a gateway nor an endpoint, or with one that is not known."""
    serving = [line for line in found.lines if line.resource.type in (STAGE, ENDPOINT)]
    if not serving or any(resource.type == ENDPOINT for resource, _ in found.undecided):
        return []
    first = serving[0]

    def lines(charges: Iterable[Charge]) -> list[Line]:
        return [priced(charge, first.resource, first.region, prices) for charge in charges]

    endpoints = _endpoints(found) or lines([Charge(_STAND_IN, always(HOURS))])
    return [
        (a.name, lines(a.gateway), lines(a.compute) + (endpoints if a.endpoints else []))
        for a in architectures(traffic, megabytes)
    ]


def _endpoints(found: Estimate) -> list[Line]:
    return [line for line in found.lines if line.resource.type == ENDPOINT]


def _comparison(compared: Sequence[Compared]) -> str:
    head = ("USD a month, expected", "gateway", "compute", "sum")
    rows = [
        (name, expected(gateway), expected(compute), expected(gateway + compute))
        for name, gateway, compute in compared
    ]
    return markdown(head, rows)


def _compared(found: Estimate, megabytes: float) -> str:
    endpoints = "this stack's endpoints" if _endpoints(found) else f"one {_STAND_IN}"
    return (
        f"With {endpoints}; a router of {ROUTER_MEGABYTES} MB that waits for the model; for the "
        f"model a Lambda of {megabytes:g} MB that takes as long; no web ACL, nothing provisioned."
    )


def _notes(found: Estimate, lines: Sequence[Line]) -> Iterator[str]:
    """What a reader must know before trusting the figures."""
    borrowed = [line for line in lines if line.price and not line.own]
    if borrowed:
        where = plain(regions(borrowed))
        yield (
            f"~ has a price of {REFERENCE_REGION}, as that of {where} is not known: "
            f"{plain(items(borrowed))}. make prices asks AWS."
        )
    missing = [line for line in lines if line.price is None]
    if missing:
        yield f"? has no known price in {plain(regions(missing))}: {plain(items(missing))}."
    if found.undecided:
        named = sorted({plain(f"{what} ({urn.name(r.urn)})") for r, what in found.undecided})
        yield f"Not known, so in no sum: {', '.join(named)}."
    yield f"In no sum: {', '.join([*found.excluded, *_ALWAYS_EXCLUDED])}."
    doubtful = [line for line in lines if line.price and not line.price.confirmed]
    if doubtful:
        yield f"Not confirmed by AWS: {plain(items(doubtful))}."
    if dates := _dates(lines):
        yield f"Prices are {dates}, as docs/cost.md says."


def _dates(lines: Iterable[Line]) -> str:
    dates = {line.price.date for line in lines if line.price}
    known = sorted(dates - {UNDATED})
    parts = [f"of {' to '.join(dict.fromkeys([known[0], known[-1]]))}"] if known else []
    return ", and ".join([*parts, *(["without a date"] if UNDATED in dates else [])])


monthly_cost = Report(
    id="monthly-cost",
    title="What the stack costs in a month",
    write=write_monthly_cost,
    limits={
        "requests": Limit(5_000_000, "Requests in a month, to all gateways together"),
        "milliseconds": Limit(100, "Time of the model for one request"),
        "kilobytes": Limit(4, "Size of a request, and of its answer"),
        "megabytes": Limit(2048, "Memory of a Lambda that holds the model, for the comparison"),
    },
)
