"""The policy configurations of the environments: what they raise, and that they lower nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway_policies.exceptions import POLICY
from gateway_policies.rules import RULES

FOLDER = Path(__file__).parents[3] / "policies/environments"
ENVIRONMENTS = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}


def test_each_stack_has_one():
    stacks = {path.stem.partition(".")[2] for path in FOLDER.parents[1].glob("Pulumi.*.yaml")}
    assert set(ENVIRONMENTS) == stacks


def levels(name: str) -> dict[str, str]:
    """What an environment says of levels alone."""
    return {rule: said for rule, said in ENVIRONMENTS[name].items() if isinstance(said, str)}


def limits(name: str) -> dict[str, dict[str, Any]]:
    """What an environment says of limits alone."""
    config = {rule: said for rule, said in ENVIRONMENTS[name].items() if isinstance(said, dict)}
    return {rule: said for rule, said in config.items() if rule != POLICY}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_it_lowers_nothing_and_accepts_nothing(name):
    defaults = {rule.control.id: rule.control.level.value for rule in RULES}
    assert all(
        level == "mandatory" and defaults[rule] == "advisory"
        for rule, level in levels(name).items()
    )
    assert ENVIRONMENTS[name][POLICY]["accepted"] == []


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_it_has_a_budget_and_expects_some_traffic(name):
    assert limits(name)["monthly-budget"]["usd"] > 0
    assert limits(name)["monthly-cost"]["requests"] > 0


def test_production_asks_all_that_staging_asks():
    assert levels("staging").items() <= levels("prod").items()
