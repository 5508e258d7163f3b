"""What a variant refers to: an instance type, a container image, an artifact."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal

import botocore.session
from pydantic import AfterValidator, BeforeValidator, Field

from components.artifacts.artifact import (
    MODEL_PACKAGE_FORM,
    S3_FORM,
    Artifact,
    LocalArtifact,
    ModelPackage,
    S3Artifact,
    parse_artifact,
)
from components.config.values import closest, config_fault, text, text_schema, validator

_BURSTABLE = re.compile(r"ml\.t\d")
"""Not ml.trn1, which is Trainium."""

_ARM64 = re.compile(r"ml\.[a-z]+\d+[a-z]*(g|-gb\d)")
"""A g after the generation is AWS's Graviton, gb Nvidia's Grace beside its Blackwell; a g before
it, as in ml.g5, means graphics.

https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
"""

_ACCELERATED = re.compile(r"ml\.(gr?\d|p\d|inf\d|trn\d)")
"""GPUs, Inferentia, Trainium. https://aws.amazon.com/sagemaker/ai/pricing/"""

Architecture = Literal["amd64", "arm64"]
"""A processor's, as container images name it."""

_OBJECT_KEY = r"[A-Za-z0-9!_.'()=-][A-Za-z0-9!_.'()=/-]{0,1023}"
"""The key becomes part of an ARN in a policy, where * and ? would stand for other objects too.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""


_HOSTING = "an instance type of SageMaker hosting"
_SCALABLE = "an instance type that Application Auto Scaling takes, so no burstable one (ml.t*)"


@cache
def _hosting_types() -> Sequence[str]:
    """Instance types of SageMaker hosting, by botocore's own data."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    types: Sequence[str] = model.shape_for("ProductionVariantInstanceType").enum
    return types


def is_burstable(instance_type: str) -> bool:
    """Whether Application Auto Scaling refuses a type.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
    """
    return bool(_BURSTABLE.match(instance_type))


def is_accelerated(instance_type: str) -> bool:
    """Whether a type is there for its GPUs or AWS's own accelerators."""
    return bool(_ACCELERATED.match(instance_type))


def architecture_of(instance_type: str) -> Architecture:
    """What an instance type's processors are, and so what an image has to be built for."""
    return "arm64" if _ARM64.match(instance_type) else "amd64"


def _instance_type(value: object) -> str:
    known = _hosting_types()
    if isinstance(value, str) and value in known:
        return value
    meant = None
    if isinstance(value, str) and not is_burstable(value):
        # Often it is EC2's name of the type, which has no prefix.
        meant = closest(f"ml.{value.removeprefix('ml.')}", known)
    fix = f"Write {meant} if that is meant" if meant else "Write it like ml.m5.large"
    raise config_fault(_HOSTING, fix)


def _can_be_scaled(instance_type: str) -> str:
    if is_burstable(instance_type):
        raise config_fault(_SCALABLE, "Use one such as ml.m5.large")
    return instance_type


# Functions, since botocore's model takes long to read and few ask for the schema.
def _hosting_schema(schema: dict[str, Any]) -> None:
    schema |= {"title": _HOSTING, "enum": [*_hosting_types()]}


def _scalable_schema(schema: dict[str, Any]) -> None:
    types = [name for name in _hosting_types() if not is_burstable(name)]
    schema |= {"title": _SCALABLE, "enum": types}


InstanceType = Annotated[
    str, BeforeValidator(_instance_type), Field(json_schema_extra=_hosting_schema)
]
"""An instance type of SageMaker hosting: `ml.m5.large`."""

ScalableInstanceType = Annotated[
    str,
    AfterValidator(_can_be_scaled),
    BeforeValidator(_instance_type),
    Field(json_schema_extra=_scalable_schema),
]
"""An instance type of SageMaker hosting that is not burstable: `ml.m5.large`."""

Image = Annotated[
    str,
    text(
        r"[a-z0-9]+([._/-][a-z0-9]+)*@sha256:[0-9a-f]{64}",
        allowed="repository@sha256: and 64 hex digits, the repository in this account's "
        "registry and without its host",
        fix="Pin the image by its digest",
    ),
]
"""A container image by digest: repository@sha256:<hex>, in this account's registry."""


_FOLDER = r"(?!/|s3://|arn:)(?!(.*/)?\.\.(/|$))[^\x00-\x1f\x7f]+"
"""What can be said of a local folder by its name."""

_ARTIFACTS = "a local folder, s3://bucket/key@sha256:<hex>, or the ARN of a model package's version"
_OBJECTS = "a local folder, or s3://bucket/key@sha256:<hex>"
_WRITE_A_FOLDER = "Write it like build/iris-forest"


def _artifact(value: object) -> Artifact:
    try:
        artifact = parse_artifact(value if isinstance(value, str) else "")
    except ValueError as error:
        raise config_fault(_ARTIFACTS, str(error)) from error
    if isinstance(artifact, S3Artifact) and not re.fullmatch(_OBJECT_KEY, artifact.key):
        raise config_fault(
            "a key of up to 1024 letters, digits and ! - _ . ' ( ) = /, the first not /, since it "
            "becomes part of a policy",
            "Copy the object to such a key",
        )
    return artifact


ArtifactReference = Annotated[
    Artifact,
    validator(
        _artifact,
        text_schema(
            rf"(?=s3://[^/]+/{_OBJECT_KEY}@){S3_FORM}|{MODEL_PACKAGE_FORM}|{_FOLDER}",
            _ARTIFACTS,
            _WRITE_A_FOLDER,
        ),
    ),
]
"""A folder of the project with a manifest in it (`build/iris-forest`), an S3 object by its SHA-256
(`s3://bucket/key@sha256:<hex>`), or the ARN of a model package's version."""


def _object(value: object) -> Artifact:
    artifact = _artifact(value)
    if isinstance(artifact, ModelPackage):
        raise config_fault(
            f"{_OBJECTS}: a model package brings an image of its own, and all models of a "
            "container run on one",
            "Name the package's artifact by its SHA-256",
        )
    return artifact


ObjectReference = Annotated[
    LocalArtifact | S3Artifact,
    validator(
        _object,
        text_schema(
            rf"(?=s3://[^/]+/{_OBJECT_KEY}@){S3_FORM}|{_FOLDER}", _OBJECTS, _WRITE_A_FOLDER
        ),
    ),
]
"""A folder of the project with a manifest in it (`build/iris-forest`), or an S3 object by its
SHA-256 (`s3://bucket/key@sha256:<hex>`)."""
