"""What `make publish` has given the account of each stack: image and artifacts, by digest.

published.json is tracked: a pull request that changes it says what will run. Written by publish/,
read by the program.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from components.artifacts.artifact import ModelPackage, S3Artifact
from components.config.faults import mistake_of
from components.config.references import Architecture, architecture_of
from components.config.report import Mistake
from components.config.stack import NAMESPACE, ConfigError, StackConfig
from components.config.strict import Strict

PUBLISHED = Path("published.json")
REPOSITORY = "ml-gateway"
"""The image repository of the account, which bootstrap/ makes."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PublishedImage(Strict):
    """The container image, and what it was built from."""

    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Of its manifest in the registry."""
    architecture: Architecture
    """What it runs on."""
    content: Sha256
    """Of all the files that it was built from (container/content.py)."""
    files: dict[str, Sha256]
    """The SHA-256 of each of them, by its path."""

    @property
    def reference(self) -> str:
        """As the config has it: repository@sha256:<hex>."""
        return f"{REPOSITORY}@{self.digest}"


class PublishedArtifact(Strict):
    """A packed artifact in S3, and the folder that it was packed from."""

    bucket: str
    """The account's artifact bucket."""
    key: str
    """Of the object."""
    sha256: Sha256
    """Of its bytes: the same files always give the same."""
    example: dict[str, Any]
    """A request body that the model predicts rightly."""

    @property
    def object(self) -> S3Artifact:
        """The object, pinned."""
        return S3Artifact(self.bucket, self.key, self.sha256)


class Publication(Strict):
    """What one stack has."""

    account: Annotated[str, Field(pattern=r"^\d{12}$")]
    """The AWS account that it was published to."""
    image: PublishedImage
    """The container image."""
    artifacts: dict[str, PublishedArtifact]
    """By the folder that the config names."""


class PublishedError(Exception):
    """published.json cannot be read, or says what cannot be; the text names it and the fix."""


def read_publications(path: Path = PUBLISHED) -> dict[str, Publication]:
    """What every stack has; nothing where there is no file. Raises PublishedError."""
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise PublishedError(f"{path}: not readable as JSON ({error}). {_FIX}") from error
    if not isinstance(document, dict):
        raise PublishedError(f"{path}: not an object with an entry for each stack. {_FIX}")
    return {stack: _publication(path, stack, value) for stack, value in document.items()}


def write_publication(stack: str, publication: Publication, path: Path = PUBLISHED) -> None:
    """Records what a stack has; the other stacks keep theirs. Raises PublishedError."""
    publications = {**read_publications(path), stack: publication}
    document = {name: found.model_dump() for name, found in publications.items()}
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    partial.replace(path)


def stack_image(stack: str, config: StackConfig, publication: Publication | None) -> str:
    """The image of the stack's variants: the config's, else the published one. Raises ConfigError.

    A published image runs on one architecture only; so must every variant that has no other.
    """
    if config.image:
        return config.image
    if publication is None:
        raise ConfigError(
            [
                f"{NAMESPACE}:image: missing, and nothing is published for the stack {stack}. "
                f"Allowed: an image by its digest. Publish first: make publish STACK={stack}."
            ]
        )
    if lines := [line for line in _foreign(config, publication.image.architecture)]:
        raise ConfigError(lines)
    return publication.image.reference


def check_account(publication: Publication | None, account_id: str) -> None:
    """Raises PublishedError where what is published lies in another account."""
    if publication and publication.account != account_id:
        raise PublishedError(
            f"{PUBLISHED}: account {publication.account}, and the credentials are of {account_id}. "
            "Allowed: one account for both. Use its credentials, or publish to this account."
        )


def _foreign(config: StackConfig, architecture: str) -> Iterator[str]:
    """A line for each variant without an image of its own whose machines cannot run the stack's."""
    for name, endpoint in config.endpoints.items():
        for path, _, model in endpoint.models():
            if model.image or isinstance(model.artifact, ModelPackage):
                continue
            # https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
            needed = architecture_of(model.instances.type) if model.instances else "amd64"
            if needed != architecture:
                mistake = Mistake(
                    ("endpoints", name, *path),
                    f"machines of {needed}",
                    f"machines of {architecture}, what the published image was built for",
                    f"Change their type, or publish an image for {needed}",
                )
                yield mistake.line(NAMESPACE)


def _publication(path: Path, stack: str, value: Mapping[str, Any]) -> Publication:
    try:
        return Publication.model_validate(value)
    except ValidationError as error:
        mistakes = [mistake_of(fault, Publication) for fault in error.errors(include_url=False)]
        lines = "\n  ".join(mistake.line(stack) for mistake in mistakes)
        raise PublishedError(f"{path} is not what was written.\n  {lines}\n{_FIX}") from error


_FIX = "Restore it from the version control, or run make publish again."
