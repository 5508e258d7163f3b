"""Spellings that AWS reads like the plain one, and that other checkers are known to pass."""

from typing import NamedTuple

import pytest

from gateway_policies.iam import exposure_rules, identity_rules, wildcard_rules
from gateway_policies.rule import ResourceRule
from tests.unit.policies.iam.conftest import allow, judged


class Case(NamedTuple):
    rule: ResourceRule
    action: str
    arn: str
    """All resources of the action's type, with a wildcard for everything else."""


CASES = [
    Case(
        wildcard_rules.iam_resource_wildcard,
        "sagemaker:InvokeEndpoint",
        "arn:aws:sagemaker:*:*:endpoint/*",
    ),
    Case(wildcard_rules.iam_resource_exposure, "s3:PutBucketPolicy", "arn:aws:s3:::*"),
    Case(identity_rules.iam_privilege_escalation, "iam:PutRolePolicy", "arn:aws:iam::*:role/*"),
    Case(identity_rules.iam_pass_role, "iam:PassRole", "arn:aws:iam::*:role/*"),
    Case(identity_rules.iam_assume_role_wildcard, "sts:AssumeRole", "arn:aws:iam::*:role/*"),
    Case(
        exposure_rules.iam_credentials_exposure,
        "redshift:GetClusterCredentials",
        "arn:aws:redshift:*:*:dbuser:*/*",
    ),
    Case(
        exposure_rules.iam_data_exfiltration,
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:*:*:secret:*",
    ),
]
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule.control.id)


def spellings(action: str) -> list[str]:
    service, name = action.split(":")
    return [
        f"{service.upper()}:{name.lower()}",
        f"{action[:-1]}?",
        f"{service}:?{name[1:]}",
        f"{action}*",
        f"{service}:{name[:3]}*{name[-3:]}",
    ]


@cases
def test_no_spelling_of_an_action_hides_it(case):
    for action in [case.action, *spellings(case.action)]:
        assert judged(case.rule, allow(action)), action


@cases
@pytest.mark.parametrize("resource", ["**", "?*", "*:*", "arn:*", "arn:aws:*", "arn:*:*:*:*:*"])
def test_no_spelling_of_everything_hides_that_it_is_everything(case, resource):
    assert judged(case.rule, allow(case.action, resource))


@cases
def test_wildcards_inside_an_arn_are_every_resource_of_the_type(case):
    for resource in (case.arn, case.arn.replace("arn:aws:", "arn:*:"), f"{case.arn}*"):
        assert judged(case.rule, allow(case.action, resource)), resource


@cases
def test_everything_among_named_resources_is_still_everything(case):
    assert judged(case.rule, allow(case.action, ["arn:aws:s3:::models", "*"]))


@cases
@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:SecureTransport": "true"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        {"StringLike": {"aws:ResourceTag/team": "*"}},
        {"StringNotEquals": {"aws:ResourceTag/team": "payroll"}},
        {"StringEqualsIfExists": {"aws:ResourceTag/team": "ml"}},
        {"ForAllValues:StringEquals": {"aws:ResourceTag/team": "ml"}},
    ],
)
def test_a_condition_that_narrows_nothing_hides_nothing(case, condition):
    assert judged(case.rule, allow(case.action, Condition=condition))


@pytest.mark.parametrize("action", ["*", "**", "*:*", "?*:*"])
@pytest.mark.parametrize("resource", ["*", "**", "arn:*", "arn:aws:*"])
def test_everything_on_everything_is_admin_however_it_is_spelt(action, resource):
    tls = {"Bool": {"aws:SecureTransport": "true"}}
    assert judged(identity_rules.iam_admin, allow(action, resource, Condition=tls))


@pytest.mark.parametrize("action", ["s3:*", "S3:*", "s3:**", "s3:?*", "s3:*?"])
def test_a_whole_service_is_one_however_it_is_spelt(action):
    narrow = {"StringEquals": {"aws:ResourceTag/team": "ml"}}
    assert judged(identity_rules.iam_service_wildcard, allow(action, Condition=narrow))
