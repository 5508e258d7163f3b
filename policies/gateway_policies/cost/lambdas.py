"""What Lambda bills a function for.

https://aws.amazon.com/lambda/pricing/
"""

from collections.abc import Iterator

from gateway_policies.cost.charge import (
    SECONDS,
    Charge,
    Entry,
    Excluded,
    Traffic,
    Undecided,
    always,
    used,
)
from gateway_policies.links import Links
from gateway_policies.property_rule import values
from gateway_policies.resource import UNKNOWN, Resource, Stack

FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
_LEAST_MEGABYTES = 128
"""Memory of a function that names none."""


def function_charges(function: Resource, stack: Stack, traffic: Traffic) -> Iterator[Entry]:
    """Invocations of functions that an API may call: they share the requests equally."""
    called = _called(stack)
    if function.urn not in called:
        yield Excluded("invocations of functions that no API calls")
        return
    megabytes = function.number("memorySize")
    if megabytes is UNKNOWN:
        yield Undecided("memory of a function")
        return
    own = traffic.share(1 / len(called))
    yield from invocation_charges(own, megabytes or _LEAST_MEGABYTES, _architecture(function))


def invocation_charges(
    traffic: Traffic, megabytes: float, architecture: str = "x86_64"
) -> Iterator[Charge]:
    """Requests to a function that each keep it busy."""
    yield Charge("Lambda requests", used(traffic.requests))
    yield Charge(f"Lambda {architecture}", used(traffic.busy_seconds * megabytes / 1024))


def provisioned_charges(config: Resource, stack: Stack, _: Traffic) -> Iterator[Entry]:
    """Environments that are kept warm. What runs in them is billed as if they were not."""
    functions = Links(stack.of_type(FUNCTION), [config], "functionName", own="name")
    count = config.number("provisionedConcurrentExecutions")
    for function in stack.of_type(FUNCTION):
        found = functions.of(function)
        if found is UNKNOWN or not found:
            continue
        megabytes = function.number("memorySize") or _LEAST_MEGABYTES
        if isinstance(count, int) and isinstance(megabytes, int):
            gigabytes = count * megabytes / 1024
            item = f"provisioned Lambda {_architecture(function)}"
            yield Charge(item, always(gigabytes * SECONDS))
            return
    yield Undecided("provisioned concurrency of a function")


def _called(stack: Stack) -> list[str]:
    """URNs of the functions that API Gateway has a permission for."""
    functions = stack.of_type(FUNCTION)
    permissions = [
        permission
        for permission in stack.of_type(PERMISSION)
        if permission.get("principal") == "apigateway.amazonaws.com"
    ]
    links = Links(functions, permissions, "function", own="name")
    return [
        function.urn
        for function in functions
        if (found := links.of(function)) is not UNKNOWN and found
    ]


def _architecture(function: Resource) -> str:
    [(_, named)] = values(function, "architectures")
    return "arm64" if named == ["arm64"] else "x86_64"
