"""Objects as an integration of API Gateway reads them."""

import pytest

from local.http import HttpRequest
from local.principal import Principal, PrincipalKind
from local.s3 import S3
from local.sagemaker.storage import Storage

ROLE = Principal(PrincipalKind.ROLE, "arn:aws:iam::123456789012:role/page")


@pytest.fixture
def bucket(aws, unique):
    location = {"LocationConstraint": aws.region}
    aws.call("s3", "CreateBucket", {"Bucket": unique, "CreateBucketConfiguration": location})
    body = {"Body": "grün".encode(), "ContentType": "text/css"}
    aws.call("s3", "PutObject", {"Bucket": unique, "Key": "0f/a b.css"} | body)
    return unique


@pytest.fixture
def s3(aws, access, calls):
    return S3(Storage(aws, access, calls.log), access)


def test_an_object_comes_as_it_was_put(s3, bucket, calls):
    answer = s3.answer(ROLE, HttpRequest("GET", f"/{bucket}/0f/a%20b.css"))
    assert (answer.status, answer.body.decode()) == (200, "grün")
    assert answer.headers["content-type"] == "text/css"
    assert answer.headers["etag"].startswith('"')
    [line] = calls.lines()
    assert (line["principal"], line["action"], line["status"]) == (str(ROLE), "s3:GetObject", 200)
    assert line["resource"] == f"arn:aws:s3:::{bucket}/0f/a b.css"


def test_a_role_without_the_right_is_denied(s3, bucket, access, calls):
    access.denied.add((ROLE.identifier, "s3:GetObject"))
    answer = s3.answer(ROLE, HttpRequest("GET", f"/{bucket}/0f/a%20b.css"))
    assert answer.status == 403
    assert answer.body.startswith(b"<Error><Code>AccessDenied</Code>")
    assert [line["status"] for line in calls.lines()] == [403]


def test_that_there_is_no_object_learns_who_may_list_the_bucket(s3, bucket, access):
    request = HttpRequest("GET", f"/{bucket}/none")
    assert s3.answer(ROLE, request).status == 404
    assert b"<Code>NoSuchKey</Code>" in s3.answer(ROLE, request).body
    access.denied.add((ROLE.identifier, "s3:ListBucket"))
    answer = s3.answer(ROLE, request)
    assert (answer.status, b"AccessDenied" in answer.body) == (403, True)


def test_a_bucket_that_is_not_there_is_s3s_error(s3, unique):
    answer = s3.answer(ROLE, HttpRequest("GET", f"/no-{unique}/a"))
    assert (answer.status, b"<Code>NoSuchBucket</Code>" in answer.body) == (404, True)


@pytest.mark.parametrize(
    "request_",
    [
        HttpRequest("PUT", "/bucket/key"),
        HttpRequest("GET", "/bucket"),
        HttpRequest("GET", "/bucket/"),
        HttpRequest("GET", "/"),
        HttpRequest("GET", "/bucket/key", query={"acl": ""}),
    ],
)
def test_anything_else_is_refused_by_name(s3, request_):
    with pytest.raises(LookupError) as error:
        s3.answer(ROLE, request_)
    said = f"s3 {request_.method} {request_.path}: the local cloud has no such"
    assert str(error.value) == said
