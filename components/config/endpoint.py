"""The blocks of an endpoint: variants, shadow, serverless, async, capture, network."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from components.artifacts.artifact import Artifact
from components.config.references import (
    ArtifactReference,
    Image,
    InstanceType,
    ObjectReference,
    ScalableInstanceType,
)
from components.config.report import Location
from components.config.rollout import Rollout
from components.config.scaling import Scaling
from components.config.strict import Strict, exactly_one
from components.config.units import Days, Megabytes, percent
from components.config.values import Name, choice, config_fault, not_below_min, text, whole
from container.predictions import Disclosure

MAX_INSTANCES = 100
"""Bound of a variant's autoscaling; the policy pack may set a lower one."""

MAX_MODELS = 100
"""Of a multi-model endpoint; each has a resource of the API: gateway_rules.py counts them all."""

MEMORY_SIZES = (1024, 2048, 3072, 4096, 5120, 6144)
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html"""

_MEMORY = "1GB, 2GB, 3GB, 4GB, 5GB or 6GB"
_MEMORY_SCHEMA: dict[str, Any] = {
    "title": _MEMORY,
    "enum": [f"{size // 1024}GB" for size in MEMORY_SIZES] + [f"{size}MB" for size in MEMORY_SIZES],
}


class Instances(Strict):
    """The machines of a variant."""

    type: ScalableInstanceType
    """SageMaker instance type, such as ml.m5.large; burstable types (ml.t2) cannot be scaled."""
    min: Annotated[int, whole(0, MAX_INSTANCES)]
    """Lower limit of autoscaling, instances; 0 for an async endpoint only."""
    max: Annotated[int, whole(1, MAX_INSTANCES), not_below_min(MAX_INSTANCES)]
    """Upper limit of autoscaling, instances; at least min. Capped by policy."""


class Provisioned(Strict):
    """Concurrency of a serverless variant that is kept warm."""

    min: Annotated[int, whole(1, 200)]
    """Lower limit of its autoscaling, requests at once."""
    max: Annotated[int, whole(1, 200), not_below_min(200)]
    """Upper limit of its autoscaling, requests at once; at least min, at most concurrency."""


class Serverless(Strict):
    """A variant without instances; billed by use.

    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """

    memory: Annotated[Megabytes, Field(json_schema_extra=_MEMORY_SCHEMA)]
    """Memory: `2048MB`; 1 to 6 GB in whole GB."""
    concurrency: Annotated[int, whole(1, 200)]
    """Requests at once, at the most."""
    provisioned: Provisioned | None = None
    """What is kept warm; nothing, unless given."""

    @field_validator("memory")
    @classmethod
    def _of_aws(cls, value: int) -> int:
        if value not in MEMORY_SIZES:
            larger = min((size for size in MEMORY_SIZES if size > value), default=MEMORY_SIZES[-1])
            raise config_fault(_MEMORY, f"Write {larger // 1024}GB")
        return value


class Variant(Strict):
    """A model in production behind an endpoint, or several that share its machines."""

    artifact: ArtifactReference | None = None
    """A folder of the project with a manifest in it (`build/iris-forest`), an S3 object by its
    SHA-256 (`s3://bucket/key@sha256:<hex>`), or the ARN of a model package's version; this or
    models."""
    models: (
        Annotated[dict[Name, ObjectReference], Field(min_length=1, max_length=MAX_MODELS)] | None
    ) = None
    """Several models by name, each a folder or an S3 object: a multi-model endpoint, whose routes
    end in these names. A model is loaded when it is first asked for, and unloaded when others need
    its memory; this or artifact."""
    image: Image | None = None
    """Another container image than the stack's, by digest."""
    instances: Instances | None = None
    """The machines it runs on; this or serverless."""
    serverless: Serverless | None = None
    """No machines of its own; this or instances."""
    weight: Annotated[int, whole(1, 1000)] = 1
    """Its share of the requests, relative to the other variants."""

    @property
    def artifacts(self) -> Mapping[tuple[str, ...], Artifact]:
        """Every artifact, by its place in the block."""
        if self.artifact is not None:
            return {("artifact",): self.artifact}
        return {("models", name): artifact for name, artifact in (self.models or {}).items()}

    @property
    def bounds(self) -> Instances | Provisioned | None:
        """What scaling counts, with its limits; None where nothing of the variant is counted."""
        return self.instances or (self.serverless.provisioned if self.serverless else None)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        exactly_one(self, "artifact", "models")
        exactly_one(self, "instances", "serverless")
        return self


class ShadowInstances(Strict):
    """The machines of a shadow variant; their number is fixed."""

    type: InstanceType
    """SageMaker instance type, such as ml.m5.large."""
    count: Annotated[int, whole(1, MAX_INSTANCES)]
    """Number of instances."""


class Shadow(Strict):
    """A variant that gets copies of the requests and whose answers nobody sees."""

    name: Name
    """Name of the variant."""
    artifact: ArtifactReference
    """Its model, in any of the forms of a variant's artifact."""
    image: Image | None = None
    """Another container image than the stack's, by digest."""
    instances: ShadowInstances
    """The machines it runs on."""
    sample: Annotated[int, percent(1, 100)]
    """Share of the requests that it gets a copy of: `50%`."""

    @property
    def artifacts(self) -> Mapping[tuple[str, ...], Artifact]:
        """Its artifact, by its place in the block."""
        return {("artifact",): self.artifact}


class Async(Strict):
    """Asynchronous inference: requests and results are objects of the stack's data bucket."""

    concurrency: Annotated[int, whole(1, 1000)]
    """Requests at once on each instance."""
    retention: Days
    """How long inputs and results are kept: `7d`."""


class Capture(Strict):
    """Requests and answers kept as objects of the stack's data bucket."""

    sample: Annotated[int, percent(1, 100)]
    """Share of the requests that are kept: `20%`."""
    retention: Days
    """How long they are kept: `30d`."""


class Vpc(Strict):
    """The network of the containers."""

    subnets: Annotated[
        list[
            Annotated[
                str,
                text(
                    r"subnet-[0-9a-f]{8,17}",
                    allowed="a subnet's id",
                    fix="Write it like subnet-0123456789abcdef0",
                ),
            ]
        ],
        Field(min_length=2, max_length=16),
    ]
    """Subnets by id, in two or more availability zones."""
    security_groups: Annotated[
        list[
            Annotated[
                str,
                text(
                    r"sg-[0-9a-f]{8,17}",
                    allowed="a security group's id",
                    fix="Write it like sg-0123456789abcdef0",
                ),
            ]
        ],
        Field(min_length=1, max_length=5),
    ]
    """Security groups by id."""


class Network(Strict):
    """What the containers can reach."""

    isolation: bool = True
    """Whether they can reach nothing at all; false is for models that must call out, which the
    stack's own network has no way for: name subnets that have one. A serverless variant cannot be
    isolated: AWS does not offer it."""
    vpc: Vpc | None = None
    """Subnets and security groups of yours. Without them it is in the stack's own network, where
    `ml-gateway:network` makes one, and else in SageMaker's."""


class Endpoint(Strict):
    """A SageMaker endpoint: real-time, serverless, async or multi-model, by what it says."""

    variants: Annotated[dict[Name, Variant], Field(min_length=1, max_length=10)]
    """Production variants by name, 1 to 10."""
    shadow: Shadow | None = None
    """One shadow variant, beside one production variant."""
    asynchronous: Annotated[Async | None, Field(alias="async")] = None
    """Makes the endpoint asynchronous."""
    scaling: Scaling | None = None
    """How its variants scale; required unless they are serverless and nothing is provisioned."""
    rollout: Rollout | None = None
    """How a change reaches its clients; at once unless given."""
    capture: Capture | None = None
    """Keeps a sample of requests and answers; none unless given."""
    disclose: Annotated[Disclosure, choice(Disclosure)] = Disclosure.ALL
    """How much of a prediction its answers tell: `all`; `rounded`, label, set, and probabilities to
    two decimals; `label`, label and set. Neither of these warns of values out of range or never
    seen. Whoever may call can copy a model with few requests if they get exact probabilities."""
    network: Network = Network()
    """What its containers can reach: nothing, unless changed."""

    @property
    def is_serverless(self) -> bool:
        """Whether a variant has no instances, which is then the only one."""
        return any(variant.serverless for variant in self.variants.values())

    @property
    def model_names(self) -> tuple[str, ...]:
        """Names of a multi-model endpoint's models, which all its variants have; else none."""
        return tuple(next(iter(self.variants.values())).models or ())

    def models(self) -> Iterator[tuple[Location, str, Variant | Shadow]]:
        """Every variant, the shadow last: where it stands in the block, its name, what it says."""
        for name, variant in self.variants.items():
            yield ("variants", name), name, variant
        if self.shadow:
            yield ("shadow",), self.shadow.name, self.shadow
