"""Model artifacts as the stack's config names them, and local ones packed for SageMaker."""

import hashlib
import io
import re
import struct
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.artifacts.model_card import ModelCard, model_card
from container.artifact import read_sample, read_signature
from container.manifest import MANIFEST_FILE, verify

S3_FORM = r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([^@]+)@sha256:([0-9a-f]{64})"
"""An object, pinned by the SHA-256 of its bytes."""

MODEL_PACKAGE_FORM = (
    r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:model-package/[A-Za-z0-9-]+/[0-9]+"
)
"""The ARN of a model package's version."""

_BLOCK_BYTES = 0xFFFF
_GZIP_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF))
"""Deflate, no name, no time, unknown operating system."""


@dataclass(frozen=True)
class LocalArtifact:
    """A folder of this tree with a manifest in it."""

    folder: Path


@dataclass(frozen=True)
class S3Artifact:
    """A packed artifact in S3, pinned by the SHA-256 of its bytes (hex)."""

    bucket: str
    key: str
    sha256: str


@dataclass(frozen=True)
class ModelPackage:
    """A version in SageMaker's model registry."""

    arn: str


Artifact = LocalArtifact | S3Artifact | ModelPackage


def parse_artifact(text: str) -> Artifact:
    """The three forms of an artifact. Raises ValueError, whose text says how to mend it."""
    if text.startswith("s3://"):
        match = re.fullmatch(S3_FORM, text)
        if match is None:
            raise ValueError("Write s3://bucket/key@sha256: and the SHA-256 of its bytes in hex")
        return S3Artifact(*match.groups())
    if text.startswith("arn:"):
        if not re.fullmatch(MODEL_PACKAGE_FORM, text):
            raise ValueError("Give the ARN of one version of a model package")
        return ModelPackage(text)
    folder = Path(text)
    outside = folder.is_absolute() or ".." in folder.parts
    if not text or outside or not text.isprintable():
        raise ValueError("Give a folder inside the project, relative to its root")
    return LocalArtifact(folder)


@dataclass(frozen=True)
class PackedArtifact:
    """A packed artifact on disk; the same files always give the same bytes."""

    path: Path
    sha256: str
    example: Mapping[str, Any]
    """A request body that the model predicts rightly: the artifact's own sample."""
    features: Sequence[str] = ()
    """Names of a row's columns, in the model's order."""
    card: ModelCard | None = None
    """What the artifact says of its model."""


def pack(artifact: LocalArtifact, cache: Path) -> PackedArtifact:
    """Packs a verified folder as SageMaker's model.tar.gz, under its own hash in `cache`.

    Raises container.manifest.ManifestError if the folder is not what its manifest says, and
    container.artifact.ArtifactError if its sample is not one.
    """
    manifest = verify(artifact.folder)
    signature = read_signature(artifact.folder)
    sample = read_sample(artifact.folder, signature)
    content = _archive(artifact.folder, sorted([*manifest.files, MANIFEST_FILE]))
    sha256 = hashlib.sha256(content).hexdigest()
    path = cache / f"{sha256}.tar.gz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(path)
    card = model_card(artifact.folder, manifest.files)
    return PackedArtifact(path, sha256, {"instances": sample.rows}, signature.names, card)


def _archive(folder: Path, names: list[str]) -> bytes:
    """No clock, no owner, no mode of this machine: only names and contents."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in names:
            content = (folder / name).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return _gzip(plain.getvalue())


def _gzip(content: bytes) -> bytes:
    """A gzip file of stored blocks: compressed bytes would differ between builds of zlib.

    https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4, https://www.rfc-editor.org/rfc/rfc1952
    """
    blocks = range(0, len(content), _BLOCK_BYTES)
    stored = b"".join(
        struct.pack("<BHH", start == blocks[-1], len(block), len(block) ^ 0xFFFF) + block
        for start in blocks
        for block in (content[start : start + _BLOCK_BYTES],)
    )
    trailer = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return _GZIP_HEADER + stored + trailer
