"""Versions of the model registry."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber

from components.artifacts.artifact import ModelPackage
from components.artifacts.model_package import ModelPackageError, RegisteredModel, approved

ARN = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/3"
CONTAINER = {
    "Image": f"210987654321.dkr.ecr.eu-west-1.amazonaws.com/team/server@sha256:{'0' * 64}",
    "ModelDataUrl": "s3://registry/iris/3/model.tar.gz",
}
PACKAGE = {
    "ModelPackageName": "iris",
    "ModelPackageArn": ARN,
    "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
    "ModelPackageStatus": "Completed",
    "ModelPackageStatusDetails": {"ValidationStatuses": []},
    "ModelApprovalStatus": "Approved",
    "InferenceSpecification": {"Containers": [CONTAINER]},
}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/77"


@pytest.fixture
def aws():
    """Clients whose next answers a test adds."""

    def client(service):
        return boto3.client(
            service, region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b"
        )

    sagemaker, s3 = client("sagemaker"), client("s3")
    with Stubber(sagemaker) as registry, Stubber(s3) as objects:
        yield sagemaker, s3, registry, objects
        registry.assert_no_pending_responses()
        objects.assert_no_pending_responses()


def look(aws, package, head=None):
    sagemaker, s3, registry, objects = aws
    registry.add_response("describe_model_package", package, {"ModelPackageName": ARN})
    if head is not None:
        asked = {"Bucket": "registry", "Key": "iris/3/model.tar.gz"}
        objects.add_response("head_object", head, asked)
    return approved(ModelPackage(ARN), sagemaker, s3)


@pytest.mark.parametrize(("head", "key"), [({"SSEKMSKeyId": KEY}, KEY), ({}, None)])
def test_an_approved_version_names_exactly_what_its_container_reads(aws, head, key):
    assert look(aws, PACKAGE, head) == RegisteredModel(
        ARN,
        repository_arn="arn:aws:ecr:eu-west-1:210987654321:repository/team/server",
        object_arn="arn:aws:s3:::registry/iris/3/model.tar.gz",
        key_arn=key,
    )


@pytest.mark.parametrize(
    ("package", "message"),
    [
        (
            {"ModelPackageStatus": "InProgress"},
            "its status is InProgress. Allowed: Completed. Wait for it, or register the model "
            "again.",
        ),
        (
            {"ModelApprovalStatus": "Rejected", "ApprovalDescription": "drifts"},
            "its approval is Rejected (drifts). Allowed: Approved. Have it approved, or name a "
            "version that is.",
        ),
        (
            {"ModelApprovalStatus": "PendingManualApproval"},
            "its approval is PendingManualApproval. Allowed: Approved. Have it approved, or name "
            "a version that is.",
        ),
        (
            {"InferenceSpecification": {"Containers": [CONTAINER, CONTAINER]}},
            "it has 2 containers. Allowed: one. Register it with one.",
        ),
        (
            {"InferenceSpecification": {"Containers": [CONTAINER | {"Image": "hub/server:1"}]}},
            "its image is hub/server:1. Allowed: an image in ECR. Register it with one.",
        ),
        (
            {"InferenceSpecification": {"Containers": [CONTAINER | {"ModelDataUrl": "s3://b/m/"}]}},
            "its ModelDataUrl is s3://b/m/. Allowed: one object in S3, a model.tar.gz. "
            "Register it with one.",
        ),
    ],
)
def test_any_other_version_is_refused_with_the_reason(aws, package, message):
    with pytest.raises(ModelPackageError) as caught:
        look(aws, PACKAGE | package)
    assert str(caught.value) == message


def test_a_package_that_is_not_there_is_refused_with_what_the_registry_says(aws):
    sagemaker, s3, registry, _ = aws
    registry.add_client_error("describe_model_package", "ValidationException", "No such package")
    with pytest.raises(ModelPackageError) as caught:
        approved(ModelPackage(ARN), sagemaker, s3)
    assert str(caught.value) == (
        "the package cannot be read (An error occurred (ValidationException) when calling the "
        "DescribeModelPackage operation: No such package). Allowed: one that the deployer may "
        "read. Correct the ARN, or grant sagemaker:DescribeModelPackage."
    )


def test_a_package_whose_artifact_is_gone_is_refused(aws):
    sagemaker, s3, registry, objects = aws
    registry.add_response("describe_model_package", PACKAGE, {"ModelPackageName": ARN})
    objects.add_client_error("head_object", "404", "Not Found", http_status_code=404)
    with pytest.raises(ModelPackageError) as caught:
        approved(ModelPackage(ARN), sagemaker, s3)
    assert str(caught.value) == (
        "its artifact s3://registry/iris/3/model.tar.gz cannot be read (An error occurred (404) "
        "when calling the HeadObject operation: Not Found). Allowed: an object that the deployer "
        "may read. Restore it, or grant s3:GetObject."
    )
