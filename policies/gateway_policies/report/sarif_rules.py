"""The rules, as SARIF describes them."""

from collections.abc import Sequence
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.report.pages import page
from gateway_policies.rule import Family, Rule, why
from gateway_policies.rules import RULES

Json = dict[str, Any]

_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
"""Within GitHub's ranges for each word."""

_SECURITY = {
    Family.IAM,
    Family.ENCRYPTION,
    Family.API,
    Family.NETWORK,
    Family.ACCESS,
    Family.DATA,
    Family.LOGGING,
    Family.SUPPLY_CHAIN,
}
"""Where a finding is one of security: a score makes GitHub say so."""


def described(found: Sequence[str], docs: str) -> list[Json]:
    """All rules of the pack, and by their names the policies that found something besides.

    docs: see `page`.
    """
    ours = {rule.control.id for rule in RULES}
    others = sorted(set(found) - ours)
    return [*(_rule(rule, docs) for rule in RULES), *({"id": name} for name in others)]


def _rule(rule: Rule, docs: str) -> Json:
    control = rule.control
    documented = page(control.id, docs)
    mandatory = control.level is EnforcementLevel.MANDATORY
    properties: Json = {"tags": [control.family, *control.standards]}
    if control.family in _SECURITY:
        properties["tags"].append("security")
        properties["security-severity"] = _SCORES[control.severity]
    return {
        "id": control.id,
        "shortDescription": {"text": f"{control.title}."},
        "fullDescription": {"text": why(rule)},
        "help": {
            "text": f"{why(rule)} {control.fix}",
            "markdown": f"{why(rule)}\n\n{control.fix} [AWS's page]({control.url}).",
        },
        "helpUri": documented,
        "defaultConfiguration": {"level": "error" if mandatory else "warning"},
        "properties": properties,
    }
