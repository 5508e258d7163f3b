"""Packs the model artifacts of a stack's config and uploads what the account does not have yet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from components.artifacts.artifact import LocalArtifact, PackedArtifact, pack
from components.config.stack import StackConfig
from components.published import PublishedArtifact
from container.artifact import ArtifactError
from container.manifest import ManifestError
from publish.errors import PublishError

PACKED = Path("build/packed")
MAX_BYTES = 5 * 1024**3
"""S3 keeps one SHA-256 over an object only if it came in one piece.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""


def artifact_folders(config: StackConfig) -> list[Path]:
    """The project's folders that the config names as artifacts, each once."""
    models = (model for endpoint in config.endpoints.values() for _, _, model in endpoint.models())
    artifacts = (artifact for model in models for artifact in model.artifacts.values())
    folders = {found.folder for found in artifacts if isinstance(found, LocalArtifact)}
    return sorted(folders)


def publish_artifacts(config: StackConfig, bucket: str, s3: Any) -> dict[str, PublishedArtifact]:
    """Uploads every local artifact under its own hash, by folder. s3: a boto3 client.

    All are packed and verified before the first upload. Raises PublishError.
    """
    packed = dict(_packed(artifact_folders(config)))
    return {str(folder): _upload(folder, found, bucket, s3) for folder, found in packed.items()}


def _packed(folders: list[Path]) -> Iterator[tuple[Path, PackedArtifact]]:
    for folder in folders:
        try:
            found = pack(LocalArtifact(folder), PACKED)
        except (ManifestError, ArtifactError) as error:
            raise PublishError(str(error)) from error
        if (size := found.path.stat().st_size) > MAX_BYTES:
            raise PublishError(
                f"{folder}: {size} bytes packed. Allowed: up to {MAX_BYTES} bytes (5 GB), what S3 "
                "takes in one piece. Make the artifact smaller."
            )
        yield folder, found


def _upload(folder: Path, packed: PackedArtifact, bucket: str, s3: Any) -> PublishedArtifact:
    key = f"{folder.name}/{packed.sha256}/model.tar.gz"
    try:
        if not _is_there(bucket, key, s3):
            with packed.path.open("rb") as body:
                s3.put_object(Bucket=bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256")
    except (BotoCoreError, ClientError) as error:
        raise PublishError(
            f"{folder}: cannot be uploaded to s3://{bucket}/{key} ({error}). Allowed: the bucket "
            "that bootstrap/ makes, with rights to write to it. Run make bootstrap first, or use "
            "other credentials."
        ) from error
    return PublishedArtifact(
        bucket=bucket,
        key=key,
        sha256=packed.sha256,
        example=dict(packed.example),
        features=list(packed.features),
        card=dict(packed.card or {}),
    )


def _is_there(bucket: str, key: str, s3: Any) -> bool:
    """Whether the object exists: its key has its hash, so it is the same one."""
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True
