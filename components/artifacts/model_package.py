"""Models of SageMaker's model registry: is the version complete and approved?

https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-approve.html
"""

import re
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from components.artifacts.artifact import ModelPackage

_ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/"
    r"(?P<repository>[a-z0-9._/-]+)[@:].+"
)
_S3_OBJECT = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.*[^/])")


class ModelPackageError(Exception):
    """The package cannot be deployed; the text has what is seen, allowed, and the fix."""


@dataclass(frozen=True)
class RegisteredModel:
    """An approved version of a model package, and what its container reads."""

    arn: str
    repository_arn: str
    """ECR repository of its image."""
    object_arn: str
    """S3 object of its artifact."""
    key_arn: str | None
    """KMS key that encrypts the object; None where S3's own does."""


def approved(package: ModelPackage, sagemaker: Any, s3: Any) -> RegisteredModel:
    """Looks the package up. sagemaker, s3: boto3 clients. Raises ModelPackageError."""
    try:
        found = sagemaker.describe_model_package(ModelPackageName=package.arn)
    except (BotoCoreError, ClientError) as error:
        raise ModelPackageError(
            f"the package cannot be read ({error}). Allowed: one that the deployer may read. "
            "Correct the ARN, or grant sagemaker:DescribeModelPackage."
        ) from error
    if found["ModelPackageStatus"] != "Completed":
        raise ModelPackageError(
            f"its status is {found['ModelPackageStatus']}. Allowed: Completed. "
            "Wait for it, or register the model again."
        )
    if found.get("ModelApprovalStatus") != "Approved":
        said = found.get("ApprovalDescription")
        raise ModelPackageError(
            f"its approval is {found.get('ModelApprovalStatus', 'not asked for')}"
            f"{f' ({said})' if said else ''}. Allowed: Approved. "
            "Have it approved, or name a version that is."
        )
    containers = found.get("InferenceSpecification", {}).get("Containers", [])
    if len(containers) != 1:
        raise ModelPackageError(
            f"it has {len(containers)} containers. Allowed: one. Register it with one."
        )
    repository_arn = _repository_arn(containers[0].get("Image"))
    bucket, key = _object(containers[0].get("ModelDataUrl"))
    return RegisteredModel(
        package.arn,
        repository_arn=repository_arn,
        object_arn=f"arn:aws:s3:::{bucket}/{key}",
        key_arn=_encryption_key(bucket, key, s3),
    )


def _repository_arn(image: str | None) -> str:
    match = _ECR_IMAGE.fullmatch(image or "")
    if match is None:
        raise ModelPackageError(
            f"its image is {image}. Allowed: an image in ECR. Register it with one."
        )
    return f"arn:aws:ecr:{match['region']}:{match['account']}:repository/{match['repository']}"


def _object(address: str | None) -> tuple[str, str]:
    match = _S3_OBJECT.fullmatch(address or "")
    if match is None:
        raise ModelPackageError(
            f"its ModelDataUrl is {address}. Allowed: one object in S3, a model.tar.gz. "
            "Register it with one."
        )
    return match["bucket"], match["key"]


def _encryption_key(bucket: str, key: str, s3: Any) -> str | None:
    try:
        found = s3.head_object(Bucket=bucket, Key=key)
    except (BotoCoreError, ClientError) as error:
        raise ModelPackageError(
            f"its artifact s3://{bucket}/{key} cannot be read ({error}). Allowed: an object that "
            "the deployer may read. Restore it, or grant s3:GetObject."
        ) from error
    arn: str | None = found.get("SSEKMSKeyId")
    return arn
