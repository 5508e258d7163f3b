import pytest

from bench.policies.limits import Cost, seconds_in_rules

KEPT = {
    "rules_seconds": 1.9,
    "pack_seconds": 9.0,
    "pack_wall_seconds": 9.0,
    "pack_mb": 199.0,
    "start_seconds": 0.9,
}


def test_what_stays_below_the_limits_breaks_none():
    assert list(Cost(**KEPT).broken()) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rules_seconds", 2.0, "seconds in the rules: 2.00. Allowed: below 2."),
        ("pack_mb", 250.5, "memory of the pack in MB: 250.50. Allowed: below 200."),
        ("start_seconds", 1.25, "seconds until the pack answers: 1.25. Allowed: below 1."),
    ],
)
def test_a_broken_limit_is_named_with_its_value(name, value, said):
    assert list(Cost(**KEPT | {name: value}).broken()) == [said]


def test_every_rule_takes_the_resources():
    resources = [("aws:sns/topic:Topic", {"name": "alerts"}), ("aws:iam/role:Role", {})]
    assert seconds_in_rules(resources) > 0
