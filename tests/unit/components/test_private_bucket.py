"""What every bucket is."""

import pytest

from components.private_bucket import PrivateBucket, lifecycle_rules
from tests.unit.components.conftest import KEY_ARN

BUCKET = "ml-gateway-prod-data"


@pytest.fixture
def stack(deploy):
    def program():
        bucket = PrivateBucket(
            "data",
            {
                "bucket_name": BUCKET,
                "key_arn": KEY_ARN,
                "force_destroy": False,
                "expiring": {"capture/": 30},
                "noncurrent_days": 7,
            },
        )
        return bucket.name

    return deploy(program)


def test_the_name_is_known_at_preview(stack):
    assert stack.result == BUCKET
    assert stack.one("aws:s3/bucket:Bucket").inputs == {"bucket": BUCKET, "forceDestroy": False}


def test_objects_are_encrypted_with_the_given_key_by_default(stack):
    settings = stack.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    )
    assert settings.inputs["bucket"] == BUCKET
    assert settings.inputs["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": "aws:kms",
                "kmsMasterKeyId": KEY_ARN,
            },
            "bucketKeyEnabled": True,
        }
    ]


def test_nobody_but_the_owner_reaches_it(stack):
    private = stack.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert private == {
        "bucket": BUCKET,
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    owner = stack.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs
    assert owner["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


def test_it_denies_everyone_who_does_not_use_tls(stack):
    policy = stack.one("aws:s3/bucketPolicy:BucketPolicy").json("policy")
    assert policy["Statement"] == [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_it_keeps_versions_and_has_rules_for_them_from_then_on(stack):
    versioning = stack.one("aws:s3/bucketVersioning:BucketVersioning").inputs
    assert versioning["versioningConfiguration"] == {"status": "Enabled"}
    lifecycle = stack.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert "aws:s3/bucketVersioning:BucketVersioning::data-versioning" in lifecycle.depends_on
    assert [rule["id"] for rule in lifecycle.inputs["rules"]] == ["remains", "capture/"]


def test_objects_expire_by_prefix_and_their_remains_everywhere():
    assert lifecycle_rules({"b/": 7, "a/": 30}, noncurrent_days=2) == [
        {
            "id": "remains",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": 2},
            "expiration": {"expired_object_delete_marker": True},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
        },
        {"id": "a/", "status": "Enabled", "filter": {"prefix": "a/"}, "expiration": {"days": 30}},
        {"id": "b/", "status": "Enabled", "filter": {"prefix": "b/"}, "expiration": {"days": 7}},
    ]


def test_all_are_children_of_the_component(stack):
    _, *children = stack.resources
    assert {child.parent for child in children} == {"ml-gateway:index:PrivateBucket::data"}
