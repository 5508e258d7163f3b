"""Artifacts by name, and packed: the same files give the same bytes, others give none."""

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.artifacts.artifact import (
    LocalArtifact,
    ModelPackage,
    S3Artifact,
    pack,
    parse_artifact,
)
from container.artifact import ArtifactError
from container.manifest import ManifestError, write_manifest
from tests.unit.components.artifacts.conftest import CONTENT, write_artifact

SHA256 = "0f" * 32
PACKAGE = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/iris/3"


@pytest.fixture
def folder(tmp_path):
    return write_artifact(tmp_path / "artifact")


@pytest.mark.parametrize(
    ("text", "artifact"),
    [
        ("build/iris-forest", LocalArtifact(Path("build/iris-forest"))),
        ("./build", LocalArtifact(Path("build"))),
        (f"s3://models/a/b.tar.gz@sha256:{SHA256}", S3Artifact("models", "a/b.tar.gz", SHA256)),
        (PACKAGE, ModelPackage(PACKAGE)),
    ],
)
def test_an_artifact_has_one_of_three_forms(text, artifact):
    assert parse_artifact(text) == artifact


PIN = "Write s3://bucket/key@sha256: and the SHA-256 of its bytes in hex"
VERSION = "Give the ARN of one version of a model package"
INSIDE = "Give a folder inside the project, relative to its root"

NO_ARTIFACTS = [
    ("s3://models/a.tar.gz", PIN),
    (f"s3://models/@sha256:{SHA256}", PIN),
    (f"s3://Models/a@sha256:{SHA256}", PIN),
    (f"s3://models/a@sha256:{SHA256[:-1]}", PIN),
    (f"s3://models/a@sha256:{SHA256.upper()}", PIN),
    (PACKAGE.removesuffix("/3"), VERSION),
    (f"{PACKAGE}/*", VERSION),
    ("arn:aws:s3:::models", VERSION),
    ("", INSIDE),
    ("/etc", INSIDE),
    ("..", INSIDE),
    ("../other", INSIDE),
    ("build/../../other", INSIDE),
    ("build\x00", INSIDE),
    ("build\nother", INSIDE),
    ("\ud800", INSIDE),
]


@pytest.mark.parametrize(("text", "fix"), NO_ARTIFACTS)
def test_any_other_form_is_refused_with_the_fix(text, fix):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is compared below
        parse_artifact(text)
    assert str(error.value) == fix


@given(st.text(st.sampled_from("./~ab\x00\n")) | st.text())
def test_no_local_artifact_is_outside_the_project(text):
    try:
        artifact = parse_artifact(text)
    except ValueError:
        return
    assert isinstance(artifact, LocalArtifact)
    project = os.path.abspath("project")
    inside = os.path.abspath(os.path.join(project, artifact.folder))
    assert os.path.commonpath([project, inside]) == project


@given(
    st.from_regex(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", fullmatch=True),
    st.text(st.characters(exclude_characters="@"), min_size=1),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)
def test_bucket_key_and_hash_of_an_s3_artifact_are_told_apart(bucket, key, sha256):
    text = f"s3://{bucket}/{key}@sha256:{sha256}"
    if key.isprintable():
        assert parse_artifact(text) == S3Artifact(bucket, key, sha256)


def test_a_packed_artifact_holds_the_manifest_and_its_files_and_nothing_of_this_machine(
    folder, tmp_path
):
    packed = pack(LocalArtifact(folder), tmp_path / "cache")
    content = packed.path.read_bytes()
    assert content[4:8] == bytes(4), "the time of packing, by RFC 1952"
    plain = gzip.decompress(content)
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        entries = {entry.name: entry for entry in tar.getmembers()}
        tar.extractall(tmp_path / "unpacked", filter="data")
    files = {file.name: file.read_bytes() for file in (tmp_path / "unpacked").iterdir()}
    assert list(entries) == ["manifest.json", "model.onnx", "sample.json", "signature.json"]
    assert files == CONTENT | {"manifest.json": (folder / "manifest.json").read_bytes()}
    for entry in entries.values():
        assert (entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname, entry.mode) == (
            *(0, 0, 0, "", "", 0o644),
        )


def test_a_packed_artifact_knows_its_hash_and_a_request_that_the_model_answers(folder, tmp_path):
    packed = pack(LocalArtifact(folder), tmp_path / "cache")
    assert packed.path == tmp_path / "cache" / f"{packed.sha256}.tar.gz"
    assert packed.example == {"instances": [[1.5, 2.0]]}
    assert packed.features == ("width", "length")
    assert packed.card == {
        "features": [{"name": "width"}, {"name": "length"}],
        "labels": ["a"],
        "include": [],
    }
    assert list((tmp_path / "cache").iterdir()) == [packed.path]


def test_no_build_of_zlib_decides_the_bytes_of_a_packed_artifact(folder, tmp_path):
    model = bytes(200_000)
    (folder / "model.onnx").write_bytes(model)
    (folder / "manifest.json").unlink()
    write_manifest(folder)
    content = pack(LocalArtifact(folder), tmp_path / "cache").path.read_bytes()
    assert model in gzip.decompress(content)
    assert len(content) > len(model), "stored, not compressed"


PACK_IN_ANOTHER_PROCESS = """
import os, sys
from pathlib import Path
from components.artifacts.artifact import LocalArtifact, pack
os.umask(int(sys.argv[3], 8))
print(pack(LocalArtifact(Path(sys.argv[1])), Path(sys.argv[2])).sha256)
"""


@pytest.mark.parametrize("umask", ["000", "077"])
def test_the_same_files_give_the_same_bytes_wherever_and_whenever(folder, tmp_path, umask):
    copy = tmp_path / "elsewhere" / "copy"
    copy.mkdir(parents=True)
    for name in sorted(os.listdir(folder), reverse=True):
        shutil.copyfile(folder / name, copy / name)
        os.utime(copy / name, (1, int(umask, 8)))
        (copy / name).chmod(0o600)
    command = [sys.executable, "-c", PACK_IN_ANOTHER_PROCESS, str(copy), str(tmp_path / "b"), umask]
    other = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    first = pack(LocalArtifact(folder), tmp_path / "a")
    assert other == first.sha256
    assert (tmp_path / "b" / f"{other}.tar.gz").read_bytes() == first.path.read_bytes()


def test_one_changed_byte_gives_another_hash(folder, tmp_path):
    before = pack(LocalArtifact(folder), tmp_path / "cache")
    (folder / "model.onnx").write_bytes(b"Trees")
    write_manifest(folder)
    assert pack(LocalArtifact(folder), tmp_path / "cache").sha256 != before.sha256


def test_an_unchanged_artifact_is_not_written_again(folder, tmp_path):
    packed = pack(LocalArtifact(folder), tmp_path / "cache")
    os.utime(packed.path, (1, 1))
    assert pack(LocalArtifact(folder), tmp_path / "cache") == packed
    assert packed.path.stat().st_mtime == 1


def test_a_tampered_folder_is_refused_and_leaves_nothing(folder, tmp_path):
    (folder / "model.onnx").write_bytes(b"other")
    with pytest.raises(ManifestError, match="the file was changed"):
        pack(LocalArtifact(folder), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_link_to_a_file_outside_the_folder_is_refused(folder, tmp_path):
    outside = tmp_path / "model.onnx"
    outside.write_bytes(CONTENT["model.onnx"])
    (folder / "model.onnx").unlink()
    (folder / "model.onnx").symlink_to(outside)
    with pytest.raises(ManifestError, match="not a regular file"):
        pack(LocalArtifact(folder), tmp_path / "cache")


def test_a_manifest_that_names_a_file_outside_the_folder_is_refused(folder, tmp_path):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["../secret"] = SHA256
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ManifestError, match=r"file name '\.\./secret'"):
        pack(LocalArtifact(folder), tmp_path / "cache")


def test_a_sample_that_is_none_is_refused(folder, tmp_path):
    (folder / "sample.json").write_text("{}")
    write_manifest(folder)
    with pytest.raises(ArtifactError, match=r"sample\.json"):
        pack(LocalArtifact(folder), tmp_path / "cache")
