"""What SageMaker's records say an endpoint is, as plain values for the runtime."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class VpcPlan:
    """Where network interfaces are: ids of subnets, in turn, and of security groups, all."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]


@dataclass(frozen=True)
class ModelPlan:
    """What a SageMaker model says of its container. vpc: None where it is in none.

    multi_model: whether it serves several, whose artifacts lie below model_data_url.
    """

    image: str
    model_data_url: str
    execution_role_arn: str
    environment: Mapping[str, str] = field(default_factory=dict)
    vpc: VpcPlan | None = None
    multi_model: bool = False


@dataclass(frozen=True)
class ServerlessPlan:
    """A variant without instances: at most `max_concurrency` requests at once."""

    memory_mb: int
    max_concurrency: int
    provisioned_concurrency: int = 0


@dataclass(frozen=True)
class VariantPlan:
    """One production or shadow variant. instances: 0 for a serverless variant."""

    name: str
    model: ModelPlan
    weight: float
    instances: int
    serverless: ServerlessPlan | None = None


@dataclass(frozen=True)
class CapturePlan:
    """Data capture. destination: s3:// address; directions: "Input", "Output"."""

    sampling_percentage: int
    destination: str
    directions: frozenset[str]
    json_content_types: tuple[str, ...] = ()
    csv_content_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class AsyncPlan:
    """Asynchronous inference. output, failure: s3:// addresses of folders; failure may be empty.

    concurrency: requests at once on each instance.
    """

    output: str
    failure: str
    concurrency: int


@dataclass(frozen=True)
class EndpointPlan:
    """An endpoint configuration, resolved."""

    configuration: str
    """Name of the endpoint configuration."""
    variants: tuple[VariantPlan, ...]
    shadows: tuple[VariantPlan, ...] = ()
    capture: CapturePlan | None = None
    asynchronous: AsyncPlan | None = None
