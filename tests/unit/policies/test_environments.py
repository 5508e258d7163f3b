"""The policy configurations of the environments: what they raise, and that they lower nothing."""

import json
from pathlib import Path

import pytest

from gateway_policies.exceptions import POLICY, Exceptions
from gateway_policies.rules import RULES

FOLDER = Path(__file__).parents[3] / "policies/environments"
ENVIRONMENTS = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
LEVELS = ("advisory", "mandatory")


def test_each_stack_has_one():
    stacks = {path.stem.partition(".")[2] for path in FOLDER.parents[1].glob("Pulumi.*.yaml")}
    assert set(ENVIRONMENTS) == stacks


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_it_sets_levels_of_rules_that_there_are_and_says_what_is_accepted(name):
    config = dict(ENVIRONMENTS[name])
    exceptions = config.pop(POLICY)
    Exceptions().configure(exceptions)
    assert set(exceptions) == {"accepted"}
    assert set(config) <= {rule.control.id for rule in RULES}
    assert set(config.values()) <= set(LEVELS)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_it_lowers_nothing_and_accepts_nothing(name):
    levels = {rule.control.id: rule.control.level.value for rule in RULES}
    config = ENVIRONMENTS[name]
    raised = {rule: level for rule, level in config.items() if rule in levels}
    assert all(
        level == "mandatory" and levels[rule] == "advisory" for rule, level in raised.items()
    )
    assert config[POLICY]["accepted"] == []


def test_production_asks_all_that_staging_asks():
    assert ENVIRONMENTS["staging"].items() <= ENVIRONMENTS["prod"].items()
