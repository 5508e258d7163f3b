"""ImageRepository: where published container images lie, each under a tag that never moves."""

import json
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.published import REPOSITORY

UNTAGGED_KEPT = 10
"""Images that lost their tag, or never had one: the newest are kept. What is published has a tag
and never expires, so that nothing that is deployed goes away."""


class ImageRepositoryArgs(TypedDict):
    """The image repository."""

    key_arn: pulumi.Input[str]
    """KMS key that encrypts the images."""


class ImageRepository(pulumi.ComponentResource):
    """A repository that scans what is pushed, and is protected."""

    url: pulumi.Output[str]
    """Address to push to."""

    def __init__(
        self, name: str, args: ImageRepositoryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway-bootstrap:index:ImageRepository", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, protect=True)
        repository = aws.ecr.Repository(
            name,
            name=REPOSITORY,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args["key_arn"]}],
            opts=child,
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=json.dumps(lifecycle_policy()),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.url = repository.repository_url
        self.register_outputs({"url": self.url})


def lifecycle_policy() -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"""
    rule = {
        "rulePriority": 1,
        "description": f"Of untagged images keep the newest {UNTAGGED_KEPT}",
        "selection": {
            "tagStatus": "untagged",
            "countType": "imageCountMoreThan",
            "countNumber": UNTAGGED_KEPT,
        },
        "action": {"type": "expire"},
    }
    return {"rules": [rule]}
