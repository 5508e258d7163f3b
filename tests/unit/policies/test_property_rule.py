"""Rules of the form: this property must have such a value."""

import pytest
from pulumi_policy import Severity

from gateway_policies.property_rule import (
    ANY_KEY,
    CUSTOMER_KEY,
    POSITIVE,
    TRUE,
    Demand,
    not_one_of,
    one_of,
    property_rule,
    values,
    whether,
)
from gateway_policies.resource import UNKNOWN, Block
from gateway_policies.rule import Control, Family, why
from tests.unit.policies.verdicts import judged, made, said

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
NOT_KNOWN = "not known at preview, so not checked before the update"
CONTROL = Control(
    id="shelf",
    title="Shelves are locked",
    family=Family.DATA,
    severity=Severity.LOW,
    fix="Lock it.",
    url="https://docs.aws.amazon.com/",
)


def rule_of(*demands: Demand):
    return property_rule(CONTROL, "Books are lent, not given.", {"aws:a:A": demands})


def test_the_reason_is_what_documentation_is_made_of():
    assert why(rule_of()) == "Books are lent, not given."


def test_a_message_has_path_value_allowed_fix_and_link():
    [finding] = rule_of(Demand("a.locked", TRUE)).check(made("aws:a:A", a={"locked": False}))
    assert finding.message(CONTROL) == (
        "a.locked: false. Allowed: true. Lock it. https://docs.aws.amazon.com/"
    )


def test_each_type_has_its_own_demands():
    demands = {"aws:a:A": [Demand("locked", TRUE)], "aws:b:B": [Demand("shut", TRUE)]}
    rule = property_rule(CONTROL, "So.", demands)
    assert judged(rule, "aws:a:A") == ["violation locked: missing"]
    assert judged(rule, "aws:b:B") == ["violation shut: missing"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (True, []),
        (False, ["violation locked: false"]),
        ("true", ['violation locked: "true"']),
        (None, ["violation locked: missing"]),
        (UNKNOWN, [f"unknown locked: {NOT_KNOWN}"]),
        ({"locked": [UNKNOWN]}, ['violation locked: {"locked": ["not known"]}']),
        (object(), ['violation locked: "object"']),
    ],
)
def test_a_value_that_decides_must_be_known(value, found):
    assert judged(rule_of(Demand("locked", TRUE)), locked=value) == found


def test_a_missing_value_is_what_the_provider_makes_of_it():
    assert judged(rule_of(Demand("locked", TRUE, default=True))) == []
    found = judged(rule_of(Demand("locked", TRUE, default=False)))
    assert found == ["violation locked: missing, which means false"]


@pytest.mark.parametrize(
    "key", [KEY, UNKNOWN, "alias/mine", "1234abcd-12ab-34cd-56ef-1234567890ab"]
)
def test_a_key_that_is_set_passes_even_if_it_is_not_known_yet(key):
    assert judged(rule_of(Demand("key", CUSTOMER_KEY)), key=key) == []


@pytest.mark.parametrize("key", ["alias/aws/s3", "arn:aws:kms:x:1:alias/aws/sns", "", 3, None])
def test_what_is_no_customer_key(key):
    [found] = judged(rule_of(Demand("key", CUSTOMER_KEY)), key=key)
    assert found.startswith("violation key: ")


@pytest.mark.parametrize(
    ("expected", "good", "bad"),
    [
        (ANY_KEY, ["alias/aws/sns", KEY], ["", 1, None]),
        (POSITIVE, [1, 0.5], [0, -1, True, "1", None]),
        (one_of("A", "B"), ["A", "B"], ["C", "", None, ["A"], {}]),
        (not_one_of("A", allowed="others"), ["B", None, []], ["A"]),
    ],
)
def test_expectations_of_values_of_any_type(expected, good, bad):
    assert [value for value in good if not expected.holds(value)] == []
    assert [value for value in bad if expected.holds(value)] == []


def test_words_are_named_in_the_message():
    assert one_of("A", "B").allowed == '"A" or "B"'


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, [("a.b", None)]),
        ({"a": {"b": 1}}, [("a.b", 1)]),
        ({"a": UNKNOWN}, [("a.b", UNKNOWN)]),
        ({"a": "text"}, [("a.b", None)]),
        ({"a": [{"b": 1}]}, [("a.b", None)]),
    ],
)
def test_a_path_through_objects(found, expected):
    assert list(values(Block("", found), "a.b")) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, []),
        ({"a": []}, []),
        ({"a": {"b": 1}}, []),
        ({"a": [{"b": 1}, {}, 3]}, [("a[0].b", 1), ("a[1].b", None), ("a[2].b", None)]),
        ({"a": [UNKNOWN]}, [("a[0].b", UNKNOWN)]),
        ({"a": UNKNOWN}, [("a[*].b", UNKNOWN)]),
    ],
)
def test_a_path_through_a_list(found, expected):
    assert list(values(Block("", found), "a[].b")) == expected


WITHIN = rule_of(Demand("locked", TRUE, within="shelves[]", when=whether("full")))


@pytest.mark.parametrize(
    ("shelves", "found"),
    [
        (None, []),
        ([], []),
        ([None, 3], []),
        ([{"full": False}], []),
        ([{}], []),
        ([{"full": True, "locked": True}], []),
        (
            [{"full": True}, {"full": True}],
            [
                "violation shelves[0].locked: missing",
                "violation shelves[1].locked: missing",
            ],
        ),
        ([{"full": UNKNOWN, "locked": True}], []),
        (
            [{"full": UNKNOWN}],
            [
                "unknown shelves[0].locked: missing, where it is not known at preview whether it "
                "matters"
            ],
        ),
        (UNKNOWN, [f"unknown shelves[*].locked: {NOT_KNOWN}"]),
    ],
)
def test_a_demand_on_the_blocks_where_it_matters(shelves, found):
    assert judged(WITHIN, shelves=shelves) == found


def test_conditions_may_ask_for_another_value():
    rule = rule_of(Demand("locked", TRUE, when=whether("books", lambda value: value == 3)))
    assert said(rule.check(made("aws:a:A", books=3))) == ["violation locked: missing"]
    assert said(rule.check(made("aws:a:A", books=2))) == []
