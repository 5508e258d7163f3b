"""Objects in the local cloud's S3, read and written as a role."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.access import Access, AccessDenied
from local.aws import Aws
from local.call_log import CallLog
from local.principal import Principal

_FAULTS = (AccessDenied, BotoCoreError, ClientError)


class StorageError(Exception):
    """An object could not be read or written; the text says which and why."""


class Storage:
    """S3 of one region; a role does what IAM lets it, and every call is noted."""

    def __init__(self, aws: Aws, access: Access, calls: CallLog) -> None:
        self._aws = aws
        self._access = access
        self._calls = calls

    def get(self, principal: Principal, url: str, max_bytes: int | None = None) -> bytes:
        """The object at an s3:// address.

        Raises StorageError if there is none, it cannot be read, or has more than `max_bytes`.
        """
        try:
            found = self._call(principal, "GetObject", url, {})
        except _FAULTS as error:
            raise StorageError(f"{url} cannot be read: {error}") from error
        with closing(found["Body"]) as body:
            size = found["ContentLength"]
            if max_bytes is not None and size > max_bytes:
                raise StorageError(f"{url} has {size} bytes; the limit is {max_bytes}.")
            content: bytes = body.read()
        return content

    def check_prefix(self, principal: Principal, url: str) -> None:
        """Raises StorageError unless the principal may list what is below an s3:// address."""
        bucket, prefix = _place(url)
        try:
            with self._noted(principal, "s3:ListBucket", f"arn:aws:s3:::{bucket}"):
                self._access.require_listing(principal, bucket, prefix)
                request = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": 1}
                found = self._aws.call("s3", "ListObjectsV2", request)
        except _FAULTS as error:
            raise StorageError(f"{url} cannot be listed: {error}") from error
        if not found.get("Contents"):
            raise StorageError(f"{url} has no objects below it.")

    def object(self, principal: Principal, bucket: str, key: str) -> dict[str, Any]:
        """S3's own answer to GetObject. Raises AccessDenied, and botocore's errors."""
        return self._call(principal, "GetObject", f"s3://{bucket}/{key}", {})

    def put(self, principal: Principal, url: str, content: bytes, content_type: str) -> None:
        """Writes an object. Raises StorageError."""
        try:
            self._call(principal, "PutObject", url, {"Body": content, "ContentType": content_type})
        except _FAULTS as error:
            raise StorageError(f"{url} cannot be written: {error}") from error

    def _call(
        self, principal: Principal, operation: str, url: str, members: dict[str, Any]
    ) -> dict[str, Any]:
        bucket, key = _place(url)
        action = f"s3:{operation}"
        with self._noted(principal, action, f"arn:aws:s3:::{bucket}/{key}"):
            self._access.require_object(principal, action, bucket, key)
            return self._aws.call("s3", operation, {"Bucket": bucket, "Key": key, **members})

    @contextmanager
    def _noted(self, principal: Principal, action: str, arn: str) -> Iterator[None]:
        """Leaves a line of a call in the cloud's log, whatever becomes of it."""
        status: int | None = None
        try:
            yield
            status = 200
        except AccessDenied:
            status = 403
            raise
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise
        finally:
            self._calls.record(principal, action, arn, status)


def _place(url: str) -> tuple[str, str]:
    """Bucket and key, or prefix, of an s3:// address. Raises StorageError."""
    bucket, _, key = url.removeprefix("s3://").partition("/")
    if not (url.startswith("s3://") and bucket and key):
        raise StorageError(f"{url} is no address. Allowed: s3://bucket/key.")
    return bucket, key
