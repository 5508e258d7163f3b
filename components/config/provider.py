"""What the stack's config may tell the aws provider: the region, and nothing else."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3

from components.config.values import closest

REGION = "aws:region"

_ALLOWED = "a commercial region that has SageMaker"


@cache
def _regions() -> list[str]:
    """Regions of the commercial partition that have SageMaker, by botocore's own data."""
    return list(boto3.Session().get_available_regions("sagemaker"))


def region_schema() -> dict[str, Any]:
    """JSON Schema of the region."""
    return {
        "title": _ALLOWED,
        "description": "Where everything of the stack is.",
        "enum": _regions(),
    }


def provider_mistakes(values: Mapping[str, str]) -> list[str]:
    """A line for each `aws:` key that the program would not pass on, or could not use.

    Their values are not shown: secrets are among them. China's and the government's regions are
    refused, since the program's ARNs are those of the commercial partition.
    """
    found = [
        f"{key}: not used. Allowed: {REGION} alone. Say it by the environment, as in AWS_PROFILE."
        for key in sorted(values)
        if key.startswith("aws:") and key != REGION
    ]
    region = values.get(REGION)
    regions = _regions()
    if region not in regions:
        seen = "missing" if region is None else json.dumps(region)
        meant = closest(region or "", regions)
        fix = f"Write {meant} if that is meant" if meant else "Name one"
        found.append(f"{REGION}: {seen}. Allowed: {_ALLOWED}. {fix}.")
    return found
