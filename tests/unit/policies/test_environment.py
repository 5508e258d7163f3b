"""A typo in an environment's file never leaves a gate open."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.environment import mistakes

FOLDER = Path(__file__).parents[3] / "policies/environments"
ACCEPTED = {
    "rule": "api-waf",
    "urn": "*",
    "path": "*",
    "reason": "internal",
    "owner": "ml-platform",
    "expires": "2027-01-01",
}


def found(**document: object) -> list[str]:
    names = {name.replace("_", "-"): value for name, value in document.items()}
    return list(mistakes(json.dumps(names)))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_our_own_have_none(path):
    assert list(mistakes(path.read_text())) == []


def test_levels_limits_and_exceptions_are_taken():
    whole = {"enforcementLevel": "mandatory", "maxInstances": 20}
    assert found(api_waf="mandatory", all="advisory", iam_known="disabled") == []
    assert found(variant_bounded=whole, instance_types={"allowed": ["ml.m5.*"]}) == []
    assert found(exceptions={"accepted": [ACCEPTED]}, monthly_cost={"requests": 1}) == []


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (
            {"api_wuf": "mandatory"},
            "api-wuf: there is no such policy. Write api-waf if that is meant.",
        ),
        ({"xyz": "mandatory"}, "xyz: there is no such policy. Take it out."),
        (
            {"api_waf": "blocker"},
            'api-waf: "blocker". Allowed: advisory, mandatory, disabled, or an object of limits.',
        ),
        (
            {"api_waf": 3},
            "api-waf: 3. Allowed: advisory, mandatory, disabled, or an object of limits.",
        ),
        (
            {"api_waf": {"enforcementLevel": "must"}},
            'api-waf.enforcementLevel: "must". Allowed: advisory, mandatory, disabled.',
        ),
        (
            {"variant_bounded": {"maxInstance": 1}},
            "variant-bounded.maxInstance: there is no such property. "
            "Write variant-bounded.maxInstances if that is meant.",
        ),
        (
            {"monthly_budget": {"usd": "lots"}},
            'monthly-budget.usd: "lots". Allowed: a whole number, 1 or more.',
        ),
        (
            {"monthly_budget": {"usd": 0}},
            "monthly-budget.usd: 0. Allowed: a whole number, 1 or more.",
        ),
        (
            {"monthly_budget": {"usd": True}},
            "monthly-budget.usd: true. Allowed: a whole number, 1 or more.",
        ),
        (
            {"instance_types": {"allowed": "ml.m5.large"}},
            'instance-types.allowed: "ml.m5.large". Allowed: a list of texts.',
        ),
        (
            {"exceptions": {"accepted": {}}},
            'exceptions: {"accepted": {}}. Allowed: {"accepted": [...]}.',
        ),
        (
            {"exceptions": {"accepted": ["api-waf"]}},
            'exceptions.accepted[0]: "api-waf". '
            "Allowed: an object of rule, urn, path, reason, owner, expires.",
        ),
        (
            {"exceptions": {"accepted": [ACCEPTED | {"expire": "x"}]}},
            "exceptions.accepted[0].expire: there is no such property. "
            "Write exceptions.accepted[0].expires if that is meant.",
        ),
        (
            {"exceptions": {"accepted": [ACCEPTED | {"owner": ""}]}},
            'exceptions.accepted[0].owner: "". Allowed: a text.',
        ),
    ],
)
def test_a_mistake_names_path_value_and_what_is_allowed(document, line):
    assert found(**document) == [line]


def test_all_mistakes_are_told_at_once():
    assert len(found(api_wuf="mandatory", monthly_budget={"usdd": 5, "usd": -1})) == 3


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(text):
    [line] = mistakes(text)
    assert line.startswith("no JSON: ")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_no_document_ends_in_an_exception(value):
    for document in (
        value,
        {"api-waf": value},
        {"exceptions": value},
        {"monthly-budget": {"usd": value}},
    ):
        list(mistakes(json.dumps(document)))
        list(mistakes(json.dumps({"exceptions": {"accepted": [document]}})))


def test_the_command_names_the_file(tmp_path):
    file = tmp_path / "dev.json"
    file.write_text('{"api-wuf": "mandatory"}')
    command = [sys.executable, "-m", "gateway_policies.environment", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{file}: api-wuf: there is no such policy.")
    file.write_text("{}")
    assert subprocess.run(command, check=False).returncode == 0
