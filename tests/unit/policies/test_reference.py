"""The examples hold, and docs/policies.md is what the rules say of themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway_policies.message import Message
from gateway_policies.reference import examples, markdown
from gateway_policies.resource import UNKNOWN, Resource, Stack
from gateway_policies.rule import Finding, ResourceRule, Rule, Verdict
from gateway_policies.rules import REPORTS, RULES

PAGE = Path(__file__).parents[3] / "docs/policies.md"
EXAMPLES = examples()


def judged(rule: Rule, resources: Mapping[str, Any]) -> list[Finding]:
    found = [
        Resource("", known(r["properties"]), r["type"], name, r.get("dependencies", {}))
        for name, r in resources.items()
    ]
    if isinstance(rule, ResourceRule):
        findings = [f for r in found if rule.is_for(r.type) for f in rule.check(r)]
    else:
        limits = {name: limit.default for name, limit in rule.limits.items()}
        findings = list(rule.check(Stack(found), limits))
    return [finding for finding in findings if finding.verdict is not Verdict.EXEMPT]


def known(value: Any) -> Any:
    """The value with UNKNOWN for what the examples say is not known."""
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items()}
    return UNKNOWN if value == "(not known yet)" else value


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.control.id)
def test_a_rule_forbids_its_bad_example_and_passes_its_good_one(rule):
    example = EXAMPLES[rule.control.id]
    assert judged(rule, example["bad"])
    assert judged(rule, example["good"]) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.control.id)
def test_a_good_example_is_good_for_every_rule_of_its_family(rule):
    family = [other for other in RULES if other.control.family == rule.control.family]
    found = {
        other.control.id for other in family if judged(other, EXAMPLES[rule.control.id]["good"])
    }
    assert found == set()


def test_every_example_is_a_rules():
    assert set(EXAMPLES) == {rule.control.id for rule in RULES}


def test_the_page_is_what_the_rules_say():
    assert PAGE.read_text() == markdown(RULES, REPORTS), "run make docs"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.control.id)
def test_what_is_said_of_a_bad_example_is_read_again_as_it_was(rule):
    for finding in judged(rule, EXAMPLES[rule.control.id]["bad"]):
        assert Message.parse(finding.message(rule.control)) == finding.described(rule.control)
