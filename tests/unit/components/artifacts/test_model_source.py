"""The models of a stack, verified before any resource exists."""

import base64
import shutil

import pytest
from botocore.exceptions import ClientError

from components.artifacts.artifact import LocalArtifact, PackedArtifact, pack
from components.artifacts.model_card import ModelCard
from components.artifacts.model_package import RegisteredModel
from components.artifacts.model_set import ModelSet
from components.artifacts.model_source import model_sources, unpublished_changes
from components.artifacts.remote_artifact import RemoteArtifact
from components.config.endpoint import Endpoint
from components.config.stack import ConfigError
from components.published import PublishedArtifact
from tests.unit.components.artifacts.conftest import write_artifact

ARN = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/3"
S3 = f"s3://models/iris.tar.gz@sha256:{'ab' * 32}"
MACHINES = {"instances": {"type": "ml.m5.large", "min": 1, "max": 2}}


class Aws:
    """S3 with one object and a registry with one package, as one client."""

    def __init__(self):
        self.made = []

    def client(self, service, region_name):
        self.made.append((service, region_name))
        return self

    def head_object(self, *, Bucket, Key, ChecksumMode=None):
        if Key == "gone.tar.gz":
            error = {"Error": {"Code": "404", "Message": "Not Found"}}
            raise ClientError(error, "HeadObject")
        checksum = base64.b64encode(b"\xab" * 32).decode()
        return {"ContentLength": 1, "ETag": '"1"', "ChecksumSHA256": checksum}

    def describe_model_package(self, *, ModelPackageName):
        container = {
            "Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/server:1",
            "ModelDataUrl": "s3://registry/iris.tar.gz",
        }
        status = "Approved" if ModelPackageName == ARN else "Rejected"
        return {
            "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": status,
            "InferenceSpecification": {"Containers": [container]},
        }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A local artifact, build/iris."""
    monkeypatch.chdir(tmp_path)
    return write_artifact(tmp_path / "build" / "iris")


def endpoints(shadow=None, **artifacts):
    variants = {name: {"artifact": value} | MACHINES for name, value in artifacts.items()}
    block = {"variants": variants, "scaling": {"target": "1200/min"}}
    if shadow:
        count = {"instances": {"type": "ml.m5.large", "count": 1}}
        block["shadow"] = {"name": "next", "artifact": shadow, "sample": "50%"} | count
    return {"iris": Endpoint.model_validate(block)}


def test_every_form_of_artifact_becomes_a_source(folder, tmp_path):
    aws = Aws()
    found = model_sources(
        "dev",
        endpoints(forest="build/iris", boosting=S3, shadow=ARN),
        None,
        "eu-central-1",
        tmp_path / "packed",
        aws.client,
    )
    forest = found["iris"]["forest"]
    assert isinstance(forest, PackedArtifact)
    assert forest.path.parent == tmp_path / "packed"
    assert found["iris"]["boosting"] == RemoteArtifact("models", "iris.tar.gz", "ab" * 32, '"1"')
    assert isinstance(found["iris"]["next"], RegisteredModel)
    assert sorted(aws.made) == [("s3", "eu-central-1"), ("sagemaker", "eu-central-1")]


def test_several_models_of_a_variant_become_a_set(folder, tmp_path):
    block = {
        "variants": {"all": {"models": {"iris": "build/iris", "wine": S3}} | MACHINES},
        "scaling": {"target": "1200/min"},
    }
    several = {"all": Endpoint.model_validate(block)}
    packed_in = tmp_path / "packed"
    found = model_sources("dev", several, None, "eu-central-1", packed_in, Aws().client)["all"]
    assert found == {
        "all": ModelSet(
            {
                "iris": pack(LocalArtifact(folder), packed_in),
                "wine": RemoteArtifact("models", "iris.tar.gz", "ab" * 32, '"1"'),
            }
        )
    }


def test_a_mistake_in_one_of_several_models_is_named_by_its_key(folder, tmp_path):
    models = {"iris": "build/iris", "wine": "build/none"}
    block = {"variants": {"all": {"models": models} | MACHINES}, "scaling": {"target": "1200/min"}}
    several = {"all": Endpoint.model_validate(block)}
    with pytest.raises(ConfigError, match=r"endpoints\.all\.variants\.all\.models\.wine: "):
        model_sources("dev", several, None, "eu-central-1", tmp_path / "packed", Aws().client)


def test_local_artifacts_alone_need_no_aws(folder, tmp_path):
    aws = Aws()
    model_sources(
        "dev", endpoints(forest="build/iris"), None, "eu-central-1", tmp_path / "packed", aws.client
    )
    assert aws.made == []


CARD: ModelCard = {"features": [{"name": "width"}], "labels": ["a"], "include": []}


def published(folder, tmp_path, sha256=None):
    """The folder as it was published, or something else of that hash."""
    packed = pack(LocalArtifact(folder), tmp_path / "packed")
    return PublishedArtifact(
        bucket="models",
        key="iris.tar.gz",
        sha256=sha256 or packed.sha256,
        example={"a": 1},
        features=["width"],
        card=dict(CARD),
    )


class Published(Aws):
    """S3 has one object, of the hash given."""

    def __init__(self, sha256):
        super().__init__()
        self.sha256 = sha256

    def head_object(self, **_):
        checksum = base64.b64encode(bytes.fromhex(self.sha256)).decode()
        return {"ContentLength": 1, "ETag": '"1"', "ChecksumSHA256": checksum}


@pytest.mark.parametrize("is_here", [True, False])
def test_a_published_folder_is_taken_from_s3_whether_or_not_it_is_here(folder, tmp_path, is_here):
    there = published(folder, tmp_path)
    if not is_here:
        shutil.rmtree(folder)
    found = model_sources(
        "dev",
        endpoints(forest="build/iris"),
        {"build/iris": there},
        "eu-central-1",
        tmp_path / "packed",
        Published(there.sha256).client,
    )["iris"]["forest"]
    assert found == RemoteArtifact(
        "models", "iris.tar.gz", there.sha256, '"1"', {"a": 1}, ["width"], CARD
    )


def test_a_folder_is_not_taken_where_another_one_was_published(folder, tmp_path):
    there = published(folder, tmp_path)
    with pytest.raises(ConfigError) as caught:
        model_sources(
            "dev",
            endpoints(forest="build/iris"),
            {"build/other": there},
            "eu-central-1",
            tmp_path / "packed",
            Published(there.sha256).client,
        )
    assert str(caught.value).splitlines()[1:] == [
        '  ml-gateway:endpoints.iris.variants.forest.artifact: "build/iris": not published. '
        "Allowed: a folder that was published for this stack. Publish first: make publish "
        "STACK=dev."
    ]


def test_a_folder_that_is_not_what_was_published_is_named(folder, tmp_path):
    here, cache = published(folder, tmp_path), tmp_path / "packed"
    there = published(folder, tmp_path, sha256="cd" * 32)
    assert list(unpublished_changes("dev", {"build/iris": here, "build/gone": there}, cache)) == []
    assert list(unpublished_changes("dev", {"build/iris": there}, cache)) == [
        f"build/iris: packs to SHA-256 {here.sha256}, and {'cd' * 32} is published and deployed. "
        "Publish the new one if it is meant: make publish STACK=dev."
    ]


def test_a_published_folder_that_was_tampered_with_is_a_mistake(folder, tmp_path):
    there = published(folder, tmp_path)
    (folder / "sample.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"build/iris: .*sample\.json: .*the file was changed"):
        list(unpublished_changes("dev", {"build/iris": there}, tmp_path / "packed"))


def test_all_mistakes_are_named_at_once_by_their_keys(folder, tmp_path):
    rejected = ARN.replace("/3", "/4")
    gone = S3.replace("iris", "gone")
    with pytest.raises(ConfigError) as caught:
        model_sources(
            "dev",
            endpoints(forest="build/none", boosting=gone, shadow=rejected),
            None,
            "eu-central-1",
            tmp_path / "packed",
            Aws().client,
        )
    assert str(caught.value).splitlines() == [
        "The stack's config has 3 mistakes; nothing was created.",
        '  ml-gateway:endpoints.iris.variants.forest.artifact: "build/none": '
        "build/none/manifest.json: not found. Expected the manifest of a model artifact. Point at "
        "an artifact's folder, or make one: docs/models.md.",
        f'  ml-gateway:endpoints.iris.variants.boosting.artifact: "{gone}": the object cannot be '
        "read (An error occurred (404) when calling the HeadObject operation: Not Found). Allowed: "
        "an object that the deployer may read. Correct the address, or grant s3:GetObject, and "
        "kms:Decrypt on its key.",
        f'  ml-gateway:endpoints.iris.shadow.artifact: "{rejected}": its approval is Rejected. '
        "Allowed: Approved. Have it approved, or name a version that is.",
    ]


def test_one_mistake_is_counted_as_one(tmp_path):
    with pytest.raises(ConfigError, match="The stack's config has 1 mistake; nothing"):
        model_sources(
            "dev",
            endpoints(forest=S3.replace("ab" * 32, "cd" * 32)),
            {},
            "r",
            tmp_path,
            Aws().client,
        )
