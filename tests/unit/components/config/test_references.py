"""What a variant refers to: instance types, images, artifacts."""

from pathlib import Path

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.artifacts.artifact import LocalArtifact, ModelPackage, S3Artifact
from components.config.references import (
    ArtifactReference,
    Image,
    InstanceType,
    ObjectReference,
    architecture_of,
    is_accelerated,
    is_burstable,
)

SHA256 = "a" * 64
PACKAGE = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/3"
KEY_CHARACTERS = "abcXYZ019!-_.'()=/"
FORMS = (
    "Allowed: a local folder, s3://bucket/key@sha256:<hex>, or the ARN of a model package's "
    "version. "
)


def read(type_, value):
    return TypeAdapter(type_).validate_python(value)


def refusal(type_, value):
    with pytest.raises(ValidationError) as error:
        read(type_, value)
    [fault] = error.value.errors()
    return fault["msg"]


@pytest.mark.parametrize(
    "name", ["ml.m5.large", "ml.t2.medium", "ml.p4d.24xlarge", "ml.inf2.xlarge"]
)
def test_an_instance_type_of_sagemaker_hosting_is_taken(name):
    assert read(InstanceType, name) == name


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("m5.large", "Write ml.m5.large if that is meant."),
        ("ml.m5.larg", "Write ml.m5.large if that is meant."),
        ("ml.t3.medium", "Write it like ml.m5.large."),
        ("", "Write it like ml.m5.large."),
        (5, "Write it like ml.m5.large."),
        (["ml.m5.large"], "Write it like ml.m5.large."),
        ("x" * 10_000, "Write it like ml.m5.large."),
    ],
)
def test_any_other_instance_type_is_refused(value, fix):
    assert refusal(InstanceType, value) == (
        f"Allowed: an instance type of SageMaker hosting. {fix}"
    )


@pytest.mark.parametrize(
    ("name", "burstable"),
    [("ml.t2.medium", True), ("ml.trn1.2xlarge", False), ("ml.m5.large", False)],
)
def test_only_types_of_the_t_families_are_burstable(name, burstable):
    assert is_burstable(name) is burstable


@pytest.mark.parametrize("repository", ["ml-gateway", "team/model-server", "a.b_c/d"])
def test_an_image_is_a_repository_and_a_digest(repository):
    image = f"{repository}@sha256:{SHA256}"
    assert read(Image, image) == image


@pytest.mark.parametrize(
    "value",
    ["ml-gateway", "ml-gateway:1.0", f"Team/x@sha256:{SHA256}", f"x@sha256:{SHA256[1:]}", 5, None]
    + [f"123456789012.dkr.ecr.eu-central-1.amazonaws.com:443/x@sha256:{SHA256}"],
)
def test_an_image_without_a_digest_or_with_a_host_is_refused(value):
    assert refusal(Image, value) == (
        "Allowed: repository@sha256: and 64 hex digits, the repository in this account's registry "
        "and without its host. Pin the image by its digest."
    )


@pytest.mark.parametrize(
    ("text", "artifact"),
    [
        ("build/iris-forest", LocalArtifact(Path("build/iris-forest"))),
        (f"s3://models/a/b.tar.gz@sha256:{SHA256}", S3Artifact("models", "a/b.tar.gz", SHA256)),
        (PACKAGE, ModelPackage(PACKAGE)),
    ],
)
def test_an_artifact_has_one_of_three_forms(text, artifact):
    assert read(ArtifactReference, text) == artifact


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("/etc", "Give a folder inside the project, relative to its root."),
        ("../other", "Give a folder inside the project, relative to its root."),
        (None, "Give a folder inside the project, relative to its root."),
        ("s3://b/k", "Write s3://bucket/key@sha256: and the SHA-256 of its bytes in hex."),
        (PACKAGE[:-2], "Give the ARN of one version of a model package."),
    ],
)
def test_any_other_artifact_is_refused(value, fix):
    assert refusal(ArtifactReference, value) == FORMS + fix


@given(st.text(KEY_CHARACTERS, min_size=1, max_size=40).filter(lambda key: key[0] != "/"))
def test_a_key_that_a_policy_can_name_is_taken(key):
    artifact = read(ArtifactReference, f"s3://models/{key}@sha256:{SHA256}")
    assert artifact == S3Artifact("models", key, SHA256)


@pytest.mark.parametrize(
    "key", ["*", "a?", "${aws:username}", "a b", "é", "/a", "a\n", "a\\b", "k" * 1025]
)
def test_a_key_that_would_mean_other_objects_in_a_policy_is_refused(key):
    assert refusal(ArtifactReference, f"s3://models/{key}@sha256:{SHA256}") == (
        "Allowed: a key of up to 1024 letters, digits and ! - _ . ' ( ) = /, the first not /, "
        "since it becomes part of a policy. Copy the object to such a key."
    )


ARM64_FAMILIES = {
    *("c6g", "c6gd", "c6gn", "c7g", "c8g", "m6g", "m6gd", "m8g", "r6g", "r6gd", "r7gd", "r8g"),
    "p6e-gb200",
}
AMD64_FAMILIES = {
    *("c4", "c5", "c5d", "c5n", "c6a", "c6i", "c6id", "c6in", "c7i", "c7i-flex", "c8a", "c8i"),
    *("c8i-flex", "dl1", "g4dn", "g5", "g6", "g6e", "g7", "g7e", "gr6", "geospatial", "i3en"),
    *("inf1", "inf2", "m4", "m5", "m5d", "m6a", "m6i", "m6id", "m7i", "m7i-flex", "m8a", "m8i"),
    *("m8i-flex", "p2", "p3", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300"),
    *("r5", "r5d", "r6i", "r6id", "r7i", "r8i", "r8i-flex", "t2", "t3", "trn1", "trn1n", "trn2"),
}


def test_every_family_that_sagemaker_hosts_has_the_architecture_aws_gives_it():
    """One that is new to botocore fails here, until somebody has looked it up."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    types = model.shape_for("ProductionVariantInstanceType").enum
    families = {name.split(".")[1] for name in types}
    assert families <= ARM64_FAMILIES | AMD64_FAMILIES
    assert {name.split(".")[1] for name in types if architecture_of(name) == "arm64"} == (
        families & ARM64_FAMILIES
    )


@pytest.mark.parametrize("family", sorted(ARM64_FAMILIES | {"t4g", "x2gd", "g5g", "m7g", "c7gn"}))
def test_graviton_and_grace_run_images_of_arm64(family):
    assert architecture_of(f"ml.{family}.large") == "arm64"


@pytest.mark.parametrize("family", sorted(AMD64_FAMILIES))
def test_other_families_run_images_of_amd64_graphics_among_them(family):
    assert architecture_of(f"ml.{family}.large") == "amd64"


def test_one_of_several_models_is_a_folder_or_an_object():
    assert read(ObjectReference, "build/iris") == LocalArtifact(Path("build/iris"))
    assert read(ObjectReference, f"s3://models/a@sha256:{SHA256}") == S3Artifact(
        "models", "a", SHA256
    )


def test_one_of_several_models_is_no_package_and_nothing_else():
    assert refusal(ObjectReference, PACKAGE) == (
        "Allowed: a local folder, or s3://bucket/key@sha256:<hex>: a model package brings an "
        "image of its own, and all models of a container run on one. Name the package's artifact "
        "by its SHA-256."
    )
    assert refusal(ObjectReference, "/etc").startswith(FORMS)


@pytest.mark.parametrize(
    ("name", "accelerated"),
    [
        ("ml.m5.large", False),
        ("ml.c7g.large", False),
        ("ml.r6gd.large", False),
        ("ml.g5.xlarge", True),
        ("ml.gr6.4xlarge", True),
        ("ml.p4d.24xlarge", True),
        ("ml.inf2.xlarge", True),
        ("ml.trn1.2xlarge", True),
    ],
)
def test_what_has_accelerators_is_told_by_its_family(name, accelerated):
    assert is_accelerated(name) is accelerated
