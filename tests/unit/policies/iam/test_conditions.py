import pytest

from gateway_policies.iam.conditions import (
    names_origin,
    narrows_caller,
    narrows_request,
    values_of,
)
from tests.unit.policies.iam.conftest import allow, statement


def conditioned(operator: str, key: str, *values: object):
    return statement(allow("s3:GetObject", Condition={operator: {key: list(values)}}))


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:PrincipalOrgID", "o-1"),
        ("StringEquals", "AWS:principalorgid", "o-1"),
        ("StringLike", "aws:userid", "AROA1:*"),
        ("ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", "o-1/r-1/"),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:eu-west-1:111122223333:*"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::bucket"),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/16"),
        ("StringEquals", "kms:CallerAccount", "111122223333"),
        ("StringEquals", "token.actions.githubusercontent.com:sub", "repo:a/b:ref:refs/heads/main"),
    ],
)
def test_what_a_stranger_cannot_be_narrows_the_callers(operator, key, value):
    assert narrows_caller(conditioned(operator, key, value))


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringNotEquals", "aws:PrincipalOrgID", ["o-1"]),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", ["o-1"]),
        ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", ["o-1/"]),
        ("Null", "aws:PrincipalOrgID", ["false"]),
        ("StringLike", "aws:PrincipalOrgID", ["*"]),
        ("StringLike", "aws:PrincipalOrgID", ["o-1", "*"]),
        ("StringEquals", "aws:PrincipalOrgID", []),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:sns:*:*:alerts"]),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/admin"]),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/0"]),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "::/0"]),
        ("StringLike", "aws:Referer", ["https://example.com/*"]),
        ("StringEquals", "aws:UserAgent", ["ours"]),
        ("Bool", "aws:SecureTransport", ["true"]),
        ("DateGreaterThan", "aws:CurrentTime", ["2020-01-01T00:00:00Z"]),
        ("StringEquals", "aws:ResourceTag/team", ["ml"]),
    ],
)
def test_what_anybody_can_be_or_say_does_not(operator, key, values):
    assert not narrows_caller(conditioned(operator, key, *values))


def test_a_star_is_a_letter_where_texts_are_compared():
    assert narrows_caller(conditioned("StringEquals", "aws:PrincipalOrgID", "*"))


@pytest.mark.parametrize("key", ["aws:SourceAccount", "aws:SourceOrgID", "sts:ExternalId"])
def test_an_origin_is_an_account_or_a_resource(key):
    assert names_origin(conditioned("StringEquals", key, "1"))
    assert not names_origin(conditioned("StringEquals", "aws:PrincipalOrgID", "1"))


@pytest.mark.parametrize(
    ("key", "narrows"),
    [
        ("aws:ResourceTag/team", True),
        ("aws:RequestTag/team", True),
        ("aws:ResourceAccount", True),
        ("ec2:InstanceProfile", True),
        ("iam:PassedToService", True),
        ("aws:PrincipalTag/team", False),
        ("aws:MultiFactorAuthPresent", False),
        ("aws:SourceIp", False),
    ],
)
def test_tags_owners_and_a_services_own_keys_narrow_the_request(key, narrows):
    assert narrows_request(conditioned("StringEquals", key, "x")) is narrows


def test_a_key_can_be_left_out_of_account():
    passed = conditioned("StringEquals", "iam:PassedToService", "x")
    assert not narrows_request(passed, besides="IAM:passedtoservice")


def test_the_values_of_a_key_are_those_that_it_must_have():
    found = conditioned("StringEquals", "iam:PassedToService", "a", "b")
    assert values_of(found, "iam:passedToService") == ("a", "b")
    assert values_of(found, "iam:AssociatedResourceArn") == ()
    free = conditioned("StringEqualsIfExists", "iam:PassedToService", "a")
    assert values_of(free, "iam:PassedToService") == ()
