"""The stack's config: strict models, every mistake named at once, before any resource exists."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from components.artifact import LocalArtifact, parse_artifact
from components.config_report import mistake
from components.provider_config import provider_mistakes
from components.units import Days, PerDay, PerMinute, PerSecond
from components.values import Name, Path, config_fault, text, whole

NAMESPACE = "ml-gateway"
"""Prefix of our keys in Pulumi.<stack>.yaml."""

MAX_INSTANCES = 100
"""Bound of a variant's autoscaling; the policy pack may set a lower one."""

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

_BURSTABLE = re.compile(r"ml\.t\d")
"""Not ml.trn1, which is Trainium."""


class ConfigError(Exception):
    """The stack's config has mistakes; the text has a line for each."""


@dataclass(frozen=True)
class _Seen:
    """What a value is checked against besides itself."""

    endpoints: list[str]
    """The endpoints of the stack."""
    clients: set[str] = field(default_factory=set)
    """API keys met so far: a set that grows, so that every repetition is named at its place."""


def _named_once(value: str, info: ValidationInfo[_Seen]) -> str:
    if value in info.context.clients:
        raise config_fault("a name that no other key has, in any plan", "Rename it or remove it")
    info.context.clients.add(value)
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class Instances(_Strict):
    """The machines of a variant."""

    type: Annotated[
        str,
        text(
            r"ml\.[a-z0-9-]+\.[a-z0-9]+",
            allowed="a SageMaker instance type",
            fix="Write it like ml.m5.large",
        ),
    ]
    """SageMaker instance type, such as ml.m5.large; burstable types (ml.t3) cannot be scaled."""
    min: Annotated[int, whole(1, MAX_INSTANCES)]
    """Lower limit of autoscaling, instances."""
    max: Annotated[int, whole(1, MAX_INSTANCES)]
    """Upper limit of autoscaling, instances; at least min. Capped by policy."""

    @field_validator("type")
    @classmethod
    def _can_be_scaled(cls, value: str) -> str:
        if _BURSTABLE.match(value):
            raise config_fault(
                "an instance type that Application Auto Scaling takes, so no burstable one (ml.t*)",
                "Use one such as ml.m5.large",
            )
        return value

    @field_validator("max")
    @classmethod
    def _not_below_min(cls, value: int, info: ValidationInfo) -> int:
        minimum = info.data.get("min", value)
        if value < minimum:
            allowed = f"a whole number from {minimum} (min) to {MAX_INSTANCES}"
            raise config_fault(allowed, "Raise max or lower min")
        return value


class Variant(_Strict):
    """A model in production behind an endpoint."""

    artifact: Annotated[LocalArtifact, BeforeValidator(lambda value: _local_artifact(value))]
    """A folder of the project with a manifest in it: `build/iris-forest`."""
    instances: Instances
    """The machines it runs on."""
    weight: Annotated[int, whole(1, 1000)] = 1
    """Its share of the requests, relative to the other variants."""


def _local_artifact(value: object) -> LocalArtifact:
    refusal = config_fault(
        "a local folder; s3:// objects and model packages cannot be deployed yet",
        "Give the folder of an artifact inside the project, relative to its root",
    )
    try:
        artifact = parse_artifact(value if isinstance(value, str) else "")
    except ValueError as error:
        raise refusal from error
    if not isinstance(artifact, LocalArtifact):
        raise refusal
    return artifact


class Scaling(_Strict):
    """Target tracking, for every variant of the endpoint."""

    target: PerMinute
    """Invocations per instance per minute that scaling settles on: `1200/min`."""


class Endpoint(_Strict):
    """A SageMaker endpoint."""

    variants: Annotated[dict[Name, Variant], Field(min_length=1, max_length=10)]
    """Production variants by name, 1 to 10."""
    scaling: Scaling
    """How its variants scale."""


class Route(_Strict):
    """A path of the direct gateway."""

    endpoint: str
    """The endpoint that answers, by its name in `endpoints`."""

    @field_validator("endpoint", mode="before")
    @classmethod
    def _exists(cls, value: object, info: ValidationInfo[_Seen]) -> object:
        known = info.context.endpoints
        if value not in known:
            # A name that is a mistake itself is not worth repeating here.
            named = [name for name in known if name.isascii() and name.isprintable()]
            allowed = f"an endpoint of this stack: {', '.join(named) or 'none'}"
            raise config_fault(allowed, "Name one of them, or add the endpoint")
        return value


class Throttle(_Strict):
    """Limits on the rate of requests for each key."""

    rate: PerSecond
    """Requests per second, steadily: `50/s`."""
    burst: Annotated[int, whole(1, 5000)]
    """Requests at once, at the most."""


class Plan(_Strict):
    """A usage plan: what the holders of its keys may use."""

    throttle: Throttle
    """Rate limits."""
    quota: PerDay
    """Requests per day: `100000/day`."""
    keys: Annotated[list[Annotated[Name, AfterValidator(_named_once)]], Field(min_length=1)]
    """API keys of this plan, one for each client."""


class Direct(_Strict):
    """The direct gateway: API Gateway straight onto SageMaker, no code between."""

    routes: Annotated[dict[Path, Route], Field(min_length=1)]
    """What answers, by path."""
    plans: Annotated[dict[Name, Plan], Field(min_length=1)]
    """Usage plans by name; without a key no request is answered."""


class Logs(_Strict):
    """The stack's log groups."""

    retention: Days = 90
    """How long logs are kept: `90d`; one of CloudWatch's own values."""

    @field_validator("retention")
    @classmethod
    def _of_cloudwatch(cls, value: int) -> int:
        if value not in RETENTION_DAYS:
            listed = ", ".join(f"{days}d" for days in RETENTION_DAYS)
            longer = min((d for d in RETENTION_DAYS if d > value), default=RETENTION_DAYS[-1])
            raise config_fault(f"one of {listed}", f"Write {longer}d")
        return value


class StackConfig(_Strict):
    """Everything that Pulumi.<stack>.yaml says under `ml-gateway:`."""

    image: Annotated[
        str,
        text(
            r"[a-z0-9]+([._/-][a-z0-9]+)*@sha256:[0-9a-f]{64}",
            allowed="repository@sha256: and 64 hex digits, the repository in this account's "
            "registry and without its host",
            fix="Pin the image by its digest",
        ),
    ]
    """The container image, by digest: repository@sha256:<hex>, in this account's registry."""
    endpoints: Annotated[dict[Name, Endpoint], Field(min_length=1)]
    """SageMaker endpoints by name."""
    direct: Direct
    """The direct gateway."""
    logs: Logs = Logs()
    """Log groups."""

    @field_validator("endpoints")
    @classmethod
    def _models_have_distinct_names(cls, value: dict[str, Endpoint]) -> dict[str, Endpoint]:
        """A model is called after its endpoint and variant: a-b and c, as well as a and b-c."""
        models = Counter(f"{name}-{variant}" for name, e in value.items() for variant in e.variants)
        repeated = [name for name, count in models.items() if count > 1]
        if repeated:
            allowed = "names of endpoints and variants that differ when joined by a dash"
            raise config_fault(allowed, f"Rename what makes {', '.join(repeated)} twice")
        return value


def load_config(values: Mapping[str, str]) -> StackConfig:
    """Reads the config that the engine hands over: fully qualified keys, each value as text.

    Raises ConfigError, which lists every mistake: key, value seen, what is allowed, how to fix.
    """
    prefix = f"{NAMESPACE}:"
    raw = {k.removeprefix(prefix): _parsed(v) for k, v in values.items() if k.startswith(prefix)}
    endpoints = raw.get("endpoints")
    seen = _Seen(sorted(endpoints) if isinstance(endpoints, dict) else [])
    found = provider_mistakes(values)
    try:
        config = StackConfig.model_validate(raw, context=seen)
    except ValidationError as error:
        found += [mistake(f, StackConfig, NAMESPACE) for f in error.errors(include_url=False)]
        raise _report(found) from error
    if found:
        raise _report(found)
    return config


def _report(found: Sequence[str]) -> ConfigError:
    count = f"{len(found)} mistake{'s' if len(found) > 1 else ''}"
    return ConfigError(
        f"The stack's config has {count}; nothing was created.\n  " + "\n  ".join(found)
    )


def _parsed(value: str) -> Any:
    """Objects come as JSON, scalars as they are."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
