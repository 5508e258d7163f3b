"""Encryption of what other services than SageMaker store."""

import pytest

from gateway_policies import at_rest
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.verdicts import judged

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
NOT_KNOWN = "not known at preview, so not checked before the update"
MAYBE = "missing, where it is not known at preview whether it matters"
TABLE = "aws:dynamodb/table:Table"
REPLICA = "aws:dynamodb/tableReplica:TableReplica"


@pytest.mark.parametrize(
    ("rule", "fields", "found"),
    [
        (at_rest.log_group_cmk, {"kmsKeyId": KEY}, []),
        (at_rest.log_group_cmk, {"kmsKeyId": UNKNOWN}, []),
        (at_rest.log_group_cmk, {}, ["violation kmsKeyId: missing"]),
        (at_rest.topic_encrypted, {"kmsMasterKeyId": "alias/aws/sns"}, []),
        (at_rest.topic_encrypted, {"kmsMasterKeyId": UNKNOWN}, []),
        (at_rest.topic_encrypted, {}, ["violation kmsMasterKeyId: missing"]),
        (at_rest.stream_encrypted, {"encryptionType": "KMS"}, []),
        (at_rest.stream_encrypted, {}, ['violation encryptionType: missing, which means "NONE"']),
        (
            at_rest.stream_encrypted,
            {"encryptionType": UNKNOWN},
            [f"unknown encryptionType: {NOT_KNOWN}"],
        ),
        (at_rest.secret_cmk, {"kmsKeyId": KEY}, []),
        (at_rest.secret_cmk, {"kmsKeyId": UNKNOWN}, []),
        (
            at_rest.secret_cmk,
            {"kmsKeyId": "alias/aws/secretsmanager"},
            ['violation kmsKeyId: "alias/aws/secretsmanager"'],
        ),
        (at_rest.volume_encrypted, {"encrypted": True}, []),
        (at_rest.volume_encrypted, {}, ["violation encrypted: missing, which means false"]),
        (at_rest.volume_encrypted, {"encrypted": UNKNOWN}, [f"unknown encrypted: {NOT_KNOWN}"]),
    ],
)
def test_one_property_says_it(rule, fields, found):
    assert judged(rule, **fields) == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"kmsMasterKeyId": "alias/aws/sqs"}, []),
        ({"kmsMasterKeyId": UNKNOWN}, []),
        ({"sqsManagedSseEnabled": True}, []),
        ({}, ["violation kmsMasterKeyId: missing, and sqsManagedSseEnabled missing"]),
        (
            {"kmsMasterKeyId": "", "sqsManagedSseEnabled": False},
            ["violation kmsMasterKeyId: missing, and sqsManagedSseEnabled false"],
        ),
        ({"sqsManagedSseEnabled": UNKNOWN}, [f"unknown sqsManagedSseEnabled: {NOT_KNOWN}"]),
    ],
)
def test_a_queue_has_a_key_or_that_of_sqs(fields, found):
    assert judged(at_rest.queue_encrypted, **fields) == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"serverSideEncryption": {"enabled": True}}, []),
        ({}, ["violation serverSideEncryption.enabled: missing, which means false"]),
        ({"kinesisSourceConfiguration": {"roleArn": "a"}}, []),
        ({"mskSourceConfiguration": {"topicName": "a"}}, []),
        (
            {"serverSideEncryption": UNKNOWN},
            [f"unknown serverSideEncryption.enabled: {NOT_KNOWN}"],
        ),
    ],
)
def test_a_delivery_stream_encrypts_what_is_put_into_it(fields, found):
    assert judged(at_rest.delivery_stream_encrypted, **fields) == found


@pytest.mark.parametrize(
    ("token", "fields", "found"),
    [
        (TABLE, {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}}, []),
        (TABLE, {"serverSideEncryption": {"enabled": True, "kmsKeyArn": UNKNOWN}}, []),
        (
            TABLE,
            {},
            ["violation serverSideEncryption.enabled: missing, which means false"],
        ),
        (
            TABLE,
            {"serverSideEncryption": {"enabled": False, "kmsKeyArn": KEY}},
            ["violation serverSideEncryption.enabled: false"],
        ),
        (
            TABLE,
            {"serverSideEncryption": {"enabled": True}},
            ["violation serverSideEncryption.kmsKeyArn: missing"],
        ),
        (
            TABLE,
            {
                "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
                "replicas": [{"kmsKeyArn": KEY}, {"regionName": "us-east-1"}],
            },
            ["violation replicas[1].kmsKeyArn: missing"],
        ),
        (REPLICA, {"kmsKeyArn": UNKNOWN}, []),
        (REPLICA, {}, ["violation kmsKeyArn: missing"]),
    ],
)
def test_a_table_and_each_replica_has_a_key(token, fields, found):
    assert judged(at_rest.table_cmk, token, **fields) == found


MISSING = "violation enableKeyRotation: missing, which means false"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"enableKeyRotation": True}, []),
        ({"enableKeyRotation": False}, ["violation enableKeyRotation: false"]),
        ({"enableKeyRotation": UNKNOWN}, [f"unknown enableKeyRotation: {NOT_KNOWN}"]),
        ({}, [MISSING]),
        ({"customerMasterKeySpec": "SYMMETRIC_DEFAULT"}, [MISSING]),
        ({"keyUsage": "ENCRYPT_DECRYPT"}, [MISSING]),
        ({"customerMasterKeySpec": "RSA_4096"}, []),
        ({"customerMasterKeySpec": "HMAC_256"}, []),
        ({"keyUsage": "SIGN_VERIFY"}, []),
        ({"customKeyStoreId": "cks-1"}, []),
        ({"customerMasterKeySpec": UNKNOWN}, [f"unknown enableKeyRotation: {MAYBE}"]),
    ],
)
def test_symmetric_keys_rotate(fields, found):
    shown = [
        one.replace(MAYBE, MAYBE.replace("missing", "missing, which means false")) for one in found
    ]
    assert judged(at_rest.key_rotation, **fields) == shown
