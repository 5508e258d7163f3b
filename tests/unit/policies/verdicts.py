"""What a rule says, in short: `violation path: value seen`."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway_policies.resource import Resource, Stack
from gateway_policies.rule import Finding, Findings, ResourceRule, StackRule

Dependencies = Mapping[str, Sequence[str]]


def made(
    token: str, urn: str = "urn", fed: Dependencies | None = None, /, **values: Any
) -> Resource:
    """A resource. fed: property -> URNs of what feeds it."""
    return Resource("", values, token, urn, fed or {})


def judged(rule: ResourceRule, token: str | None = None, /, **values: Any) -> list[str]:
    """What a rule says of a resource; of its only type if no other is named."""
    assert rule.types
    if token is None:
        [token] = rule.types
    assert rule.is_for(token)
    return said(rule.check(made(token, **values)))


def judged_stack(
    rule: StackRule, *resources: Resource, limits: Mapping[str, int] | None = None
) -> list[str]:
    """What a rule says of a stack, with the URN that it blames before each."""
    defaults = {name: limit.default for name, limit in rule.limits.items()}
    found = list(rule.check(Stack(resources), defaults | dict(limits or {})))
    urns = {resource.urn for resource in resources}
    assert all(finding.urn in urns for finding in found)
    return [f"{finding.urn} {one}" for finding, one in zip(found, said(found), strict=True)]


def said(findings: Findings | Sequence[Finding]) -> list[str]:
    """Findings in short."""
    return [f"{found.verdict} {found.path}: {found.seen}" for found in findings]
