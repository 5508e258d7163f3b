"""What is live before a deploy: no update may take away capacity, or the endpoint itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from components.config.endpoint import Endpoint
from components.config.report import Mistake
from components.config.stack import NAMESPACE, ConfigError

ANOTHER_ENDPOINT = (
    "Add another endpoint, point the routes at it, and remove this one with the next deploy"
)


class LiveEndpointError(Exception):
    """What is live cannot be read."""


@dataclass(frozen=True)
class LiveEndpoint:
    """A deployed endpoint."""

    counts: Mapping[str, int]
    """Desired instances, or desired provisioned concurrency, by production variant."""
    serverless: bool
    """Whether it runs without instances of its own, so that `counts` are of concurrency."""
    guarded: bool
    """Whether alarms roll its updates back."""

    def counts_of(self, settings: Endpoint) -> Mapping[str, int]:
        """The counts that mean the same in the config: none after a change of the form."""
        return self.counts if self.serverless == settings.is_serverless else {}


def live_endpoints(
    endpoints: Mapping[str, Endpoint],
    prefix: str,
    region: str,
    make_client: Callable[..., Any] = boto3.client,
) -> dict[str, LiveEndpoint]:
    """The endpoints of the config that are deployed already, by their name there.

    prefix: of the stack. make_client: makes the client that looks, as boto3.client. Raises
    ConfigError where a live endpoint cannot become what the config says, else LiveEndpointError.
    """
    client = make_client("sagemaker", region_name=region)
    found = {name: _describe(endpoint_name(prefix, name), client) for name in endpoints}
    live = {name: endpoint for name, endpoint in found.items() if endpoint}
    mistakes = [found for name in live for found in _mistakes(name, endpoints[name], live[name])]
    if mistakes:
        raise ConfigError([mistake.line(NAMESPACE) for mistake in mistakes])
    return live


def endpoint_name(prefix: str, name: str) -> str:
    """Physical name of an endpoint: the stack's prefix and its name in the config."""
    return f"{prefix}-{name}"


def _describe(name: str, client: Any) -> LiveEndpoint | None:
    try:
        answer = client.describe_endpoint(EndpointName=name)
    except (BotoCoreError, ClientError) as error:
        if is_missing(error):
            return None
        raise LiveEndpointError(
            f"{name}: what is live cannot be read ({error}). A deploy that does not know how far "
            "the endpoint is scaled could take its capacity away, so nothing was changed. Give the "
            "deployer valid credentials and sagemaker:DescribeEndpoint."
        ) from error
    variants = answer.get("ProductionVariants", [])
    return LiveEndpoint(
        counts={variant["VariantName"]: _count(variant) for variant in variants},
        serverless=any(map(_serverless_config, variants)),
        guarded="AutoRollbackConfiguration" in answer.get("LastDeploymentConfig", {}),
    )


def is_missing(error: Exception) -> bool:
    """Whether SageMaker says that it has no such endpoint, configuration or model.

    It has no error code for that: https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html
    """
    return (
        isinstance(error, ClientError)
        and error.response["Error"]["Code"] == "ValidationException"
        and error.response["Error"]["Message"].startswith("Could not find")
    )


def _count(variant: Mapping[str, Any]) -> int:
    count: int
    if serverless := _serverless_config(variant):
        count = serverless.get("ProvisionedConcurrency", 0)
    else:
        count = variant.get("DesiredInstanceCount", 0)
    return count


def _serverless_config(variant: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a serverless variant is to be, which AWS tells while it is not so yet, or is.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantSummary.html
    """
    return variant.get("DesiredServerlessConfig") or variant.get("CurrentServerlessConfig")


def _mistakes(name: str, settings: Endpoint, live: LiveEndpoint) -> Iterator[Mistake]:
    """What a live endpoint cannot become without being deleted, or at all."""
    if live.counts and settings.is_serverless and not live.serverless:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-update.html
        yield Mistake(
            ("endpoints", name, "variants"),
            f"{', '.join(settings.variants)}, serverless now",
            "instances, which are live: AWS makes no endpoint on instances a serverless one",
            ANOTHER_ENDPOINT,
        )
    if settings.rollout and not live.guarded:
        # `auto_rollback_configuration` forces a new resource, and the name stays the same:
        # hashicorp/terraform-provider-aws, internal/service/sagemaker/endpoint.go.
        yield Mistake(
            ("endpoints", name, "rollout"),
            "added to an endpoint that is live without one",
            "no roll-out, as when the endpoint was created: the aws provider would delete it and "
            "make it anew",
            ANOTHER_ENDPOINT,
        )
    if live.guarded and live.counts and live.counts.keys() != settings.variants.keys():
        # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
        yield Mistake(
            ("endpoints", name, "variants"),
            ", ".join(settings.variants),
            f"{', '.join(live.counts)}, which are live: AWS rolls out between the same variants",
            f"Keep their names. To change them: {ANOTHER_ENDPOINT.lower()}",
        )
