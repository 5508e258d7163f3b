"""The stack: reads its config, assembles the layers, exports how to call them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3
import pulumi
import pulumi_aws as aws
from botocore.exceptions import BotoCoreError
from pulumi.runtime import get_config_env

from components.api.direct_document import DIRECT
from components.api.query_check import check_queries
from components.artifacts.artifact_store import ArtifactStore
from components.artifacts.model_source import ModelSource, model_sources, unpublished_changes
from components.config.network import uses_network
from components.config.stack import ConfigError, StackConfig, load_config
from components.context import Context, StackNameError, stack_prefix
from components.data_bucket import DataBucket, needs_data_bucket
from components.deployed import deployed
from components.direct_gateway import DirectGateway
from components.encryption import EncryptionKey
from components.endpoint.endpoint_hooks import endpoint_hooks
from components.endpoint.execution_role import ExecutionRole
from components.endpoint.hosted_model import images
from components.endpoint.live_endpoint import (
    LiveEndpoint,
    LiveEndpointError,
    endpoint_name,
    live_endpoints,
)
from components.model_endpoint import ModelEndpoint
from components.network.private_vpc import PrivateVpc
from components.private_network import PrivateNetwork
from components.published import (
    PublishedError,
    check_account,
    read_publications,
    stack_artifacts,
    stack_image,
)

PACKED_ARTIFACTS = Path("build/packed")


@dataclass(frozen=True)
class Inputs:
    """Everything that decides what the stack is, verified."""

    prefix: str
    region: str
    config: StackConfig
    image: str
    """The container image of variants that name none."""
    sources: Mapping[str, Mapping[str, ModelSource]]
    """Models by endpoint and variant."""
    live: Mapping[str, LiveEndpoint]
    """Endpoints that are deployed already."""


def main() -> None:
    """Everything that can be wrong with the input is found before the first resource."""
    try:
        assemble(read_inputs())
    except (StackNameError, ConfigError, PublishedError, LiveEndpointError) as error:
        raise pulumi.RunError(str(error)) from error
    except BotoCoreError as error:
        # No client can even be made, as with a profile that does not exist.
        raise pulumi.RunError(
            f"The environment says of AWS what cannot be used: {error}. Allowed: an existing "
            "profile, or none. Correct AWS_PROFILE and the files that it names."
        ) from error


def read_inputs() -> Inputs:
    """The config, the models that it names, and what is live."""
    stack = pulumi.get_stack()
    prefix = stack_prefix(pulumi.get_project(), stack)
    config = load_config(get_config_env())
    publication = read_publications().get(stack)
    image = stack_image(stack, config, publication)
    region = pulumi.Config("aws").require("region")
    check_account(publication, boto3.client("sts", region_name=region))
    artifacts = stack_artifacts(publication)
    for line in unpublished_changes(stack, artifacts or {}, PACKED_ARTIFACTS):
        pulumi.log.warn(line)
    sources = model_sources(stack, config.endpoints, artifacts, region, PACKED_ARTIFACTS)
    check_queries(config.direct, sources)
    live = live_endpoints(config.endpoints, prefix, region)
    return Inputs(prefix, region, config, image, sources, live)


def assemble(inputs: Inputs) -> None:
    """Creates the layers, each from its own block of the config."""
    config = inputs.config
    tags = {"project": pulumi.get_project(), "stack": pulumi.get_stack()}
    provider = aws.Provider("aws", region=inputs.region, default_tags={"tags": tags})
    identity = aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=provider))
    context = Context(account_id=identity.account_id, region=inputs.region, prefix=inputs.prefix)
    opts = pulumi.ResourceOptions(provider=provider)

    key = EncryptionKey("data", {"context": context}, opts)
    store = ArtifactStore("models", {"context": context, "key_arn": key.arn}, opts)
    data = data_bucket(config, context, key, opts) if needs_data_bucket(config.endpoints) else None
    vpc = private_vpc(config, context, key, opts)
    roles = {
        name: ExecutionRole(
            f"{name}-execution",
            {
                "context": context,
                "endpoint_name": endpoint_name(context.prefix, name),
                "settings": settings,
                "sources": inputs.sources[name],
                "images": images(settings, inputs.image),
                "artifact_bucket": store.bucket_name,
                "data": data.folders(endpoint_name(context.prefix, name)) if data else None,
                "vpc": vpc,
                "key_arn": key.arn,
            },
            opts,
        )
        for name, settings in config.endpoints.items()
    }
    network = private_network(config, context, vpc, roles, opts)
    hooks = endpoint_hooks(context)
    endpoints = {
        name: ModelEndpoint(
            name,
            {
                "context": context,
                "image": inputs.image,
                "settings": settings,
                "sources": inputs.sources[name],
                "live": inputs.live.get(name),
                "key_arn": key.arn,
                "log_retention_days": config.logs.retention,
                "role": roles[name],
                "store": store,
                "data": data,
                "network": network,
                "hooks": hooks,
            },
            opts,
        )
        for name, settings in config.endpoints.items()
    }
    direct = DirectGateway(
        DIRECT,
        {
            "context": context,
            "settings": config.direct,
            "endpoints": endpoints,
            "key_arn": key.arn,
            "log_retention_days": config.logs.retention,
        },
        opts,
    )
    pulumi.export("routes", direct.routes)
    pulumi.export("apiKeys", dict(direct.api_keys))
    pulumi.export("page", direct.page)
    pulumi.export("deployed", deployed(config, context, inputs.live, key.arn))


def data_bucket(
    config: StackConfig, context: Context, key: EncryptionKey, opts: pulumi.ResourceOptions
) -> DataBucket:
    """The bucket of captured data, async requests and results."""
    return DataBucket(
        "data",
        {
            "context": context,
            "endpoints": config.endpoints,
            "key_arn": key.arn,
            "delete_on_destroy": config.data.delete_on_destroy,
        },
        opts,
    )


def private_vpc(
    config: StackConfig, context: Context, key: EncryptionKey, opts: pulumi.ResourceOptions
) -> PrivateVpc | None:
    """The VPC of the stack's own network, where its config has one."""
    if config.network is None:
        return None
    return PrivateVpc(
        "network",
        {
            "context": context,
            "settings": config.network,
            "key_arn": key.arn,
            "log_retention_days": config.logs.retention,
        },
        opts,
    )


def private_network(
    config: StackConfig,
    context: Context,
    vpc: PrivateVpc | None,
    roles: Mapping[str, ExecutionRole],
    opts: pulumi.ResourceOptions,
) -> PrivateNetwork | None:
    """The network in that VPC. roles: of all endpoints, by their names."""
    if config.network is None or vpc is None:
        return None
    inside = [role for name, role in roles.items() if uses_network(config.endpoints[name])]
    return PrivateNetwork(
        "network",
        {"context": context, "settings": config.network, "vpc": vpc, "roles": inside},
        opts,
    )


main()
