"""The page as objects that API Gateway alone reads."""

import pytest

from components.api.page_files import WebFile
from components.openapi.api import Page, PageFile
from components.web_page import WebPage
from tests.unit.components.conftest import CONTEXT, KEY_ARN

BUCKET = "ml-gateway-prod-page-123456789012-eu-central-1"
FILES = [WebFile("index.html", "<p>"), WebFile("page.js", "1")]
POLICY = "aws:iam/rolePolicy:RolePolicy"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


@pytest.fixture
def stack(deploy):
    def program():
        page = WebPage(
            "direct-page",
            {"context": CONTEXT, "path": "/try", "files": FILES, "key_arn": KEY_ARN},
        )
        return {"page": [page.page], "needs": [resource._name for resource in page.needs]}

    return deploy(program)


def statements(stack):
    found = [policy.json("policy")["Statement"] for policy in stack.all(POLICY)]
    return [statement for each in found for statement in each]


def test_the_page_is_known_at_preview(stack):
    assert stack.result["page"] == [
        Page(
            path="/try",
            bucket=BUCKET,
            role_arn="arn:aws:iam::123456789012:role/ml-gateway-prod-direct-page-read",
            files=[PageFile(file.name, file.content_type, file.key) for file in FILES],
        )
    ]


def test_every_file_is_an_encrypted_object_under_its_own_hash(stack):
    made = {found.inputs["key"]: found.inputs for found in stack.all(OBJECT)}
    assert set(made) == {file.key for file in FILES}
    assert made[FILES[1].key] == {
        "bucket": BUCKET,
        "key": FILES[1].key,
        "content": "1",
        "contentType": "text/javascript; charset=utf-8",
        "serverSideEncryption": "aws:kms",
        "kmsKeyId": KEY_ARN,
    }


def test_the_bucket_is_closed_before_anything_lies_in_it(stack):
    assert stack.one("aws:s3/bucket:Bucket").inputs == {"bucket": BUCKET, "forceDestroy": True}
    for found in stack.all(OBJECT):
        assert any("BucketPublicAccessBlock" in each for each in found.depends_on)


def test_the_role_is_api_gateways_and_reads_exactly_these_files(stack):
    role = stack.one("aws:iam/role:Role")
    [trust] = role.json("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}
    by_sid = {statement["Sid"]: statement for statement in statements(stack)}
    assert by_sid["ReadFiles"] == {
        "Sid": "ReadFiles",
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": sorted(f"arn:aws:s3:::{BUCKET}/{file.key}" for file in FILES),
    }
    assert by_sid["UseKey"] == {
        "Sid": "UseKey",
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": [KEY_ARN],
        "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
    }
    assert len(by_sid) == 2


def test_the_role_declares_the_page_and_the_key(stack):
    declared = stack.one("ml-gateway:index:ServiceRole").state["reaches"]
    assert declared == [f"arn:aws:s3:::{BUCKET}/*", KEY_ARN]


def test_the_api_is_deployed_after_files_and_rights(stack):
    needs = stack.result["needs"]
    assert {"direct-page-index.html", "direct-page-page.js", "direct-page-key"} < set(needs)
    assert any(name.startswith("direct-page-read-policy-") for name in needs)
