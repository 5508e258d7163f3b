"""Models that do not come from this tree: objects in S3, and packages of the model registry."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.artifacts.artifact import LocalArtifact, pack
from tests.stack.conftest import REPOSITORY, LocalCloud, Route, project_with

BUCKET = "a-teams-models"
KEY = "iris/model.tar.gz"
IMAGE = (
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway@sha256:"
    "0000000000000000000000000000000000000000000000000000000000000000"
)
BODY = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]]})


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud in which another team has a bucket with a model in it."""
    folder = tmp_path_factory.mktemp("artifacts")
    cloud = LocalCloud(folder / "home")
    assert cloud.run("up").returncode == 0
    s3 = cloud.client("s3")
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    packed = pack(LocalArtifact(REPOSITORY / "build/iris-forest"), folder)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=packed.path.read_bytes(), ChecksumAlgorithm="SHA256")
    s3.put_object(Bucket=BUCKET, Key="unchecked.tar.gz", Body=packed.path.read_bytes())
    yield cloud
    assert cloud.run("down").returncode == 0


@pytest.fixture(scope="module")
def sha256(cloud: LocalCloud) -> str:
    """The model's, in hex."""
    body = cloud.client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    return hashlib.sha256(body).hexdigest()


def test_an_object_in_s3_is_deployed_by_its_hash(cloud: LocalCloud, tmp_path: Path, sha256: str):
    up = cloud.up(_project(tmp_path, f"s3://{BUCKET}/{KEY}@sha256:{sha256}"))
    assert up.returncode == 0, up.stdout
    assert _route(cloud).post(BODY).json()["predictions"][0]["label"] == "setosa"


@pytest.mark.parametrize(
    ("key", "hashed", "said"),
    [
        (KEY, "0" * 64, "sha256:"),
        ("unchecked.tar.gz", None, "ChecksumAlgorithm|checksum"),
        ("nothing.tar.gz", None, "nothing.tar.gz"),
    ],
)
def test_an_object_that_is_not_the_one_named_stops_the_program_before_any_resource(
    cloud: LocalCloud, tmp_path: Path, sha256: str, key: str, hashed: str | None, said: str
):
    project = _project(tmp_path, f"s3://{BUCKET}/{key}@sha256:{hashed or sha256}")
    preview = cloud.pulumi("preview", "--stack", "local", folder=project)
    assert preview.returncode != 0
    assert "ml-gateway:endpoints.iris.variants.forest.artifact: " in preview.stdout
    assert any(word in preview.stdout for word in said.split("|"))
    assert "Traceback" not in preview.stdout


def test_a_model_package_is_deployed_once_it_is_approved(cloud: LocalCloud, tmp_path: Path):
    sagemaker = cloud.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="iris")
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/{KEY}"}
    arn = sagemaker.create_model_package(
        ModelPackageGroupName="iris",
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["application/json"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
    )["ModelPackageArn"]
    project = _project(tmp_path, arn)
    refused = cloud.pulumi("preview", "--stack", "local", folder=project)
    assert refused.returncode != 0
    assert "PendingManualApproval" in refused.stdout

    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    up = cloud.up(project)
    assert up.returncode == 0, up.stdout
    assert _route(cloud).post(BODY).json()["predictions"][0]["label"] == "setosa"


def _project(folder: Path, artifact: str) -> Path:
    variant = {"artifact": artifact, "instances": {"type": "ml.m5.large", "min": 1, "max": 2}}
    iris = {"variants": {"forest": variant}, "scaling": {"target": "1200/min"}}
    return project_with(folder / "project", {"ml-gateway:endpoints": {"iris": iris}})


def _route(cloud: LocalCloud) -> Route:
    [found] = json.loads(cloud.run("routes").stdout)
    return Route(found["url"], found["headers"]["x-api-key"])
