import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.actions import catalogue
from gateway_policies.iam.escalation import LAUNCHES, PATHS, ROLE_PASSING, escalations
from tests.unit.policies.iam.conftest import ROLE_ARN, allow, deny, document

TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
CREATE = ["lambda:CreateFunction", "lambda:InvokeFunction"]


def found(*statements: object) -> list[tuple[str, ...]]:
    return [actions for actions, _ in escalations(document(*statements))]


def test_every_action_is_one_that_aws_documents():
    ways = [*(path.actions for path in PATHS), *(launch.actions for launch in LAUNCHES)]
    names = [ROLE_PASSING, *(name for actions in ways for name in actions)]
    assert [name for name in names if name.lower() not in catalogue()] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: " ".join(path.actions))
def test_the_actions_of_a_way_are_one_together_and_not_with_one_missing(path):
    assert path.actions in found(allow(path.actions))
    for missing in path.actions:
        assert path.actions not in found(allow(set(path.actions) - {missing}))


@pytest.mark.parametrize("launch", LAUNCHES, ids=lambda launch: " ".join(launch.actions))
def test_a_role_is_passed_to_what_can_be_started(launch):
    way = (ROLE_PASSING, *launch.actions)
    assert way in found(allow(way))
    to_it = {"StringEquals": {"iam:PassedToService": f"{launch.service}.amazonaws.com"}}
    assert way in found(allow(ROLE_PASSING, Condition=to_it), allow(launch.actions))
    assert way not in found(allow(ROLE_PASSING))
    assert way not in found(allow(ROLE_PASSING, ROLE_ARN), allow(launch.actions))


def test_a_role_that_only_another_service_gets_is_no_way():
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    assert found(allow(ROLE_PASSING, Condition=to_ec2), allow(CREATE)) == []
    assert found(allow(ROLE_PASSING, Condition=TO_LAMBDA), allow(CREATE)) != []


def test_statements_add_up():
    assert found(allow(CREATE[0]), allow(CREATE[1]), allow(ROLE_PASSING))


def test_what_is_denied_is_no_way():
    assert found(allow("iam:CreateAccessKey"), deny("iam:Create*")) == []


@pytest.mark.parametrize(
    "content",
    [
        allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}"),
        allow("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/ci"),
        allow("iam:PutRolePolicy", Condition={"StringEquals": {"iam:PermissionsBoundary": "b"}}),
        allow("ssm:SendCommand", Condition={"StringEquals": {"ssm:resourceTag/team": "ml"}}),
    ],
)
def test_what_is_limited_is_no_way(content):
    assert found(content) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringLike": {"iam:PermissionsBoundary": "*"}},
        {"StringNotEquals": {"iam:PermissionsBoundary": "b"}},
    ],
)
def test_a_condition_that_limits_nothing_leaves_the_way_open(condition):
    assert found(allow("iam:PutRolePolicy", Condition=condition))


@given(st.sampled_from(PATHS), st.randoms(use_true_random=False))
def test_no_spelling_hides_a_way(path, random):
    def spelt(name: str) -> str:
        letters = [random.choice([letter.lower(), letter.upper()]) for letter in name]
        index = random.randrange(name.index(":") + 1, len(name))
        letters[index] = random.choice("?*")
        return "".join(letters)

    assert path.actions in found(allow([spelt(action) for action in path.actions]))
