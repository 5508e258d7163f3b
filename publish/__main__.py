"""`python -m publish --stack STACK`: gives the stack's account its image and its artifacts.

What is there already is neither built nor uploaded again. published.json says then what the stack
runs; commit it.
"""

import argparse
import sys
from pathlib import Path

import boto3

from bootstrap.names import artifact_bucket
from components.config.provider import REGION
from components.config.stack import load_config
from components.config.stack_file import UNREADABLE, project_name, stack_values
from components.context import Context
from components.published import (
    PUBLISHED,
    Publication,
    PublishedError,
    caller_account,
    write_publication,
)
from publish.artifacts import publish_artifacts
from publish.errors import PublishError
from publish.image import publish_image


def main() -> int:
    """Publishes; 1 and the reason if that does not succeed."""
    parser = argparse.ArgumentParser(prog="python -m publish", description=__doc__)
    parser.add_argument("--stack", required=True, help="of Pulumi.<stack>.yaml")
    stack = parser.parse_args().stack
    try:
        publication = _publish(stack)
        write_publication(stack, publication)
    except (*UNREADABLE, PublishError, PublishedError) as error:
        print(error, file=sys.stderr)
        return 1
    if publication.image:
        print(f"image     {publication.image.reference} ({publication.image.architecture})")
    for folder, artifact in (publication.artifacts or {}).items():
        print(f"artifact  {folder} -> s3://{artifact.bucket}/{artifact.key}")
    print(f"Recorded in {PUBLISHED.resolve()}. Next: commit it, make preview STACK={stack}")
    return 0


def _publish(stack: str) -> Publication:
    values = stack_values(stack)
    config = load_config(values)
    region = values[REGION]
    account = caller_account(boto3.client("sts", region_name=region))
    artifacts = publish_artifacts(
        config,
        artifact_bucket(Context(account, region, project_name())),
        boto3.client("s3", region_name=region),
    )
    image = None
    if config.image is None:
        image = publish_image(config, Path.cwd(), boto3.client("ecr", region_name=region))
    return Publication(account=account, image=image, artifacts=artifacts)


if __name__ == "__main__":
    sys.exit(main())
