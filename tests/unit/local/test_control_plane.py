import json

import pytest
import urllib3


def tls_only(bucket):
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_our_own_services_answer_for_themselves(aws, services):
    api = aws.call("apigateway", "CreateRestApi", {"name": "iris"})["id"]
    assert aws.call("apigateway", "GetRestApi", {"restApiId": api})["name"] == "iris"
    assert list(services.regions) == ["eu-central-1", "eu-central-1"]


def test_a_request_goes_to_the_region_that_signed_it(aws_for, services):
    aws_for("eu-west-1").call("apigateway", "CreateRestApi", {"name": "iris"})
    assert services.regions == ["eu-west-1"]


def test_objects_are_put_into_a_bucket_that_is_for_tls_only(aws, unique):
    location = {"LocationConstraint": aws.region}
    aws.call("s3", "CreateBucket", {"Bucket": unique, "CreateBucketConfiguration": location})
    aws.call("s3", "PutBucketPolicy", {"Bucket": unique, "Policy": tls_only(unique)})
    aws.call("s3", "PutObject", {"Bucket": unique, "Key": "a", "Body": b"model"})
    found = aws.call("s3", "GetObject", {"Bucket": unique, "Key": "a"})
    assert found["Body"].read() == b"model"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=local/20260301/eu-central-1, x=y"},
    ],
)
def test_a_request_without_a_signature_is_not_ours(aws, headers):
    answer = urllib3.request("GET", f"{aws.endpoint_url}/restapis", headers=headers)
    assert b"no operation of" not in answer.data
