"""Rules of one form: a property must have such a value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway_policies.resource import UNKNOWN, Block, Resource, Unknown
from gateway_policies.rule import (
    Control,
    Findings,
    ResourceRule,
    shown,
    unknown,
    violation,
)


@dataclass(frozen=True)
class Expected:
    """What a value may be."""

    allowed: str
    """As a message names it."""
    holds: Callable[[object], bool]
    """Takes a value of any type; None where it is missing."""
    reference: bool = False
    """Whether it names another resource: if it is not known yet, it is there nonetheless."""


def is_customer_key(value: object) -> bool:
    """Whether a value may be a key of the customer: AWS's own come by alias."""
    return isinstance(value, str) and value != "" and "alias/aws/" not in value


def is_text(value: object) -> bool:
    """Whether a value is a string with something in it."""
    return isinstance(value, str) and value != ""


def is_positive(value: object) -> bool:
    """Whether a value is a number above 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


CUSTOMER_KEY = Expected("the ARN of a customer-managed KMS key", is_customer_key, reference=True)
ANY_KEY = Expected("the id, alias or ARN of a KMS key", is_text, reference=True)
TRUE = Expected("true", lambda value: value is True)
POSITIVE = Expected("a number above 0", is_positive)


def reference(allowed: str) -> Expected:
    """The name, id or ARN of something."""
    return Expected(allowed, is_text, reference=True)


def one_of(*values: str) -> Expected:
    """One of several words."""
    return Expected(" or ".join(map(shown, values)), lambda value: value in values)


def not_one_of(*values: object, allowed: str) -> Expected:
    """Anything, but for some values."""
    return Expected(allowed, lambda value: value not in values)


def always(_: Block) -> bool:
    """The condition of a demand that has none."""
    return True


def whether(
    path: str, holds: Callable[[object], bool] = lambda value: value is True
) -> Callable[[Block], bool | Unknown]:
    """The condition that holds where the value at a path does; it is true unless said otherwise."""

    def condition(block: Block) -> bool | Unknown:
        [(_, value)] = values(block, path)
        return UNKNOWN if value is UNKNOWN else holds(value)

    return condition


@dataclass(frozen=True)
class Demand:
    """A property, and what is expected of it."""

    path: str
    """From the block on: `a.b`, or `a[].b` for the b of each a."""
    expected: Expected
    default: object = None
    """What the provider makes of a missing value, if that is a value too."""
    within: str = ""
    """Path of the block, or blocks, that the demand is about; empty for the resource."""
    when: Callable[[Block], bool | Unknown] = always
    """Whether the demand applies to the block."""


def property_rule(
    control: Control, reason: str, demands: Mapping[str, Sequence[Demand]]
) -> ResourceRule:
    """Makes a rule of the demands on each type. reason: why it exists, in a sentence or two."""

    def check(resource: Resource) -> Findings:
        for demand in demands[resource.type]:
            yield from demanded(resource, demand)

    check.__doc__ = reason
    return ResourceRule(control, frozenset(demands), check)


def demanded(resource: Resource, demand: Demand) -> Findings:
    """What a resource has against a demand."""
    for block in blocks(resource, demand.within):
        applies = demand.when(block)
        if applies is False:
            continue
        for path, value in values(block, demand.path):
            yield from _judged(path, value, demand, applies)


def _judged(path: str, value: object, demand: Demand, applies: bool | Unknown) -> Findings:
    expected = demand.expected
    if value is UNKNOWN:
        if not expected.reference:
            yield unknown(path, allowed=expected.allowed)
        return
    meant = demand.default if value is None else value
    if expected.holds(meant):
        return
    seen = shown(value)
    if value is None and demand.default is not None:
        seen = f"missing, which means {shown(demand.default)}"
    if applies is UNKNOWN:
        seen = f"{seen}, where it is not known at preview whether it matters"
        yield unknown(path, seen=seen, allowed=expected.allowed)
    else:
        yield violation(path, seen=seen, allowed=expected.allowed)


def blocks(resource: Block, path: str) -> Iterator[Block]:
    """The objects at a path; an UNKNOWN block for each that is not known yet."""
    if not path:
        yield resource
        return
    for place, value in values(resource, path):
        if isinstance(value, dict | Unknown):
            yield Block(place, value)


def values(block: Block, path: str) -> Iterator[tuple[str, object]]:
    """Places and values at a path; None where one is missing. What is no object has no keys."""
    found: list[tuple[str, object]] = [(block.path, block.values)]
    for segment in path.split("."):
        name = segment.removesuffix("[]")
        found = [(f"{place}.{name}" if place else name, _at(value, name)) for place, value in found]
        if name != segment:
            found = [item for place, value in found for item in _items(place, value)]
    yield from found


def _at(value: object, name: str) -> object:
    if value is UNKNOWN:
        return UNKNOWN
    return value.get(name) if isinstance(value, dict) else None


def _items(place: str, value: object) -> list[tuple[str, object]]:
    if value is UNKNOWN:
        return [(f"{place}[*]", UNKNOWN)]
    if isinstance(value, list):
        return [(f"{place}[{index}]", item) for index, item in enumerate(value)]
    return []
