"""Our case files as Terraform, as far as Pulumi's names follow from Terraform's."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bench.policies.peers import literal

NAMES = {
    "defaultActions": "default_action",
    "encryptionConfigurations": "encryption_configuration",
    "restApi": "rest_api_id",
    "rules": "rule",
}
"""Names that Pulumi does not just write in its own way."""

DOCUMENTS = frozenset({"accessPolicy", "assumeRolePolicy", "policy"})
MAPS = frozenset({"defaultArguments", "requestParameters", "tags", "variables"})
"""Properties whose keys are the user's own."""

Resources = Mapping[str, Mapping[str, Any]]
"""Resources by name, each with its type, properties and dependencies."""


def terraform(resources: Resources) -> str:
    """The text of a folder with these resources, which refer to each other as in a program."""
    return "\n".join(
        f'resource "{kind(resource["type"])}" "{name}" {{\n{_body(resource, resources)}\n}}'
        for name, resource in resources.items()
    )


def kind(token: str) -> str:
    """Terraform's type: `aws:apigateway/restApi:RestApi` is aws_api_gateway_rest_api."""
    _, module, name = token.split(":")
    service = module.split("/")[0].replace("apigateway", "api_gateway")
    return f"aws_{service}_{_snake(name)}"


def _body(resource: Mapping[str, Any], resources: Resources) -> str:
    references = {
        name: feeding for name, [feeding] in resource.get("dependencies", {}).items()
    } | _bucket(resource, resources)
    lines = []
    for name, value in resource["properties"].items():
        if feeding := references.get(name):
            lines.append(f"{_named(name)} = {kind(resources[feeding]['type'])}.{feeding}.id")
        else:
            lines += _property(name, value)
    return "\n".join(lines)


def _bucket(resource: Mapping[str, Any], resources: Resources) -> dict[str, str]:
    """The bucket that a resource is about, if it is one of these: by its name in the files."""
    bucket = resource["properties"].get("bucket")
    found = [
        name
        for name, other in resources.items()
        if other is not resource
        and other["type"] == "aws:s3/bucket:Bucket"
        and other["properties"].get("bucket") == bucket
    ]
    return {"bucket": found[0]} if found else {}


def _property(name: str, value: Any) -> list[str]:
    if isinstance(value, dict) and name in DOCUMENTS:
        return [f"{_named(name)} = {literal(json.dumps(value))}"]
    if isinstance(value, dict) and name not in MAPS:
        inner = "\n".join(line for key, item in value.items() for line in _property(key, item))
        return [f"{_named(name)} {{\n{inner}\n}}"]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [line for item in value for line in _property(name, item)]
    return [f"{_named(name)} = {literal(value)}"]


def _named(name: str) -> str:
    return NAMES.get(name) or _snake(name)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
