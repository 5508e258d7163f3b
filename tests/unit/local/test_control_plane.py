import json
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.control_plane import ControlPlane
from local.http import HttpResponse
from local.sagemaker.invocation import model_error


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


def test_a_log_group_s_key_is_changed_and_taken_away(aws, unique):
    group = {"logGroupName": unique}

    def key():
        found = aws.call("logs", "DescribeLogGroups", {"logGroupNamePrefix": unique})
        return found["logGroups"][0].get("kmsKeyId")

    aws.call("logs", "CreateLogGroup", group | {"kmsKeyId": "arn:key/1"})
    aws.call("logs", "AssociateKmsKey", group | {"kmsKeyId": "arn:key/2"})
    assert key() == "arn:key/2"
    aws.call("logs", "DisassociateKmsKey", group)
    assert key() is None


@pytest.mark.parametrize(
    ("operation", "members"), [("AssociateKmsKey", {"kmsKeyId": "k"}), ("DisassociateKmsKey", {})]
)
def test_a_log_group_that_is_not_there_has_no_key(aws, unique, operation, members):
    with pytest.raises(ClientError, match="The specified log group does not exist"):
        aws.call("logs", operation, {"logGroupName": unique, **members})


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


class RuntimeRegion:
    """Answers runtime calls as it is told; keeps them."""

    services: dict[str, Any] = {}

    def __init__(self):
        self.answer = HttpResponse(200)
        self.calls: list[Any] = []

    def call_runtime(self, principal, request):
        self.calls.append((str(principal), request))
        return self.answer


@pytest.fixture
def runtime_region():
    return RuntimeRegion()


@pytest.fixture
def client(serve, runtime_region):
    """boto3's own client, told nothing but where to go and who it is."""
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=serve(ControlPlane(lambda region: runtime_region)),
        region_name="eu-central-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_boto3_invokes_an_endpoint(client, runtime_region):
    runtime_region.answer = HttpResponse(
        200,
        {
            "content-type": "text/csv",
            "x-amzn-invoked-production-variant": "forest",
            "x-amzn-sagemaker-custom-attributes": "trace=2",
        },
        b"setosa\n",
    )
    answer = client.invoke_endpoint(
        EndpointName="iris",
        Body=b"5.1,3.5",
        ContentType="text/csv",
        Accept="application/json",
        CustomAttributes="trace=1",
        TargetVariant="forest",
        InferenceId="a1",
    )
    with answer["Body"] as body:
        assert body.read() == b"setosa\n"
    members = ("ContentType", "InvokedProductionVariant", "CustomAttributes")
    assert [answer[member] for member in members] == ["text/csv", "forest", "trace=2"]
    [(principal, request)] = runtime_region.calls
    assert principal == "root:arn:aws:iam::123456789012:root"
    assert (request.method, request.path, request.body) == (
        "POST",
        "/endpoints/iris/invocations",
        b"5.1,3.5",
    )
    expected = {
        "content-type": "text/csv",
        "accept": "application/json",
        "x-amzn-sagemaker-custom-attributes": "trace=1",
        "x-amzn-sagemaker-target-variant": "forest",
        "x-amzn-sagemaker-inference-id": "a1",
    }
    assert expected.items() <= request.headers.items()


def test_boto3_raises_the_container_s_error_with_its_members(client, runtime_region):
    error = model_error("eu-central-1", "iris", "forest", 400, "bad row")
    runtime_region.answer = error.response()
    with pytest.raises(client.exceptions.ModelError) as raised:
        client.invoke_endpoint(EndpointName="iris", Body=b"")
    response = raised.value.response
    assert (response["OriginalStatusCode"], response["OriginalMessage"]) == (400, "bad row")
    assert response["LogStreamArn"].endswith(":log-stream:forest")
    assert response["Error"]["Message"].startswith("Received client error (400) from primary")


@pytest.mark.parametrize(
    ("status", "code"), [(400, "ValidationError"), (503, "ServiceUnavailable")]
)
def test_boto3_raises_other_errors_by_their_codes(client, runtime_region, status, code):
    headers = {"x-amzn-errortype": code}
    runtime_region.answer = HttpResponse(status, headers, b'{"Message": "why"}')
    with pytest.raises(getattr(client.exceptions, code)) as raised:
        client.invoke_endpoint(EndpointName="iris", Body=b"")
    assert raised.value.response["Error"]["Message"] == "why"


def test_boto3_invokes_an_endpoint_asynchronously(client, runtime_region):
    runtime_region.answer = HttpResponse(
        202,
        {
            "x-amzn-sagemaker-outputlocation": "s3://bucket/out/a1.out",
            "x-amzn-sagemaker-failurelocation": "s3://bucket/failed/a1-error.out",
        },
        b'{"InferenceId": "a1"}',
    )
    answer = client.invoke_endpoint_async(
        EndpointName="iris",
        InputLocation="s3://bucket/in/1",
        ContentType="text/csv",
        RequestTTLSeconds=60,
        InvocationTimeoutSeconds=30,
    )
    assert (answer["InferenceId"], answer["OutputLocation"], answer["FailureLocation"]) == (
        "a1",
        "s3://bucket/out/a1.out",
        "s3://bucket/failed/a1-error.out",
    )
    [(_, request)] = runtime_region.calls
    assert request.path == "/endpoints/iris/async-invocations"
    expected = {
        "x-amzn-sagemaker-inputlocation": "s3://bucket/in/1",
        "x-amzn-sagemaker-content-type": "text/csv",
        "x-amzn-sagemaker-requestttlseconds": "60",
        "x-amzn-sagemaker-invocationtimeoutseconds": "30",
    }
    assert expected.items() <= request.headers.items()


def test_the_runtime_s_paths_without_a_signature_are_not_ours(client, runtime_region):
    url = f"{client.meta.endpoint_url}/endpoints/iris/invocations"
    urllib3.request("POST", url, body=b"")
    assert runtime_region.calls == []
