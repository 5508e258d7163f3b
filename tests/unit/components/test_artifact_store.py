"""The bucket of the packed artifacts."""

from pathlib import Path

import pytest

from components.artifact_store import ArtifactStore
from tests.unit.components.conftest import CONTEXT, KEY_ARN, packed

BUCKET = "ml-gateway-prod-models-123456789012-eu-central-1"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


@pytest.fixture
def stack(deploy):
    """A bucket with one artifact in it."""

    def program():
        store = ArtifactStore("models", {"context": CONTEXT, "key_arn": KEY_ARN})
        store.put("iris-forest-artifact", "ml-gateway-prod-iris", packed("f"))
        return store.bucket_name

    return deploy(program)


def test_the_buckets_name_is_known_at_preview_and_belongs_to_account_and_region(stack):
    assert stack.result == BUCKET
    assert stack.one("aws:s3/bucket:Bucket").inputs["bucket"] == BUCKET


def test_objects_are_encrypted_with_the_stacks_key_by_default(stack):
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


def test_the_bucket_is_private_and_versioned(stack):
    private = stack.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert private == {
        "bucket": BUCKET,
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    versioning = stack.one("aws:s3/bucketVersioning:BucketVersioning").inputs
    assert versioning["versioningConfiguration"] == {"status": "Enabled"}


def test_the_bucket_denies_everyone_who_does_not_use_tls(stack):
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


def test_an_artifact_lies_encrypted_under_its_own_hash(stack):
    inputs = stack.one(OBJECT).inputs
    assert inputs["key"] == f"ml-gateway-prod-iris/{'f' * 64}/model.tar.gz"
    assert inputs["bucket"] == BUCKET
    assert inputs["serverSideEncryption"] == "aws:kms"
    assert inputs["kmsKeyId"] == KEY_ARN
    assert Path(inputs["source"].path).name == "f.tar.gz"


def test_nothing_is_uploaded_before_the_bucket_is_closed_and_encrypted(stack):
    guards = {
        f"{resource.type}::{resource.name}"
        for resource in stack.resources
        if resource.name in {f"models-{s}" for s in ("encryption", "private", "tls-only")}
    }
    assert len(guards) == 3
    assert guards <= set(stack.one(OBJECT).depends_on)


def test_all_are_children_of_the_component(stack):
    _, *children = stack.resources
    assert {child.parent for child in children} == {"ml-gateway:index:ArtifactStore::models"}
