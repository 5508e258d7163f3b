"""The documentation of the rules, made of what they say of themselves and of their examples.

`python -m gateway_policies.reference` prints it; docs/policies.md is that text.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from gateway_policies.rule import Limit, Names, Report, Rule, StackRule, why
from gateway_policies.rules import REPORTS, RULES

EXAMPLES = Path(__file__).parents[1] / "examples"

_HEAD = """# The rules of the policy pack

Generated from the rules by `make docs`; do not edit. Every example is one that the tests hold the
rule to: the bad one is refused, the good one passes.

A rule is mandatory (it stops the update) or advisory, unless the policy configuration of the
environment says otherwise.
"""


def examples() -> dict[str, Any]:
    """By rule: `bad` and `good` resources, each by name with its type and properties."""
    found: dict[str, Any] = {}
    for path in sorted(EXAMPLES.glob("*.yaml")):
        found |= yaml.safe_load(path.read_text())
    return found


def markdown(rules: Sequence[Rule], reports: Sequence[Report]) -> str:
    """The page."""
    shown = examples()
    table = [f"| [{r.control.id}](#{r.control.id}) | {r.control.title} |" for r in rules]
    parts = [_HEAD, "\n".join(["| rule | demands |", "|---|---|", *table])]
    parts += ["\n".join(_section(rule, shown[rule.control.id])) for rule in rules]
    parts += ["\n".join(_report(report)) for report in reports]
    return "\n\n".join(parts) + "\n"


def _section(rule: Rule, example: Mapping[str, Any]) -> Iterator[str]:
    control = rule.control
    yield f"## {control.id}\n"
    yield f"{control.title}. {why(rule)}\n"
    said = [control.family, f"severity {control.severity.value}", control.level.value]
    if control.standards:
        said.append(f"as {', '.join(control.standards)}")
    yield f"- {', '.join(said)}"
    yield f"- {control.fix} See [AWS's page]({control.url})."
    if isinstance(rule, StackRule):
        yield from _limits(rule.limits)
    for word in ("bad", "good"):
        text = yaml.safe_dump(example[word], sort_keys=False, width=96).rstrip()
        yield f"\n{word.capitalize()}:\n\n```yaml\n{text}\n```"


def _report(report: Report) -> Iterator[str]:
    yield f"## {report.id}\n"
    yield f"{report.title}. No rule, but an advisory that every preview shows.\n"
    yield from _limits(report.limits)


def _limits(limits: Mapping[str, Limit | Names]) -> Iterator[str]:
    for name, limit in limits.items():
        default = limit.default if isinstance(limit, Limit) else " or ".join(limit.default)
        yield f"- `{name}`: {limit.description}, {default} by default."


if __name__ == "__main__":
    sys.stdout.write(markdown(RULES, REPORTS))
