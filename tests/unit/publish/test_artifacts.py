"""The artifacts of a stack's config, packed and uploaded once."""

import hashlib
from pathlib import Path

import pytest

from components.artifacts.artifact import LocalArtifact, pack
from publish.artifacts import artifact_folders, publish_artifacts
from publish.errors import PublishError
from tests.unit.components.artifacts.conftest import write_artifact
from tests.unit.components.config.conftest import MINIMAL, changed, load
from tests.unit.publish.conftest import Bucket

S3 = f"s3://models/a.tar.gz@sha256:{'ab' * 32}"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A local artifact, build/iris-forest."""
    monkeypatch.chdir(tmp_path)
    return write_artifact(tmp_path / "build" / "iris-forest")


def variant(artifact):
    return {"artifact": artifact, "instances": {"type": "ml.m5.large", "min": 1, "max": 2}}


def test_each_folder_of_the_config_is_an_artifact_once():
    models = {"iris": "build/iris-forest", "wine": "build/wine"}
    machines = {"type": "ml.m5.large", "min": 1, "max": 2}
    several = {
        "variants": {"all": {"models": models, "instances": machines}},
        "scaling": {"target": "1200/min"},
    }
    other = {"variants": {"next": variant("build/next")}, "scaling": {"target": "1200/min"}}
    config = load(
        changed(
            ("endpoints.iris.variants.boosting", variant(S3)),
            ("endpoints.iris.variants.twin", variant("build/iris-forest")),
            ("endpoints.other", other),
            ("endpoints.all", several),
        )
    )
    assert artifact_folders(config) == [
        Path("build/iris-forest"),
        Path("build/next"),
        Path("build/wine"),
    ]


def test_an_artifact_lies_under_its_hash_with_a_checksum_and_is_uploaded_once(folder):
    s3 = Bucket()
    first = publish_artifacts(load(MINIMAL), "models", s3)
    assert publish_artifacts(load(MINIMAL), "models", s3) == first
    packed = pack(LocalArtifact(Path("build/iris-forest")), Path("build/packed"))
    found = first["build/iris-forest"]
    key = f"iris-forest/{packed.sha256}/model.tar.gz"
    assert (found.bucket, found.key, found.sha256) == ("models", key, packed.sha256)
    assert found.example == {"instances": [[1.5, 2.0]]}
    assert hashlib.sha256(s3.objects["models", key]).hexdigest() == packed.sha256
    assert s3.checksums == {"SHA256"}


def test_a_tampered_folder_is_refused_before_any_upload(folder):
    (folder / "sample.json").write_text("{}")
    s3 = Bucket()
    with pytest.raises(PublishError, match=r"sample\.json: SHA-256 is .*the file was changed"):
        publish_artifacts(load(MINIMAL), "models", s3)
    assert s3.objects == {}


@pytest.mark.parametrize("code", ["403", "NoSuchBucket"])
def test_a_bucket_that_cannot_be_used_is_named_with_the_fix(folder, code):
    with pytest.raises(PublishError) as refused:
        publish_artifacts(load(MINIMAL), "models", Bucket(code))
    assert str(refused.value).startswith("build/iris-forest: cannot be uploaded to s3://models/")
    assert "Run make bootstrap first" in str(refused.value)
