"""Where the models of a stack come from, each verified before any resource exists."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import boto3

from components.artifacts.artifact import Artifact, LocalArtifact, S3Artifact, pack
from components.artifacts.model_card import ModelCard
from components.artifacts.model_package import ModelPackageError, RegisteredModel, approved
from components.artifacts.model_set import ModelSet, StoredArtifact
from components.artifacts.remote_artifact import RemoteArtifactError, verified
from components.config.endpoint import Endpoint, Shadow, Variant
from components.config.report import Location, joined, shown
from components.config.stack import NAMESPACE, ConfigError
from components.published import PublishedArtifact
from container.artifact import ArtifactError
from container.manifest import ManifestError

ModelSource = StoredArtifact | RegisteredModel | ModelSet


def model_sources(
    stack: str,
    endpoints: Mapping[str, Endpoint],
    published: Mapping[str, PublishedArtifact] | None,
    region: str,
    cache_folder: Path,
    make_client: Callable[..., Any] = boto3.client,
) -> dict[str, dict[str, ModelSource]]:
    """The verified source of every variant's model, by endpoint and variant; shadows included.

    stack: its name. published: what lies in S3 already, by the local folder that it was packed
    from; no other folder is taken. None: folders are packed here. cache_folder: where. make_client:
    makes the clients that look into S3 and the registry, as boto3.client. Raises ConfigError, which
    lists every mistake in every artifact by its key.
    """

    @cache
    def client(service: str) -> Any:
        return make_client(service, region_name=region)

    found: dict[Location, StoredArtifact | RegisteredModel] = {}
    mistakes = []
    for path, artifact in _artifacts(endpoints):
        try:
            found[path] = _source(artifact, stack, published, cache_folder, client)
        except (
            ManifestError,
            ArtifactError,
            RemoteArtifactError,
            ModelPackageError,
            _Unpublished,
        ) as error:
            key = f"{NAMESPACE}:{joined(path)}"
            mistakes.append(f"{key}: {shown(_written(artifact))}: {error}")
    if mistakes:
        raise ConfigError(mistakes)
    return {
        name: {
            variant: _of_variant(("endpoints", name, *path), settings, found)
            for path, variant, settings in endpoint.models()
        }
        for name, endpoint in endpoints.items()
    }


def unpublished_changes(
    stack: str, published: Mapping[str, PublishedArtifact], cache_folder: Path
) -> Iterator[str]:
    """A line for each folder that is here and is not what was published, which is deployed.

    stack: its name. Raises ConfigError for a folder that is not what its own manifest says.
    """
    for folder, found in published.items():
        if not Path(folder).exists():
            continue
        try:
            packed = pack(LocalArtifact(Path(folder)), cache_folder)
        except (ManifestError, ArtifactError) as error:
            raise ConfigError([f"{folder}: {error}"]) from error
        if packed.sha256 != found.sha256:
            yield (
                f"{folder}: packs to SHA-256 {packed.sha256}, and {found.sha256} is published "
                f"and deployed. Publish the new one if it is meant: make publish STACK={stack}."
            )


def _artifacts(endpoints: Mapping[str, Endpoint]) -> Iterator[tuple[Location, Artifact]]:
    """Every artifact, and its place in the config."""
    for name, endpoint in endpoints.items():
        for path, _, settings in endpoint.models():
            for place, artifact in settings.artifacts.items():
                yield ("endpoints", name, *path, *place), artifact


def _of_variant(
    path: Location,
    settings: Variant | Shadow,
    found: Mapping[Location, StoredArtifact | RegisteredModel],
) -> ModelSource:
    """What a variant's container reads. path: of the variant."""
    sources = {place: found[(*path, *place)] for place in settings.artifacts}
    if single := sources.get(("artifact",)):
        return single
    return ModelSet(
        {
            place[-1]: source
            for place, source in sources.items()
            if not isinstance(source, RegisteredModel)  # which no set has, by the config's rules
        }
    )


class _Unpublished(Exception):
    """A folder that was not published."""


def _source(
    artifact: Artifact,
    stack: str,
    published: Mapping[str, PublishedArtifact] | None,
    cache_folder: Path,
    client: Callable[[str], Any],
) -> StoredArtifact | RegisteredModel:
    match artifact:
        case LocalArtifact(folder):
            if published is None:
                return pack(artifact, cache_folder)
            if found := published.get(str(folder)):
                remote = verified(found.object, client("s3"))
                card = cast(ModelCard, found.card)
                return replace(remote, example=found.example, features=found.features, card=card)
            raise _Unpublished(
                "not published. Allowed: a folder that was published for this stack. Publish "
                f"first: make publish STACK={stack}."
            )
        case S3Artifact():
            return verified(artifact, client("s3"))
        case _:
            return approved(artifact, client("sagemaker"), client("s3"))


def _written(artifact: Artifact) -> str:
    """The artifact as the config has it."""
    match artifact:
        case LocalArtifact(folder):
            return str(folder)
        case S3Artifact(bucket, key, sha256):
            return f"s3://{bucket}/{key}@sha256:{sha256}"
        case _:
            return artifact.arn
