"""S3 as an integration of API Gateway calls it: an object, read as a role.

Not here: anything but GET of a whole object.
"""

from contextlib import closing
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from local.access import Access, AccessDenied
from local.http import HttpRequest, HttpResponse
from local.principal import Principal
from local.sagemaker.storage import Storage


class S3:
    """Answers requests for objects of one region."""

    def __init__(self, storage: Storage, access: Access) -> None:
        self._storage = storage
        self._access = access

    def answer(self, principal: Principal, request: HttpRequest) -> HttpResponse:
        """The object at /bucket/key, or S3's error.

        Raises LookupError for any other request: the local cloud does not have it.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        bucket, _, key = unquote(request.path.lstrip("/")).partition("/")
        if request.method != "GET" or request.query or not (bucket and key):
            raise LookupError(f"s3 {request.method} {request.path}: the local cloud has no such")
        try:
            return _object(self._storage.object(principal, bucket, key))
        except AccessDenied as error:
            return _error(HTTPStatus.FORBIDDEN, "AccessDenied", str(error))
        except ClientError as error:
            return self._failure(principal, bucket, error)

    def _failure(self, principal: Principal, bucket: str, error: ClientError) -> HttpResponse:
        """That there is no object learns only who may list the bucket."""
        found, status = error.response["Error"], error.response["ResponseMetadata"]
        if found["Code"] == "NoSuchKey":
            try:
                self._access.require(principal, "s3:ListBucket", f"arn:aws:s3:::{bucket}")
            except AccessDenied:
                return _error(HTTPStatus.FORBIDDEN, "AccessDenied", "Access Denied")
        return _error(HTTPStatus(status["HTTPStatusCode"]), found["Code"], found["Message"])


def _object(found: dict[str, Any]) -> HttpResponse:
    with closing(found["Body"]) as body:
        headers = {"content-type": found["ContentType"], "etag": found["ETag"]}
        return HttpResponse(HTTPStatus.OK, headers, body.read())


def _error(status: HTTPStatus, code: str, message: str) -> HttpResponse:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    text = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    return HttpResponse(status, {"content-type": "application/xml"}, text.encode())
