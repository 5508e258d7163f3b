"""The artifact's manifest: which files a model artifact holds, and the SHA-256 of each.

`manifest.json` reads `{"schema": 1, "files": {"model.onnx": "<sha256 hex>", ...}}`. Later parts
of an artifact are added files, not a new schema. The manifest shows that a folder is still what
was written; who wrote it is shown by what pins the manifest itself: the hash of the packed
artifact.

Standard library only: the Pulumi program reads artifacts with this module too.
"""

import hashlib
import json
import os
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MANIFEST_FILE = "manifest.json"
SCHEMA = 1

FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
SHA256_HEX = re.compile(r"[0-9a-f]{64}")

FILE_NAME_RULE = "a plain file name of letters, digits, '.', '_' and '-'"
FIX = "Restore the artifact or make it again: docs/models.md."


class ManifestError(Exception):
    """The folder is not the artifact that was written.

    The text names the file, the value seen, what was expected and the fix.
    """


@dataclass(frozen=True)
class Manifest:
    """What an artifact holds: SHA-256 (lower-case hex) by file name, in the order of the names."""

    files: Mapping[str, str]

    def to_json(self) -> str:
        """The one text that stands for this manifest: sorted names, two spaces, a newline."""
        document = {"schema": SCHEMA, "files": dict(sorted(self.files.items()))}
        return json.dumps(document, indent=2) + "\n"


def write_manifest(folder: Path) -> Manifest:
    """Hash every file of the folder and write its `manifest.json`.

    Raises ManifestError for an entry that an artifact cannot hold, or for an empty folder.
    """
    names = _entries(folder)
    for name in names:
        _check_name(name, seen_in=str(folder))
    if not names:
        raise ManifestError(f"{folder}: no files. Expected at least one. Write the model first.")
    manifest = Manifest({name: _sha256(folder, name) for name in names})
    (folder / MANIFEST_FILE).write_text(manifest.to_json(), encoding="utf-8", newline="\n")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Parse the folder's `manifest.json`; the files themselves are not read.

    Strict down to the byte: a text that `write_manifest` would not have written (another schema,
    an unknown or repeated key, other spacing) raises ManifestError, as does a link.
    """
    path = folder / MANIFEST_FILE
    try:
        if os.path.lexists(path):
            _check_regular(path)
        text = path.read_bytes().decode("utf-8")
        document = json.loads(text)
    except FileNotFoundError as error:
        raise ManifestError(
            f"{path}: not found. Expected the manifest of a model artifact. "
            "Point at an artifact's folder, or make one: docs/models.md."
        ) from error
    except OSError as error:
        raise ManifestError(f"{path}: not readable ({error.strerror}). {FIX}") from error
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{path}: not JSON in UTF-8. {FIX}") from error
    manifest = Manifest(_files(document))
    if text != manifest.to_json():
        raise ManifestError(
            f"{path}: not the text that was written for its {len(manifest.files)} files "
            f"(spacing, order, or an extra or repeated key). {FIX}"
        )
    return manifest


def verify(folder: Path) -> Manifest:
    """Check that the folder holds exactly the manifest's files with exactly their content.

    Raises ManifestError for a file that is changed, missing, not listed, or no regular file.
    """
    manifest = read_manifest(folder)
    entries = _entries(folder)
    for name in entries:
        if name not in manifest.files:
            raise ManifestError(
                f"{folder / name}: not listed in {MANIFEST_FILE}. Expected only "
                f"{', '.join(manifest.files)}. Remove it."
            )
    for name, expected in manifest.files.items():
        if name not in entries:
            raise ManifestError(
                f"{folder / name}: missing. Expected SHA-256 {expected} by {MANIFEST_FILE}. {FIX}"
            )
        seen = _sha256(folder, name)
        if seen != expected:
            raise ManifestError(
                f"{folder / name}: SHA-256 is {seen}. Expected {expected} by {MANIFEST_FILE}: "
                f"the file was changed. {FIX}"
            )
    return manifest


def _files(document: object) -> dict[str, str]:
    if not isinstance(document, dict):
        raise ManifestError(
            f"{MANIFEST_FILE}: {reprlib.repr(document)} is not an object. "
            f"""Expected {{"schema": {SCHEMA}, "files": {{...}}}}. {FIX}"""
        )
    schema = document.get("schema")
    if schema != SCHEMA or type(schema) is not int:
        raise ManifestError(
            f"{MANIFEST_FILE}: schema is {reprlib.repr(schema)}. Expected {SCHEMA}. "
            "Use the version of this program that wrote the artifact, or train it again."
        )
    files = document.get("files")
    if not isinstance(files, dict) or not files:
        raise ManifestError(
            f"{MANIFEST_FILE}: files is {reprlib.repr(files)}. "
            f"Expected an object of SHA-256 by file name, not empty. {FIX}"
        )
    for name, sha256 in files.items():
        _check_name(name, seen_in=MANIFEST_FILE)
        if not isinstance(sha256, str) or not SHA256_HEX.fullmatch(sha256):
            raise ManifestError(
                f"{MANIFEST_FILE}: files.{name} is {reprlib.repr(sha256)}. "
                f"Expected a SHA-256 of 64 lower-case hex digits. {FIX}"
            )
    return files


def _check_name(name: str, seen_in: str) -> None:
    if name == MANIFEST_FILE or not FILE_NAME.fullmatch(name):
        raise ManifestError(
            f"{seen_in}: file name {reprlib.repr(name)}. Expected {FILE_NAME_RULE}, "
            f"inside the folder, other than {MANIFEST_FILE}. Rename the file and train again."
        )


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir() if entry.name != MANIFEST_FILE)
    except OSError as error:
        raise ManifestError(
            f"{folder}: not readable ({error.strerror}). Expected the folder of a model artifact. "
            "Point at an artifact's folder, or make one: docs/models.md."
        ) from error


def _check_regular(path: Path) -> None:
    # A link could bring in a file from outside the folder, which no packing would carry along.
    if path.is_symlink() or not path.is_file():
        raise ManifestError(
            f"{path}: not a regular file. Expected no folders and no links. "
            "Replace it by the file itself."
        )


def _sha256(folder: Path, name: str) -> str:
    path = folder / name
    _check_regular(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ManifestError(f"{path}: not readable ({error.strerror}). {FIX}") from error
