"""The stack's key."""

from components.encryption import EncryptionKey
from tests.unit.components.conftest import CONTEXT


def make_key(deploy):
    return deploy(lambda: EncryptionKey("data", {"context": CONTEXT}).arn)


def test_the_key_rotates_and_goes_by_the_stacks_name(deploy):
    stack = make_key(deploy)
    key = stack.one("aws:kms/key:Key")
    assert key.inputs["enableKeyRotation"] is True
    assert stack.one("aws:kms/alias:Alias").inputs == {
        "name": "alias/ml-gateway-prod",
        "targetKeyId": "key-id:data",
    }
    assert stack.result == "arn:data"


def test_the_account_decides_who_uses_the_key_and_only_log_groups_of_it_come_besides(deploy):
    account, logs = make_key(deploy).one("aws:kms/key:Key").json("policy")["Statement"]
    assert account["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert account["Action"] == "kms:*"
    assert logs["Principal"] == {"Service": "logs.eu-central-1.amazonaws.com"}
    assert logs["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": (
                "arn:aws:logs:eu-central-1:123456789012:log-group:*"
            )
        }
    }
    assert "kms:*" not in logs["Action"]


def test_key_and_alias_are_children_of_the_component(deploy):
    _, *children = make_key(deploy).resources
    assert {child.parent for child in children} == {"ml-gateway:index:EncryptionKey::data"}
