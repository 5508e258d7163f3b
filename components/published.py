"""What `make publish` has given the account of each stack: image and artifacts, by digest.

published.json is tracked: a pull request that changes it says what will run. Written by publish/,
read by the program.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from botocore.exceptions import BotoCoreError, ClientError
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
    architecture: Architecture | None
    """What it runs on; None where nothing was built, as for the local cloud."""
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
    features: list[str]
    """Names of a row's columns, in the model's order."""
    card: dict[str, Any]
    """What the artifact says of its model (components/artifacts/model_card.py)."""

    @property
    def object(self) -> S3Artifact:
        """The object, pinned."""
        return S3Artifact(self.bucket, self.key, self.sha256)


class Publication(Strict):
    """What one stack has."""

    account: Annotated[str, Field(pattern=r"^\d{12}$")]
    """The AWS account that it was published to."""
    image: PublishedImage | None
    """The container image; None where the config names one."""
    artifacts: dict[str, PublishedArtifact] | None
    """By the folder that the config names; None where nothing was uploaded, as for the local cloud:
    the stack then packs the folders itself."""


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
    with _lock(path.parent):
        publications = {**read_publications(path), stack: publication}
        document = {name: found.model_dump() for name, found in publications.items()}
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
        partial.replace(path)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Keeps two publications apart, each of which would lose the other's stack."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def stack_image(stack: str, config: StackConfig, publication: Publication | None) -> str:
    """The image of the stack's variants: the config's, else the published one.

    Raises ConfigError where there is none, or the variants' machines cannot run it.
    """
    if config.image:
        return config.image
    if publication is None or publication.image is None:
        raise ConfigError(
            [
                f"{NAMESPACE}:image: missing, and no image is published for the stack {stack}. "
                f"Allowed: an image by its digest. Publish first: make publish STACK={stack}."
            ]
        )
    built_for, needed = publication.image.architecture, needed_architecture(config)
    if built_for not in (None, needed):
        mistake = Mistake(
            ("endpoints",),
            f"machines of {needed}",
            f"machines of {built_for}, what the published image was built for",
            f"Change the instance types, or publish for {needed}: make publish STACK={stack}",
        )
        raise ConfigError([mistake.line(NAMESPACE)])
    return publication.image.reference


def stack_artifacts(publication: Publication | None) -> Mapping[str, PublishedArtifact] | None:
    """The artifacts that the stack's folders stand for; None where the stack packs them itself."""
    return publication.artifacts if publication else {}


def needed_architecture(config: StackConfig) -> Architecture:
    """What the stack's image has to run on: models that share an image agree on it.

    Serverless variants run on amd64.
    """
    needed = {
        architecture_of(model.instances.type) if model.instances else "amd64"
        for endpoint in config.endpoints.values()
        for _, _, model in endpoint.models()
        if not model.image and not isinstance(model.artifact, ModelPackage)
    }
    return "arm64" if needed == {"arm64"} else "amd64"


def check_account(publication: Publication | None, sts: Any) -> None:
    """Raises PublishedError where what is published is in another account. sts: a boto3 client."""
    if publication is None:
        return
    account = caller_account(sts)
    if publication.account != account:
        raise PublishedError(
            f"{PUBLISHED}: account {publication.account}, and the credentials are of {account}. "
            "Allowed: one account for both. Use its credentials, or publish to this account."
        )


def caller_account(sts: Any) -> str:
    """The account of the credentials. Raises PublishedError."""
    try:
        account: str = sts.get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise PublishedError(
            f"AWS cannot be asked who you are ({error}). Sign in, or set AWS_PROFILE."
        ) from error
    return account


def _publication(path: Path, stack: str, value: Mapping[str, Any]) -> Publication:
    try:
        return Publication.model_validate(value)
    except ValidationError as error:
        mistakes = [mistake_of(fault, Publication) for fault in error.errors(include_url=False)]
        lines = "\n  ".join(mistake.line(stack) for mistake in mistakes)
        raise PublishedError(f"{path} is not what was written.\n  {lines}\n{_FIX}") from error


_FIX = "Restore it from the version control, or run make publish again."
