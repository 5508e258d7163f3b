from dataclasses import replace
from datetime import timedelta

import pytest
from moto.sts.models import sts_backends

from local.api_gateway.signature import Identity
from local.credentials import identity
from local.principal import Principal, PrincipalKind

ROOT = "arn:aws:iam::123456789012:root"


@pytest.fixture
def user(aws, unique):
    """A user with a key."""
    iam = aws.client("iam")
    name = f"ada-{unique}"
    user = iam.create_user(UserName=name)["User"]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return iam, user, key


@pytest.fixture
def session(aws, unique):
    """A role, and a session of it."""
    name = f"caller-{unique}"
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]
    return role, aws.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session")


def test_the_key_of_the_local_cloud_is_the_root_users():
    principal = Principal(PrincipalKind.ROOT, ROOT)
    assert identity("local") == Identity(principal, "123456789012", ROOT, secret="local")


def test_a_users_key_is_the_users(user):
    _, user, key = user
    principal = Principal(PrincipalKind.USER, user["Arn"])
    assert identity(key["AccessKeyId"]) == Identity(
        principal, user["UserId"], user["Arn"], secret=key["SecretAccessKey"]
    )


def test_a_key_that_is_not_active_is_nobodys(user):
    iam, user, key = user
    which = {"UserName": user["UserName"], "AccessKeyId": key["AccessKeyId"]}
    iam.update_access_key(**which, Status="Inactive")
    assert identity(key["AccessKeyId"]) is None
    iam.update_access_key(**which, Status="Active")
    assert identity(key["AccessKeyId"]) is not None
    iam.delete_access_key(**which)
    assert identity(key["AccessKeyId"]) is None


def test_a_key_that_nobody_has_is_nobodys():
    assert identity("AKIAIOSFODNN7EXAMPLE") is None


def test_a_session_is_its_roles_and_has_a_token(session):
    role, assumed = session
    given = assumed["Credentials"]
    assert identity(given["AccessKeyId"]) == Identity(
        Principal(PrincipalKind.ROLE, role["Arn"]),
        user_id=assumed["AssumedRoleUser"]["AssumedRoleId"],
        arn=assumed["AssumedRoleUser"]["Arn"],
        secret=given["SecretAccessKey"],
        token=given["SessionToken"],
    )


def test_a_session_ends(session):
    key = session[1]["Credentials"]["AccessKeyId"]
    before = identity(key)
    assert before
    assert not before.expired
    [held] = [
        role
        for role in sts_backends["123456789012"]["aws"].assumed_roles
        if role.access_key_id == key
    ]
    held.expiration -= timedelta(hours=1, seconds=1)
    assert identity(key) == replace(before, expired=True)
