"""The bucket of captured data, async requests and results."""

import json

import pytest

from components.config.endpoint import Endpoint
from components.data_bucket import DataBucket, DataFolders, needs_data_bucket, retention_days
from tests.unit.components.conftest import CONTEXT, KEY_ARN

BUCKET = "ml-gateway-prod-data-123456789012-eu-central-1"
VARIANT = {"artifact": "build/iris", "instances": {"type": "ml.m5.large", "min": 1, "max": 2}}
PLAIN = {"variants": {"forest": VARIANT}}
CAPTURING = PLAIN | {"capture": {"sample": "20%", "retention": "30d"}}
QUEUED = PLAIN | {"async": {"concurrency": 4, "retention": "7d"}}


def endpoints(**blocks):
    return {name: Endpoint.model_validate(block) for name, block in blocks.items()}


@pytest.fixture
def stack(deploy):
    def program():
        bucket = DataBucket(
            "data",
            {
                "context": CONTEXT,
                "endpoints": endpoints(iris=CAPTURING, batch=QUEUED),
                "key_arn": KEY_ARN,
                "delete_on_destroy": False,
            },
        )
        bucket.put_example("batch-example", "ml-gateway-prod-batch", {"instances": [[1, 2.5]]})
        return bucket.bucket_name

    return deploy(program)


@pytest.mark.parametrize(
    ("blocks", "needed"),
    [
        ({"iris": PLAIN}, False),
        ({"iris": PLAIN, "wine": CAPTURING}, True),
        ({"iris": QUEUED}, True),
    ],
)
def test_it_is_needed_where_an_endpoint_captures_or_is_asynchronous(blocks, needed):
    assert needs_data_bucket(endpoints(**blocks)) is needed


def test_its_name_is_known_at_preview_and_its_data_holds_up_a_destroy(stack):
    assert stack.result == BUCKET
    assert stack.one("aws:s3/bucket:Bucket").inputs == {"bucket": BUCKET, "forceDestroy": False}


def test_neither_the_bucket_nor_what_closes_it_can_be_destroyed_by_mistake(stack):
    closing = [r for r in stack.resources if r.parent.startswith("ml-gateway:index:PrivateBucket")]
    assert len(closing) == 7
    assert all(resource.protected for resource in closing)


def test_data_expires_as_its_endpoint_says_and_that_of_others_with_the_longest_retention(stack):
    days = {
        "capture/ml-gateway-prod-iris/": 30,
        "async/ml-gateway-prod-batch/": 7,
        "capture/": 30,
        "async/": 30,
    }
    assert retention_days("ml-gateway-prod", endpoints(iris=CAPTURING, batch=QUEUED)) == days
    remains, *rules = stack.one(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    ).inputs["rules"]
    assert {rule["filter"]["prefix"]: rule["expiration"]["days"] for rule in rules} == days
    assert remains["noncurrentVersionExpiration"] == {"noncurrentDays": 1}


def test_each_kind_of_data_of_an_endpoint_has_a_folder_of_its_own():
    folders = DataFolders(BUCKET, "ml-gateway-prod-iris")
    assert [folders.captured, folders.requests, folders.results, folders.failures] == [
        "capture/ml-gateway-prod-iris",
        "async/ml-gateway-prod-iris/input",
        "async/ml-gateway-prod-iris/output",
        "async/ml-gateway-prod-iris/failure",
    ]
    assert folders.address("capture") == f"s3://{BUCKET}/capture"
    assert folders.arn("capture/*") == f"arn:aws:s3:::{BUCKET}/capture/*"


def test_an_example_lies_encrypted_where_nothing_expires(stack):
    example = stack.one("aws:s3/bucketObjectv2:BucketObjectv2")
    key = "examples/ml-gateway-prod-batch/request.json"
    assert example.inputs == {
        "bucket": BUCKET,
        "key": key,
        "content": json.dumps({"instances": [[1, 2.5]]}),
        "contentType": "application/json",
        "serverSideEncryption": "aws:kms",
        "kmsKeyId": KEY_ARN,
    }
    expiring = retention_days("ml-gateway-prod", endpoints(iris=CAPTURING))
    assert not any(key.startswith(prefix) for prefix in expiring)
    assert "aws:s3/bucketPolicy:BucketPolicy::data-tls-only" in example.depends_on
