import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.grants import (
    allows_broadly,
    grants,
    is_every_action,
    names_action,
    whole_service,
)
from tests.unit.policies.iam.conftest import ROLE_ARN, allow, deny, document, statement

BROAD = allow("iam:PassRole")
NARROW = allow("iam:PassRole", ROLE_ARN)


def broad(*statements: object, action: str = "iam:PassRole") -> list[bool]:
    return [grant.broad for grant in grants(document(*statements), action)]


def test_every_statement_that_allows_an_action_is_a_grant():
    assert broad(NARROW, BROAD, allow("iam:GetRole")) == [False, True]
    assert broad(BROAD, action="IAM:passrole") == [True]


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ("Resource", "arn:aws:iam::111122223333:*", True),
        ("Resource", [ROLE_ARN, "arn:*"], True),
        ("Resource", "arn:aws:iam::111122223333:role/team-*", False),
        ("NotResource", ROLE_ARN, True),
        ("NotResource", "*", False),
    ],
)
def test_a_grant_is_broad_where_it_reaches_any_resource_of_a_type(element, value, expected):
    content = {"Effect": "Allow", "Action": "iam:PassRole", element: value}
    assert broad(content) == [expected]


def test_an_action_without_resources_is_broad_where_it_is_allowed_on_all():
    assert broad(allow("ecr:GetAuthorizationToken"), action="ecr:GetAuthorizationToken") == [True]
    limited = allow("ecr:GetAuthorizationToken", "arn:aws:ecr:eu-west-1:111122223333:repository/a")
    assert broad(limited, action="ecr:GetAuthorizationToken") == [False]


@pytest.mark.parametrize("denied", ["iam:PassRole", "iam:*", "*", ["iam:P*", "s3:GetObject"]])
def test_what_is_denied_everywhere_is_not_granted(denied):
    assert broad(BROAD, deny(denied)) == []


def test_all_but_some_can_be_denied_too():
    kept = {"Effect": "Deny", "NotAction": "iam:PassRole", "Resource": "*"}
    assert broad(BROAD, kept) == [True]
    assert broad(allow("iam:GetRole"), kept, action="iam:GetRole") == []


@pytest.mark.parametrize(
    "denial",
    [
        deny("iam:PassRole", ROLE_ARN),
        deny("iam:PassRole", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        {"Effect": "Deny", "Action": "iam:PassRole", "NotResource": ROLE_ARN},
        deny("iam:GetRole"),
    ],
)
def test_what_is_denied_somewhere_is_still_granted(denial):
    assert broad(BROAD, denial) == [True]


def test_an_action_is_named_or_not_excepted():
    assert names_action(statement(allow("s3:Get*")), "s3:GetObject")
    others = {"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}
    assert names_action(statement(others), "s3:PutObject")
    assert not names_action(statement(others), "s3:getobject")


@given(st.sampled_from(["s3:GetObject", "iam:PassRole"]), st.data())
def test_one_element_among_others_names_an_action_however_it_is_spelt(name, data):
    spelt = data.draw(st.sampled_from([name, name.upper(), name.lower(), name[:-1] + "?"]))
    others = data.draw(st.lists(st.sampled_from(["sqs:*", "kms:Decrypt", "s3:Get"]), max_size=3))
    assert names_action(statement(allow([*others, spelt])), name)
    assert not names_action(statement(allow([*others, "ec2:Run*"])), name)


def test_a_statement_without_actions_names_none():
    assert not names_action(statement({"Effect": "Allow", "Resource": "*"}), "s3:GetObject")


def test_one_broad_grant_is_enough():
    assert allows_broadly(document(NARROW, BROAD), "iam:PassRole")
    assert not allows_broadly(document(NARROW), "iam:PassRole")


@pytest.mark.parametrize(
    ("pattern", "service", "everything"),
    [
        ("*", True, True),
        ("**", True, True),
        ("*:*", True, True),
        ("?*:*", True, True),
        ("s3:*", True, False),
        ("kms:**", True, False),
        ("kms:?*", True, False),
        ("s3:Get*", False, False),
        ("s3:*Object", False, False),
        ("s3:?", False, False),
        ("s3:GetObject", False, False),
    ],
)
def test_a_pattern_is_a_whole_service_or_everything(pattern, service, everything):
    assert whole_service(pattern) is service
    assert is_every_action(pattern) is everything
