"""Rules for where models and images come from."""

import re

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.property_rule import TRUE, Demand, Expected, one_of, property_rule
from gateway_policies.rule import Control, Family
from gateway_policies.sagemaker import MODEL

REPOSITORY = "aws:ecr/repository:Repository"
_ECR = "https://docs.aws.amazon.com/AmazonECR/latest/userguide"
_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")

_BY_DIGEST = Expected(
    "REPOSITORY@sha256:DIGEST",
    # A container of a model package has no image of its own.
    lambda value: value is None or isinstance(value, str) and bool(_DIGEST.fullmatch(value)),
)
model_image_digest = property_rule(
    Control(
        id="model-image-digest",
        title="Models name their image by its digest",
        family=Family.SUPPLY_CHAIN,
        severity=Severity.MEDIUM,
        fix="Replace the tag by the digest that was tested.",
        url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html",
    ),
    "A tag can be moved: new instances would run what nobody tested beside the old ones.",
    {
        MODEL: (
            Demand("primaryContainer.image", _BY_DIGEST),
            Demand("containers[].image", _BY_DIGEST),
        )
    },
)

repository_scan = property_rule(
    Control(
        id="repository-scan",
        title="Repositories scan each image that is pushed",
        family=Family.SUPPLY_CHAIN,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_163", "ECR.1"),
        fix="Set imageScanningConfiguration.scanOnPush to true.",
        url=f"{_ECR}/image-scanning.html",
    ),
    "Known holes in an image are found there before anybody runs it.",
    {REPOSITORY: (Demand("imageScanningConfiguration.scanOnPush", TRUE, default=False),)},
)

repository_immutable = property_rule(
    Control(
        id="repository-immutable",
        title="Tags of images cannot be moved",
        family=Family.SUPPLY_CHAIN,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_51", "ECR.2"),
        fix="Set imageTagMutability to IMMUTABLE.",
        url=f"{_ECR}/image-tag-mutability.html",
    ),
    "What was tested under a tag is else not what is deployed by it.",
    {REPOSITORY: (Demand("imageTagMutability", one_of("IMMUTABLE"), default="MUTABLE"),)},
)

repository_kms = property_rule(
    Control(
        id="repository-kms",
        title="Repositories are encrypted with a KMS key",
        family=Family.ENCRYPTION,
        severity=Severity.LOW,
        standards=("CKV_AWS_136",),
        fix="Set encryptionType to KMS, and kmsKey; it makes the repository anew.",
        url=f"{_ECR}/encryption-at-rest.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "Each use of a key of KMS is recorded, and the right to it can be taken away.",
    {
        REPOSITORY: (
            Demand("encryptionConfigurations", Expected("one that says KMS", bool, reference=True)),
            Demand("encryptionConfigurations[].encryptionType", one_of("KMS"), default="AES256"),
        )
    },
)

RULES = (model_image_digest, repository_scan, repository_immutable, repository_kms)
