"""The manifest as a tamper check."""

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.manifest import (
    FILE_NAME_RULE,
    FIX,
    MANIFEST_FILE,
    ManifestError,
    read_manifest,
    verify,
    write_manifest,
)

CONTENT = {"model.onnx": b"trees", "sample.json": b"{}", "empty": b""}
SHA256 = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}


def write_folder(folder: Path) -> Path:
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    write_manifest(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path)


def manifest_with(folder: Path, text: str) -> Path:
    (folder / MANIFEST_FILE).write_text(text)
    return folder


def message(check, folder: Path) -> str:
    with pytest.raises(ManifestError) as error:
        check(folder)
    return str(error.value).replace(f"{folder}/", "")


def test_a_written_manifest_is_read_back_and_verified(folder):
    assert read_manifest(folder).files == SHA256
    assert verify(folder).files == SHA256


def test_the_manifest_has_one_text_whatever_the_order_of_the_files(folder):
    assert (folder / MANIFEST_FILE).read_text() == (
        '{\n  "schema": 1,\n  "files": {\n'
        f'    "empty": "{SHA256["empty"]}",\n'
        f'    "model.onnx": "{SHA256["model.onnx"]}",\n'
        f'    "sample.json": "{SHA256["sample.json"]}"\n'
        "  }\n}\n"
    )


@given(data=st.data())
def test_any_change_of_any_byte_of_any_file_is_found(data):
    with tempfile.TemporaryDirectory() as name:
        folder = write_folder(Path(name))
        path = folder / data.draw(st.sampled_from([*CONTENT, MANIFEST_FILE]))
        content = path.read_bytes()
        start = data.draw(st.integers(0, len(content)))
        stop = data.draw(st.integers(start, len(content)))
        changed = content[:start] + data.draw(st.binary(max_size=4)) + content[stop:]
        if changed == content:
            verify(folder)
            return
        path.write_bytes(changed)
        with pytest.raises(ManifestError):
            verify(folder)


@given(text=st.text() | st.binary())
def test_reading_any_manifest_at_all_raises_nothing_but_its_own_error(text):
    with tempfile.TemporaryDirectory() as name:
        content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        (Path(name) / MANIFEST_FILE).write_bytes(content)
        with pytest.raises(ManifestError):
            read_manifest(Path(name))


def test_a_changed_file_is_named_with_both_hashes(folder):
    (folder / "model.onnx").write_bytes(b"other")
    assert message(verify, folder) == (
        f"model.onnx: SHA-256 is {hashlib.sha256(b'other').hexdigest()}. "
        f"Expected {SHA256['model.onnx']} by manifest.json: the file was changed. {FIX}"
    )


def test_a_missing_file_is_named(folder):
    (folder / "model.onnx").unlink()
    assert message(verify, folder) == (
        f"model.onnx: missing. Expected SHA-256 {SHA256['model.onnx']} by manifest.json. {FIX}"
    )


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir])
def test_an_entry_that_is_not_listed_is_named(folder, make):
    make(folder / "code.py")
    assert message(verify, folder) == (
        "code.py: not listed in manifest.json. Expected only empty, model.onnx, sample.json. "
        "Remove it."
    )


def test_a_link_is_refused_even_if_its_target_has_the_right_content(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "model.onnx"
    outside.write_bytes(CONTENT["model.onnx"])
    (folder / "model.onnx").unlink()
    (folder / "model.onnx").symlink_to(outside)
    assert message(verify, folder) == (
        "model.onnx: not a regular file. Expected no folders and no links. "
        "Replace it by the file itself."
    )


@pytest.mark.parametrize(
    "make", [lambda path, text: path.symlink_to(text), lambda path, _: path.mkdir()]
)
def test_a_manifest_that_is_no_regular_file_is_refused(folder, tmp_path_factory, make):
    outside = (folder / MANIFEST_FILE).rename(tmp_path_factory.mktemp("outside") / "text")
    make(folder / MANIFEST_FILE, outside)
    assert message(verify, folder) == (
        "manifest.json: not a regular file. Expected no folders and no links. "
        "Replace it by the file itself."
    )


@pytest.mark.parametrize("name", ["../model.onnx", "/etc/passwd", "a/b", "..", "", "manifest.json"])
def test_a_name_that_leaves_the_folder_is_refused(folder, name):
    manifest_with(folder, f'{{"schema": 1, "files": {{"{name}": "{"0" * 64}"}}}}')
    assert message(read_manifest, folder) == (
        f"manifest.json: file name {name!r}. Expected {FILE_NAME_RULE}, inside the folder, "
        "other than manifest.json. Rename the file and train again."
    )


MALFORMED = [
    ("[]", 'manifest.json: [] is not an object. Expected {"schema": 1, "files": {...}}. ' + FIX),
    (
        '{"schema": 2, "files": {}}',
        "manifest.json: schema is 2. Expected 1. "
        "Use the version of this program that wrote the artifact, or train it again.",
    ),
    (
        '{"schema": true, "files": {}}',
        "manifest.json: schema is True. Expected 1. "
        "Use the version of this program that wrote the artifact, or train it again.",
    ),
    (
        '{"schema": 1, "files": {}}',
        "manifest.json: files is {}. Expected an object of SHA-256 by file name, not empty. " + FIX,
    ),
    (
        '{"schema": 1, "files": {"a": "F00"}}',
        "manifest.json: files.a is 'F00'. Expected a SHA-256 of 64 lower-case hex digits. " + FIX,
    ),
    ("{", "manifest.json: not JSON in UTF-8. " + FIX),
    ("[" * 100_000, "manifest.json: not JSON in UTF-8. " + FIX),
]


@pytest.mark.parametrize(("text", "expected"), MALFORMED)
def test_a_malformed_manifest_is_explained(tmp_path, text, expected):
    assert message(read_manifest, manifest_with(tmp_path, text)) == expected


@pytest.mark.parametrize("extra", ['"author": "x", ', '"schema": 1, ', " "])
def test_an_extra_or_repeated_key_or_space_is_refused(folder, extra):
    text = (folder / MANIFEST_FILE).read_text()
    manifest_with(folder, text.replace('"schema"', f'{extra}"schema"'))
    assert message(read_manifest, folder) == (
        "manifest.json: not the text that was written for its 3 files "
        f"(spacing, order, or an extra or repeated key). {FIX}"
    )


def test_a_folder_without_a_manifest_is_no_artifact(tmp_path):
    assert message(verify, tmp_path) == (
        "manifest.json: not found. Expected the manifest of a model artifact. "
        "Point at an artifact's folder, or make one: docs/models.md."
    )


def test_no_manifest_is_written_for_what_could_not_be_verified(tmp_path):
    with pytest.raises(ManifestError, match="no files"):
        write_manifest(tmp_path)
    (tmp_path / "with space").touch()
    with pytest.raises(ManifestError, match="with space"):
        write_manifest(tmp_path)
    assert not (tmp_path / MANIFEST_FILE).exists()
