"""The bucket of the artifacts."""

from pathlib import Path
from unittest.mock import ANY

import pytest
from pulumi.runtime import rpc

from components.artifacts.artifact_store import ArtifactStore
from components.artifacts.model_set import ModelSet
from components.artifacts.remote_artifact import RemoteArtifact
from components.bucket_names import artifact_bucket
from tests.unit.components.conftest import CONTEXT, KEY_ARN, packed

BUCKET = "ml-gateway-prod-models-123456789012-eu-central-1"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
COPY = "aws:s3/objectCopy:ObjectCopy"
REMOTE = RemoteArtifact("team bucket", "models/iris v1+2.tar.gz", "e" * 64, '"9b2cf5"')

SET = ModelSet({"iris": packed("f"), "wine": REMOTE})


@pytest.fixture
def stack(deploy):
    """A bucket with two artifacts in it."""

    def program():
        store = ArtifactStore("models", {"context": CONTEXT, "key_arn": KEY_ARN})
        store.put("iris-forest-artifact", "ml-gateway-prod-iris", packed("f"))
        store.put("iris-boosting-artifact", "ml-gateway-prod-iris", REMOTE)
        return [
            store.bucket_name,
            store.address("ml-gateway-prod-iris", packed("f")),
            store.address("ml-gateway-prod-iris", REMOTE),
        ]

    return deploy(program)


@pytest.fixture
def several(deploy):
    """A bucket with the models of one endpoint in it, a packed and a remote one."""

    def program():
        store = ArtifactStore("models", {"context": CONTEXT, "key_arn": KEY_ARN})
        stored = store.put("all-x-artifact", "ml-gateway-prod-all/x", SET)
        return [store.address("ml-gateway-prod-all/x", SET), len(stored)]

    return deploy(program)


def test_the_buckets_name_is_known_at_preview_and_belongs_to_account_and_region(stack):
    assert artifact_bucket(CONTEXT) == BUCKET
    assert stack.result[0] == BUCKET
    assert stack.one("aws:s3/bucket:Bucket").inputs == {"bucket": BUCKET, "forceDestroy": True}


def test_a_packed_artifact_lies_encrypted_under_its_own_hash(stack):
    inputs = stack.one(OBJECT).inputs
    assert inputs["key"] == f"ml-gateway-prod-iris/{'f' * 64}/model.tar.gz"
    assert inputs["bucket"] == BUCKET
    assert inputs["serverSideEncryption"] == "aws:kms"
    assert inputs["kmsKeyId"] == KEY_ARN
    assert Path(inputs["source"].path).name == "f.tar.gz"
    assert stack.result[1] == f"s3://{BUCKET}/{inputs['key']}"


def test_a_remote_artifact_is_copied_only_as_it_was_when_it_was_verified(stack):
    inputs = stack.one(COPY).inputs
    assert inputs == {
        "bucket": BUCKET,
        "key": f"ml-gateway-prod-iris/{'e' * 64}/model.tar.gz",
        # As it is: the provider itself encodes it for CopyObject's header.
        "source": "team bucket/models/iris v1+2.tar.gz",
        "copyIfMatch": '"9b2cf5"',
        "checksumAlgorithm": "SHA256",
        "serverSideEncryption": "aws:kms",
        "kmsKeyId": ANY,
    }
    # The SDK takes the name of the key for a secret.
    assert rpc.unwrap_rpc_secret(inputs["kmsKeyId"]) == KEY_ARN
    assert stack.result[2] == f"s3://{BUCKET}/{inputs['key']}"


def test_the_models_of_a_set_lie_beside_each_other_below_its_hash(several):
    prefix, count = several.result
    assert prefix == f"s3://{BUCKET}/ml-gateway-prod-all/x/{SET.sha256}/"
    packed_one, remote_one = several.one(OBJECT), several.one(COPY)
    addresses = [f"s3://{BUCKET}/{found.inputs['key']}" for found in (packed_one, remote_one)]
    assert addresses == [f"{prefix}iris.tar.gz", f"{prefix}wine.tar.gz"]
    assert [packed_one.name, remote_one.name] == ["all-x-artifact-iris", "all-x-artifact-wine"]
    assert count == 2  # what the model waits for


def test_nothing_is_stored_before_the_bucket_is_closed_and_encrypted(stack):
    guards = {
        f"{resource.type}::{resource.name}"
        for resource in stack.resources
        if resource.name in {f"models-{s}" for s in ("encryption", "private", "tls-only")}
    }
    assert len(guards) == 3
    for type_ in (OBJECT, COPY):
        assert guards <= set(stack.one(type_).depends_on)


def test_what_a_roll_back_returns_to_outlives_its_place_in_the_program(stack):
    assert stack.one(OBJECT).retained
    assert stack.one(COPY).retained


def test_a_pruned_artifact_can_be_brought_back_for_a_while(stack):
    [rule] = stack.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs[
        "rules"
    ]
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
