"""The stack's config: strict models, every mistake named at once, before any resource exists."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from components.config.clashes import clash_mistakes
from components.config.endpoint import Endpoint
from components.config.faults import mistake_of
from components.config.gateway import Direct
from components.config.network import PrivateNetworkConfig
from components.config.provider import REGION, provider_mistakes
from components.config.references import Image
from components.config.strict import Strict
from components.config.units import Days
from components.config.values import Name, closest, config_fault

NAMESPACE = "ml-gateway"
"""Prefix of our keys in Pulumi.<stack>.yaml."""

OTHER_NAMESPACES = ("aws", "pulumi")
"""Prefixes that mean something beside a program's own: the provider's, the engine's."""

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

_RETENTION = f"one of {', '.join(f'{days}d' for days in RETENTION_DAYS)}"
_RETENTION_SCHEMA: dict[str, Any] = {
    "title": _RETENTION,
    "enum": [f"{days}d" for days in RETENTION_DAYS],
}


class ConfigError(Exception):
    """The stack's config has mistakes.

    lines: one for each, as `Mistake.line` and `provider_mistakes` give them.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        count = f"{len(lines)} mistake{'s' if len(lines) > 1 else ''}"
        super().__init__(
            f"The stack's config has {count}; nothing was created.\n  " + "\n  ".join(lines)
        )


class Data(Strict):
    """The stack's data bucket: captured requests and answers, async inputs and results."""

    delete_on_destroy: bool = False
    """Whether the bucket may go with what is in it, when the stack is destroyed or no endpoint
    needs it any longer; otherwise both are refused. Takes effect with the next `up`."""


class Logs(Strict):
    """The stack's log groups."""

    retention: Annotated[Days, Field(json_schema_extra=_RETENTION_SCHEMA)] = 90
    """How long logs are kept: `90d`; one of CloudWatch's own values."""

    @field_validator("retention")
    @classmethod
    def _of_cloudwatch(cls, value: int) -> int:
        if value not in RETENTION_DAYS:
            longer = min((d for d in RETENTION_DAYS if d > value), default=RETENTION_DAYS[-1])
            raise config_fault(_RETENTION, f"Write {longer}d")
        return value


class StackConfig(Strict):
    """Everything that Pulumi.<stack>.yaml says under `ml-gateway:`."""

    image: Image | None = None
    """The container image, by digest: repository@sha256:<hex>, in this account's registry. The one
    that `make publish` recorded, unless given."""
    endpoints: Annotated[dict[Name, Endpoint], Field(min_length=1)]
    """SageMaker endpoints by name."""
    direct: Direct
    """The direct gateway."""
    network: PrivateNetworkConfig | None = None
    """A private network of the stack's own; none unless given."""
    data: Data = Data()
    """The data bucket, which exists where an endpoint captures or is async."""
    logs: Logs = Logs()
    """Log groups."""


def load_config(values: Mapping[str, str]) -> StackConfig:
    """Reads the config that the engine hands over: fully qualified keys, each value as text.

    Raises ConfigError, which lists every mistake: key, value seen, what is allowed, how to fix.
    """
    raw = own_values(values, NAMESPACE)
    faults: list[ErrorDetails] = []
    try:
        config = StackConfig.model_validate(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    lines = provider_mistakes(values)
    region = None if lines else values[REGION]
    lines += foreign_mistakes(values, NAMESPACE)
    found = [mistake_of(fault, StackConfig) for fault in faults]
    found += clash_mistakes(raw, [fault["loc"] for fault in faults], region)
    lines += [mistake.line(NAMESPACE) for mistake in found]
    if lines:
        raise ConfigError(lines)
    return config


def own_values(values: Mapping[str, str], namespace: str) -> dict[str, Any]:
    """What the engine hands over under a namespace: objects come as JSON, scalars as they are."""
    prefix = f"{namespace}:"
    return {k.removeprefix(prefix): _parsed(v) for k, v in values.items() if k.startswith(prefix)}


def foreign_mistakes(values: Mapping[str, str], namespace: str) -> Iterator[str]:
    """A line for each key of a namespace that nobody reads: most are slips of the pen.

    namespace: of the program.
    """
    read = (namespace, *OTHER_NAMESPACES)
    for key in sorted(values):
        found, _, name = key.partition(":")
        if found not in read:
            meant = closest(found, read)
            fix = f"Write {meant}:{name} if that is meant" if meant else "Remove it"
            allowed = ", ".join(f"{own}:" for own in read)
            yield f"{key}: not used. Allowed: keys that begin with one of {allowed}. {fix}."


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
