"""What a stack has deployed, as its output `deployed`: enough to look at it from outside.

An output is API: operators find physical names here, and tests/acceptance whatever they compare
with what AWS says. Nothing in it is secret.
"""

from collections.abc import Mapping
from typing import TypedDict

import pulumi

from components.api.api_stage import access_log_name
from components.api.direct_document import DIRECT
from components.api.usage_plans import plan_name
from components.bucket_names import artifact_bucket, data_bucket_name, page_bucket
from components.config.endpoint import Endpoint, Variant
from components.config.gateway import Direct
from components.config.network import uses_network
from components.config.stack import StackConfig
from components.context import Context
from components.data_bucket import DataFolders, needs_data_bucket
from components.endpoint.autoscaling import scaling_alarm_names
from components.endpoint.endpoint_configuration import configuration_content, has_volumes
from components.endpoint.live_endpoint import LiveEndpoint, endpoint_name
from components.endpoint.rollback_alarms import alarm_names
from components.endpoint.update_guard import rollout_of
from components.network.flow_log import flow_log_group
from components.rest_api import stage_name


class DeployedBounds(TypedDict):
    """Limits of a variant's autoscaling: instances, or provisioned concurrency."""

    min: int
    max: int


class DeployedVariant(TypedDict):
    """A production variant."""

    weight: int
    """Its share of the requests, relative to the other variants."""
    bounds: DeployedBounds | None
    """Its own limits; None where it does not scale."""
    schedule: dict[str, DeployedBounds]
    """Limits that scheduled actions set, by their names."""


class DeployedCapture(TypedDict):
    """Where requests and answers are captured."""

    sample: int
    """Percent of the requests."""
    address: str
    """s3:// address under which SageMaker makes a folder for each variant."""


class DeployedEndpoint(TypedDict):
    """A SageMaker endpoint."""

    name: str
    """Its physical name."""
    variants: dict[str, DeployedVariant]
    shadow: str | None
    """Name of its shadow variant."""
    volumes: bool
    """Whether it has volumes that the stack's key encrypts."""
    private: bool
    """Whether its containers are in the stack's own network."""
    capture: DeployedCapture | None
    requests: str | None
    """s3:// address of the folder for requests; None where they are not asynchronous."""
    rollbackAlarms: list[str]
    """Alarms that roll its updates back."""
    scalingAlarms: list[str]
    """Alarms that take instances away, or start the first one."""


class DeployedPlan(TypedDict):
    """A usage plan, whose limits hold for each key."""

    name: str
    """Its physical name."""
    rate: int
    """Requests per second."""
    burst: int
    """Requests at once."""
    quota: int
    """Requests per day."""
    clients: list[str]
    """Whose keys are in it; the keys themselves are in the output `apiKeys`."""


class DeployedGateway(TypedDict):
    """A REST API."""

    accessLog: str
    """Log group with a line for each request."""
    plans: dict[str, DeployedPlan]
    """By their names in the config; none with IAM."""


class Deployed(TypedDict):
    """The output `deployed`. Endpoints and gateways are by their names in the config."""

    key: pulumi.Input[str]
    """ARN of the stack's KMS key."""
    buckets: dict[str, str]
    """Names by what is in them: `models`, `data` where an endpoint leaves any, and `page`."""
    flowLog: str | None
    """Log group with the traffic of the stack's own network; None where there is none."""
    gateways: dict[str, DeployedGateway]
    endpoints: dict[str, DeployedEndpoint]


def deployed(
    config: StackConfig,
    context: Context,
    live: Mapping[str, LiveEndpoint],
    key_arn: pulumi.Input[str],
) -> Deployed:
    """What the stack of this config has. live: endpoints that were deployed before."""
    buckets = {"models": artifact_bucket(context)}
    if needs_data_bucket(config.endpoints):
        buckets["data"] = data_bucket_name(context)
    if config.direct.page:
        buckets["page"] = page_bucket(context)
    return {
        "key": key_arn,
        "buckets": buckets,
        "flowLog": flow_log_group(context) if config.network else None,
        "gateways": {DIRECT: _gateway(DIRECT, config.direct, context)},
        "endpoints": {
            name: _endpoint(name, config, context, live.get(name)) for name in config.endpoints
        },
    }


def _gateway(name: str, settings: Direct, context: Context) -> DeployedGateway:
    return {
        "accessLog": access_log_name(stage_name(name), context),
        "plans": {
            title: {
                "name": plan_name(name, title, context),
                "rate": plan.throttle.rate,
                "burst": plan.throttle.burst,
                "quota": plan.quota,
                "clients": plan.keys,
            }
            for title, plan in settings.plans.items()
        },
    }


def _endpoint(
    title: str, config: StackConfig, context: Context, live: LiveEndpoint | None
) -> DeployedEndpoint:
    name, settings = endpoint_name(context.prefix, title), config.endpoints[title]
    folders = DataFolders(data_bucket_name(context), name)
    rollout = rollout_of(settings, live)
    models = {variant: variant for _, variant, _ in settings.models()}
    return {
        "name": name,
        "variants": {
            title: _variant(variant, settings) for title, variant in settings.variants.items()
        },
        "shadow": settings.shadow.name if settings.shadow else None,
        "volumes": has_volumes(configuration_content(settings, models, folders)),
        "private": config.network is not None and uses_network(settings),
        "capture": {
            "sample": settings.capture.sample,
            "address": folders.address(folders.captured),
        }
        if settings.capture
        else None,
        "requests": folders.address(folders.requests) if settings.asynchronous else None,
        "rollbackAlarms": alarm_names(name, settings.variants, rollout.rollback_on)
        if rollout
        else [],
        "scalingAlarms": _scaling_alarms(name, settings),
    }


def _variant(variant: Variant, settings: Endpoint) -> DeployedVariant:
    bounds, scaling = variant.bounds, settings.scaling
    if not (bounds and scaling):
        return {"weight": variant.weight, "bounds": None, "schedule": {}}
    return {
        "weight": variant.weight,
        "bounds": {"min": bounds.min, "max": bounds.max},
        "schedule": {
            title: {"min": scheduled.min, "max": scheduled.max}
            for title, scheduled in scaling.schedule.items()
        },
    }


def _scaling_alarms(name: str, settings: Endpoint) -> list[str]:
    asynchronous = settings.asynchronous is not None
    return [
        alarm
        for title, variant in settings.variants.items()
        if settings.scaling and variant.bounds
        for alarm in scaling_alarm_names(
            name, title, variant.bounds.min, settings.scaling, asynchronous=asynchronous
        )
    ]
