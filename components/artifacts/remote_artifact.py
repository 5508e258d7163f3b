"""Artifacts that lie in S3 already: is the object the one that the config pins?"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from components.artifacts.artifact import S3Artifact
from components.artifacts.model_card import ModelCard

MAX_BYTES = 5 * 1024**3
"""What S3 copies at once. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""


class RemoteArtifactError(Exception):
    """The object is not what the config says; the text has what is seen, allowed, and the fix."""


@dataclass(frozen=True)
class RemoteArtifact:
    """An object in S3 whose bytes have the SHA-256 that the config names (hex)."""

    bucket: str
    key: str
    sha256: str
    etag: str
    """Changes with every write to the key, so that no later object is taken for this one."""
    example: Mapping[str, Any] | None = None
    """A request body that the model predicts rightly, where that is known."""
    features: Sequence[str] = ()
    """Names of a row's columns, in the model's order, where they are known."""
    card: ModelCard | None = None
    """What the artifact says of its model, where that is known."""


def verified(artifact: S3Artifact, s3: Any) -> RemoteArtifact:
    """Compares the checksum that S3 keeps with the one that the config pins.

    s3: a boto3 client. S3 computes and keeps a SHA-256 only where the upload asks for it, and over
    the whole object only where it came in one piece. Raises RemoteArtifactError.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
    """
    try:
        # With checksums of KMS-encrypted objects comes kms:Decrypt.
        found = s3.head_object(Bucket=artifact.bucket, Key=artifact.key, ChecksumMode="ENABLED")
    except (BotoCoreError, ClientError) as error:
        raise RemoteArtifactError(
            f"the object cannot be read ({error}). Allowed: an object that the deployer may read. "
            "Correct the address, or grant s3:GetObject, and kms:Decrypt on its key."
        ) from error
    upload_again = (
        f"Upload it again: aws s3api put-object --bucket {artifact.bucket} --key {artifact.key} "
        "--checksum-algorithm SHA256 --body model.tar.gz."
    )
    if found["ContentLength"] > MAX_BYTES:
        raise RemoteArtifactError(
            f"{found['ContentLength']} bytes. Allowed: up to {MAX_BYTES} bytes (5 GB), what S3 "
            "copies at once. Make the artifact smaller."
        )
    checksum = found.get("ChecksumSHA256")
    if checksum is None:
        raise RemoteArtifactError(
            f"S3 keeps no SHA-256 of the object. Allowed: an object with one. {upload_again}"
        )
    if found.get("ChecksumType") == "COMPOSITE" or "-" in checksum:
        raise RemoteArtifactError(
            "S3 keeps a SHA-256 of the object's parts, since it was uploaded in several. "
            f"Allowed: an object with one SHA-256. {upload_again}"
        )
    seen = base64.b64decode(checksum).hex()
    if seen != artifact.sha256:
        raise RemoteArtifactError(
            f"the object's SHA-256 is {seen}. Allowed: the one that the config pins, "
            f"{artifact.sha256}. Find out who replaced the object, or pin the new one."
        )
    return RemoteArtifact(artifact.bucket, artifact.key, artifact.sha256, found["ETag"])
