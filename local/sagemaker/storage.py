"""Objects in the local cloud's S3, read and written as a role."""

from contextlib import closing
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

    def put(self, principal: Principal, url: str, content: bytes, content_type: str) -> None:
        """Writes an object. Raises StorageError."""
        try:
            self._call(principal, "PutObject", url, {"Body": content, "ContentType": content_type})
        except _FAULTS as error:
            raise StorageError(f"{url} cannot be written: {error}") from error

    def _call(
        self, principal: Principal, operation: str, url: str, members: dict[str, Any]
    ) -> dict[str, Any]:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        if not (url.startswith("s3://") and bucket and key):
            raise StorageError(f"{url} is no address. Allowed: s3://bucket/key.")
        status: int | None = None
        try:
            self._access.require_object(principal, f"s3:{operation}", bucket, key)
            answer = self._aws.call("s3", operation, {"Bucket": bucket, "Key": key, **members})
            status = 200
        except AccessDenied:
            status = 403
            raise
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise
        finally:
            arn = f"arn:aws:s3:::{bucket}/{key}"
            self._calls.record(principal, f"s3:{operation}", arn, status)
        return answer
