import json

import pytest

from local.provider import wire

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"


def policy(sid):
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


@pytest.fixture
def key(provider):
    inputs = {"description": "old", "enableKeyRotation": True, "policy": policy("Old")}
    return provider.make(KEY, {**inputs, "deletionWindowInDays": 7, "tags": {"team": "a"}})


def test_a_key_lives_and_changes_in_place(key):
    assert key.is_clean()
    key.change(description="new", policy=policy("New"), tags={"team": "b"})
    assert key.is_clean()
    key.change(enableKeyRotation=False, isEnabled=False)
    assert key.is_clean()


def test_a_key_that_waits_for_its_deletion_is_gone(key):
    assert key.goes()


def test_a_rotation_that_someone_switched_off_shows_as_drift(key, aws):
    aws.call("kms", "DisableKeyRotation", {"KeyId": key.id})
    inputs, _ = key.refresh()
    assert inputs == {**key.inputs, "enableKeyRotation": False}


def test_an_alias_follows_to_another_key(provider, key, unique):
    inputs = {"name": f"alias/{unique}", "targetKeyId": key.id}
    made = provider.make(ALIAS, inputs)
    assert made.is_clean()
    other = provider.make(KEY, {})
    preview, _ = provider.update(
        ALIAS, made.id, made.inputs, made.inputs | {"targetKeyId": other.id}, made.outputs, True
    )
    assert preview["targetKeyArn"] == wire.UNKNOWN
    made.change(targetKeyId=other.id)
    assert made.outputs["targetKeyArn"] == other.outputs["arn"]
    assert made.is_clean()
    assert made.goes()
