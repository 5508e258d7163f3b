"""Builds the container image and pushes it, unless the repository has it already.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html
"""

import base64
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from components.config.stack import StackConfig
from components.published import REPOSITORY, PublishedImage, needed_architecture
from container.content import content_files, content_hash
from publish.errors import PublishError

Run = Callable[[Sequence[str], str], None]
"""Runs a command with a text as its input; raises PublishError if it fails."""


def run_command(command: Sequence[str], text: str) -> None:
    """Runs a command, whose output is the user's to see. Raises PublishError."""
    done = subprocess.run(command, input=text, text=True, check=False)
    if done.returncode:
        raise PublishError(
            f"{' '.join(command[:2])}: exit status {done.returncode}. What it said stands above."
        )


def build_tool() -> str:
    """docker, podman or buildah, whichever runs here. Raises PublishError."""
    found = subprocess.run(["scripts/builder.sh"], stdout=subprocess.PIPE, text=True, check=False)
    if found.returncode:
        raise PublishError("No image can be built here; the line above says what is missing.")
    return found.stdout.strip()


def publish_image(
    config: StackConfig,
    project: Path,
    ecr: Any,
    run: Run = run_command,
    find_tool: Callable[[], str] = build_tool,
) -> PublishedImage:
    """The image of this tree in the account's repository.

    ecr: a boto3 client. find_tool: asked only where something has to be built. Raises PublishError.
    """
    architecture = needed_architecture(config)
    files, content = content_files(project), content_hash(project)
    tag = f"{content}-{architecture}"
    digest = _digest(tag, ecr)
    if digest is None:
        tool = find_tool()
        registry = _sign_in(tool, ecr, run)
        reference = f"{registry}/{REPOSITORY}:{tag}"
        run(["env", f"ARCHITECTURE={architecture}", "scripts/image.sh"], "")
        run([tool, "tag", f"{REPOSITORY}:{content}", reference], "")
        run([tool, "push", reference], "")
        digest = _digest(tag, ecr)
        if digest is None:
            raise PublishError(
                f"{REPOSITORY}:{tag}: pushed, and the repository does not have it. Look at what "
                f"{tool} said, and publish again."
            )
    return PublishedImage(digest=digest, architecture=architecture, content=content, files=files)


def _digest(tag: str, ecr: Any) -> str | None:
    """The digest of a tag; None if the repository has no such image."""
    try:
        found = ecr.describe_images(repositoryName=REPOSITORY, imageIds=[{"imageTag": tag}])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ImageNotFoundException":
            return None
        raise _unusable(error) from error
    except BotoCoreError as error:
        raise _unusable(error) from error
    digest: str = found["imageDetails"][0]["imageDigest"]
    return digest


def _sign_in(tool: str, ecr: Any, run: Run) -> str:
    """Signs the tool in to the account's registry, whose host it answers."""
    try:
        [granted] = ecr.get_authorization_token()["authorizationData"]
    except (BotoCoreError, ClientError) as error:
        raise _unusable(error) from error
    user, _, password = base64.b64decode(granted["authorizationToken"]).decode().partition(":")
    registry: str = granted["proxyEndpoint"].removeprefix("https://").removeprefix("http://")
    run([tool, "login", "--username", user, "--password-stdin", registry], password)
    return registry


def _unusable(error: Exception) -> PublishError:
    return PublishError(
        f"The image repository {REPOSITORY} cannot be used ({error}). Allowed: the one that "
        "bootstrap/ makes, with rights to push to it. Run make bootstrap first, or use other "
        "credentials."
    )
