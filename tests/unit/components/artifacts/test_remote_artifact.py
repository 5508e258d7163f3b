"""Artifacts that lie in S3 already."""

import base64
import hashlib

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from components.artifacts.artifact import S3Artifact
from components.artifacts.remote_artifact import RemoteArtifact, RemoteArtifactError, verified

DIGEST = hashlib.sha256(b"the model")
ARTIFACT = S3Artifact("models", "iris/model.tar.gz", DIGEST.hexdigest())
HEAD = {
    "ContentLength": 1000,
    "ETag": '"9b2c"',
    "ChecksumSHA256": base64.b64encode(DIGEST.digest()).decode(),
    "ChecksumType": "FULL_OBJECT",
}
UPLOAD = (
    "Upload it again: aws s3api put-object --bucket models --key iris/model.tar.gz "
    "--checksum-algorithm SHA256 --body model.tar.gz."
)


@pytest.fixture
def s3():
    """A client whose next answers a test adds; requests and answers are checked by the API."""
    client = boto3.client(
        "s3", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def look(s3, head):
    client, stubber = s3
    asked = {"Bucket": "models", "Key": "iris/model.tar.gz", "ChecksumMode": "ENABLED"}
    stubber.add_response("head_object", head, asked)
    return verified(ARTIFACT, client)


def test_an_object_with_the_pinned_checksum_is_known_by_it_and_by_its_etag(s3):
    assert look(s3, HEAD) == RemoteArtifact(
        "models", "iris/model.tar.gz", DIGEST.hexdigest(), '"9b2c"'
    )


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            {"ChecksumSHA256": base64.b64encode(bytes(32)).decode()},
            f"the object's SHA-256 is {'0' * 64}. Allowed: the one that the config pins, "
            f"{DIGEST.hexdigest()}. Find out who replaced the object, or pin the new one.",
        ),
        (
            {"ChecksumType": "COMPOSITE", "ChecksumSHA256": "AAAA-2"},
            "S3 keeps a SHA-256 of the object's parts, since it was uploaded in several. "
            f"Allowed: an object with one SHA-256. {UPLOAD}",
        ),
        (
            {"ContentLength": 5 * 1024**3 + 1},
            "5368709121 bytes. Allowed: up to 5368709120 bytes (5 GB), what S3 copies at once. "
            "Make the artifact smaller.",
        ),
    ],
)
def test_another_object_is_refused_with_the_fix(s3, head, message):
    with pytest.raises(RemoteArtifactError) as caught:
        look(s3, HEAD | head)
    assert str(caught.value) == message


def test_an_object_without_a_checksum_is_refused_with_the_command_that_gives_it_one(s3):
    with pytest.raises(RemoteArtifactError) as caught:
        look(s3, {"ContentLength": 1000, "ETag": '"9b2c"'})
    assert str(caught.value) == (
        f"S3 keeps no SHA-256 of the object. Allowed: an object with one. {UPLOAD}"
    )


def test_an_object_that_is_not_there_is_refused_with_what_s3_says(s3):
    client, stubber = s3
    stubber.add_client_error("head_object", "404", "Not Found", http_status_code=404)
    with pytest.raises(RemoteArtifactError) as caught:
        verified(ARTIFACT, client)
    assert str(caught.value) == (
        "the object cannot be read (An error occurred (404) when calling the HeadObject operation: "
        "Not Found). Allowed: an object that the deployer may read. Correct the address, or grant "
        "s3:GetObject, and kms:Decrypt on its key."
    )


def test_a_network_that_is_down_is_no_traceback():
    class Unreachable:
        def head_object(self, **_):
            raise EndpointConnectionError(endpoint_url="https://s3.example")

    with pytest.raises(RemoteArtifactError, match="Could not connect to the endpoint URL"):
        verified(ARTIFACT, Unreachable())
