import hashlib
import json

import grpc
import pytest

from local.provider import wire

BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
COPY = "aws:s3/objectCopy:ObjectCopy"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
POLICY = {"Version": "2012-10-17", "Statement": []}
RULES = [
    {
        "id": "capture",
        "status": "Enabled",
        "filter": {"prefix": "capture/iris/"},
        "expiration": {"days": 30},
        "noncurrentVersionExpiration": {"noncurrentDays": 1},
    },
    {
        "id": "uploads",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 2},
    },
]


@pytest.fixture
def bucket(provider, unique):
    return provider.make(BUCKET, {"bucket": f"b-{unique}", "forceDestroy": True})


def test_a_bucket_lives_and_its_tags_change_in_place(bucket):
    assert bucket.is_clean()
    bucket.change(tags={"team": "a", "cost": "1"})
    assert bucket.is_clean()
    bucket.change(tags={"team": "b"})
    assert bucket.outputs["tagsAll"] == {"team": "b"}
    assert bucket.is_clean()
    bucket.change(tags=None, forceDestroy=False)
    assert bucket.outputs["tagsAll"] == {}
    assert bucket.is_clean()
    assert bucket.goes()


def test_a_bucket_is_made_with_its_tags(provider, aws, unique):
    made = provider.make(BUCKET, {"bucket": f"b-{unique}", "tags": {"team": "a"}})
    found = aws.call("s3", "GetBucketTagging", {"Bucket": made.id})
    assert found == {"TagSet": [{"Key": "team", "Value": "a"}]}


def test_a_bucket_may_begin_with_a_prefix(provider, unique):
    made = provider.make(BUCKET, {"bucketPrefix": f"{unique}-"})
    assert made.outputs["bucket"].startswith(f"{unique}-")
    assert made.is_clean()
    assert made.goes()


@pytest.mark.parametrize(
    ("kind", "inputs", "change"),
    [
        (
            "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            {
                "rules": [
                    {
                        "applyServerSideEncryptionByDefault": {
                            "sseAlgorithm": "aws:kms",
                            "kmsMasterKeyId": "arn:aws:kms:eu-central-1:123456789012:key/1",
                        },
                        "bucketKeyEnabled": True,
                    }
                ]
            },
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        ),
        (
            "bucketVersioning:BucketVersioning",
            {"versioningConfiguration": {"status": "Enabled"}},
            {"versioningConfiguration": {"status": "Suspended"}},
        ),
        (
            "bucketPublicAccessBlock:BucketPublicAccessBlock",
            {"blockPublicAcls": True, "restrictPublicBuckets": True},
            {"blockPublicPolicy": True},
        ),
        (
            "bucketOwnershipControls:BucketOwnershipControls",
            {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
            {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        ),
        (
            "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            {"rules": RULES},
            {"rules": RULES[:1]},
        ),
        (
            "bucketPolicy:BucketPolicy",
            {"policy": json.dumps(POLICY, indent=1)},
            {"policy": json.dumps({**POLICY, "Id": "other"})},
        ),
    ],
)
def test_a_setting_of_a_bucket_lives_and_changes_in_place(provider, bucket, kind, inputs, change):
    made = provider.make(f"aws:s3/{kind}", {"bucket": bucket.id, **inputs})
    assert made.is_clean()
    made.change(**change)
    assert made.is_clean()
    made.provider.delete(made.kind, made.id, made.outputs)


def test_a_lifecycle_that_someone_changed_shows_as_drift(provider, bucket, aws):
    made = provider.make(LIFECYCLE, {"bucket": bucket.id, "rules": RULES})
    rules = aws.call("s3", "GetBucketLifecycleConfiguration", {"Bucket": bucket.id})["Rules"]
    rules[0]["Expiration"]["Days"] = 3650
    request = {"Bucket": bucket.id, "LifecycleConfiguration": {"Rules": rules}}
    aws.call("s3", "PutBucketLifecycleConfiguration", request)
    inputs, _ = made.refresh()
    assert inputs["rules"] == [{**RULES[0], "expiration": {"days": 3650}}, RULES[1]]


def asset(path, content):
    path.write_bytes(content)
    return {
        wire.SIGNATURE: wire.ASSET,
        "hash": hashlib.sha256(content).hexdigest(),
        "path": str(path),
    }


def test_an_object_may_be_given_as_text(provider, bucket, aws):
    made = provider.make(OBJECT, {"bucket": bucket.id, "key": "k", "content": "1,2"})
    found = aws.call("s3", "GetObject", {"Bucket": bucket.id, "Key": "k"})
    assert found["Body"].read() == b"1,2"
    assert made.is_clean()


def test_what_an_object_cannot_be_made_of_is_refused(provider, tmp_path):
    file = asset(tmp_path / "a", b"old")
    for content, message in (
        (
            {"source": file, "content": "1,2"},
            "source, content: both are given. Allowed: one. Leave one out.",
        ),
        (
            {"source": {wire.SIGNATURE: "an archive's", "path": "a.zip"}},
            "source: not an asset. Allowed: a file or a text, no archive. Use pulumi.FileAsset.",
        ),
        (
            {"source": {wire.SIGNATURE: wire.ASSET, "hash": "abc", "uri": "https://a/b"}},
            "asset 'https://a/b': the local cloud fetches nothing. "
            "Allowed: a file or a text. Use pulumi.FileAsset.",
        ),
    ):
        with pytest.raises(grpc.RpcError) as error:
            provider.check(OBJECT, {"bucket": "b", "key": "k", **content})
        assert error.value.code() == grpc.StatusCode.FAILED_PRECONDITION
        assert error.value.details() == message


def test_an_object_keeps_its_tags_when_its_content_changes(provider, bucket, tmp_path):
    inputs = {
        "bucket": bucket.id,
        "key": "a/model.tar.gz",
        "source": asset(tmp_path / "a", b"old"),
        "tags": {"team": "a"},
    }
    made = provider.make(OBJECT, inputs)
    etag = made.outputs["etag"]
    assert etag == hashlib.md5(b"old").hexdigest()  # noqa: S324 - what S3 calls an entity tag
    assert made.outputs["arn"] == f"arn:aws:s3:::{bucket.id}/a/model.tar.gz"
    assert made.is_clean()
    made.change(source=asset(tmp_path / "b", b"new"))
    assert made.outputs["etag"] != etag
    assert made.is_clean()
    made.change(tags={"team": "b"})
    assert made.is_clean()
    assert made.goes()


def test_an_object_is_copied_by_s3_itself(provider, bucket, aws):
    source = provider.make(OBJECT, {"bucket": bucket.id, "key": "from", "content": "1,2"})
    inputs = {
        "bucket": bucket.id,
        "key": "to",
        "source": f"{bucket.id}/from",
        "copyIfMatch": source.outputs["etag"],
        "serverSideEncryption": "aws:kms",
        "tags": {"team": "a"},
    }
    made = provider.make(COPY, inputs)
    found = aws.call("s3", "GetObject", {"Bucket": bucket.id, "Key": "to"})
    assert found["Body"].read() == b"1,2"
    assert made.is_clean()
    made.change(tags={"team": "b"}, source=f"{bucket.id}/from")
    assert made.is_clean()
    assert made.goes()


def test_a_bucket_says_where_it_is(bucket):
    assert bucket.outputs["arn"] == f"arn:aws:s3:::{bucket.id}"
    domain = f"{bucket.id}.s3.eu-central-1.amazonaws.com"
    assert bucket.outputs["bucketRegionalDomainName"] == domain


def test_only_us_east_1_has_no_location(aws, connect, unique):
    connect("us-east-1").create(BUCKET, {"bucket": unique, "region": "us-east-1"})
    assert aws.call("s3", "GetBucketLocation", {"Bucket": unique})["LocationConstraint"] is None


def test_a_bucket_that_may_be_emptied_goes_with_every_version_in_it(provider, bucket):
    enabled = {"versioningConfiguration": {"status": "Enabled"}}
    versioning = provider.make(VERSIONING, {"bucket": bucket.id, **enabled})
    made = provider.make(OBJECT, {"bucket": bucket.id, "key": "a/model", "content": "one"})
    made.change(content="two")
    assert made.goes()
    provider.delete(VERSIONING, versioning.id, versioning.outputs)
    assert bucket.goes()


def test_a_bucket_that_may_not_be_emptied_stays(provider, unique):
    bucket = provider.make(BUCKET, {"bucket": unique})
    provider.make(OBJECT, {"bucket": unique, "key": "a", "content": "one"})
    with pytest.raises(grpc.RpcError) as error:
        bucket.goes()
    assert "BucketNotEmpty" in str(error.value.details())


def test_versioning_is_suspended_when_it_is_deleted(provider, bucket, aws):
    enabled = {"versioningConfiguration": {"status": "Enabled"}}
    made = provider.make(VERSIONING, {"bucket": bucket.id, **enabled})
    provider.delete(VERSIONING, made.id, made.outputs)
    answer = aws.call("s3", "GetBucketVersioning", {"Bucket": bucket.id})
    assert answer == {"Status": "Suspended"}
