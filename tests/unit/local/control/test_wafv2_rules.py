import pytest

from local.control.service import AwsError
from local.control.wafv2_rules import capacity, check, managed_capacity

INVALID = "A reference in your rule statement is not valid."
SIZE = {"SizeConstraintStatement": {"FieldToMatch": {"Body": {}}, "Size": 8192}}


def managed(name="AWSManagedRulesCommonRuleSet", **members):
    group = {"VendorName": "AWS", "Name": name}
    return {
        "Name": "core",
        "Priority": 0,
        "Statement": {"ManagedRuleGroupStatement": group},
        "OverrideAction": {"None": {}},
    } | members


def rate(limit=2000, **members):
    statement = {"Limit": limit, "AggregateKeyType": "IP"} | members
    return {
        "Name": "rate",
        "Priority": 1,
        "Statement": {"RateBasedStatement": statement},
        "Action": {"Block": {}},
    }


def own(statement):
    return {"Name": "own", "Priority": 2, "Statement": statement, "Action": {"Count": {}}}


def test_rules_that_aws_takes_are_taken():
    check([managed(), rate(ScopeDownStatement=SIZE), own({"NotStatement": {"Statement": SIZE}})])


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], 0),
        ([managed(), rate()], 702),
        ([rate(ScopeDownStatement=SIZE)], 3),
        ([own({"OrStatement": {"Statements": [SIZE, {"XssMatchStatement": {}}]}})], 41),
        ([own({"NotStatement": {"Statement": {"GeoMatchStatement": {}}}})], 1),
    ],
)
def test_the_capacity_is_the_sum_of_the_statements(rules, expected):
    assert capacity(rules) == expected


def test_a_managed_group_that_is_not_there_is_named():
    with pytest.raises(AwsError) as error:
        managed_capacity("AWS", "AWSManagedRulesCommonRuleGroup")
    assert error.value.code == "WAFNonexistentItemException"
    assert error.value.message.startswith(
        "There is no managed rule group AWS AWSManagedRulesCommonRuleGroup. "
        "The local cloud knows, of AWS: AWSManagedRulesAdminProtectionRuleSet, "
    )


def test_a_group_of_another_vendor_is_not_there():
    with pytest.raises(AwsError) as error:
        managed_capacity("Other", "AWSManagedRulesCommonRuleSet")
    assert error.value.code == "WAFNonexistentItemException"


@pytest.mark.parametrize(
    ("rules", "reason", "field", "parameter"),
    [
        (
            [managed(), rate() | {"Priority": 0}],
            "Two rules have the same Priority.",
            "RULE",
            "0",
        ),
        ([managed(), rate() | {"Name": "core"}], "Two rules have the same Name.", "RULE", "core"),
        ([managed(Action={"Block": {}})], INVALID, "RULE", "Statement"),
        ([rate() | {"OverrideAction": {"None": {}}}], INVALID, "RULE", "Statement"),
        ([{k: v for k, v in rate().items() if k != "Action"}], INVALID, "RULE", "Statement"),
        (
            [own({"NotStatement": {"Statement": rate()["Statement"]}})],
            INVALID,
            "RULE",
            "RateBasedStatement",
        ),
        (
            [rate(ScopeDownStatement=managed()["Statement"])],
            INVALID,
            "RULE",
            "ManagedRuleGroupStatement",
        ),
        (
            [rate(limit=9)],
            "A rate limit is 10 to 2000000000 requests.",
            "RATE_BASED_STATEMENT",
            "9",
        ),
        (
            [rate(EvaluationWindowSec=30)],
            "A rate is over 60, 120, 300, 600 seconds.",
            "RATE_BASED_STATEMENT",
            "30",
        ),
        (
            [own({"IPSetReferenceStatement": {"ARN": "arn"}})],
            "The local cloud does not have this statement.",
            "STATEMENT",
            "IPSetReferenceStatement",
        ),
        (
            [own(SIZE | {"GeoMatchStatement": {}})],
            "A statement is exactly one of its kinds.",
            "STATEMENT",
            "2",
        ),
    ],
)
def test_a_rule_that_aws_would_not_take_is_refused_in_its_words(rules, reason, field, parameter):
    with pytest.raises(AwsError) as error:
        check(rules)
    assert error.value.code == "WAFInvalidParameterException"
    assert error.value.message == f"Error reason: {reason}, field: {field}, parameter: {parameter}"
