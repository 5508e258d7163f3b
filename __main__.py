"""The stack: reads its config, assembles the layers, exports how to call them."""

from pathlib import Path

import pulumi
import pulumi_aws as aws
from pulumi.runtime import get_config_env

from components.artifact import PackedArtifact, pack
from components.artifact_store import ArtifactStore
from components.config import ConfigError, StackConfig, load_config
from components.context import Context, StackNameError, stack_prefix
from components.direct_gateway import DirectGateway
from components.encryption import EncryptionKey
from components.endpoint_check import check_live_endpoint
from components.model_endpoint import ModelEndpoint
from container.artifact import ArtifactError
from container.manifest import ManifestError

PACKED_ARTIFACTS = Path("build/packed")


def main() -> None:
    """Everything that can be wrong with the input is found before the first resource."""
    try:
        prefix = stack_prefix(pulumi.get_project(), pulumi.get_stack())
        config = load_config(get_config_env())
        artifacts = pack_artifacts(config)
    except (StackNameError, ConfigError, ManifestError, ArtifactError) as error:
        raise pulumi.RunError(str(error)) from error
    assemble(prefix, config, artifacts)


def pack_artifacts(config: StackConfig) -> dict[tuple[str, str], PackedArtifact]:
    """The packed artifact of every variant, by endpoint and variant."""
    return {
        (endpoint_name, variant_name): pack(variant.artifact, PACKED_ARTIFACTS)
        for endpoint_name, endpoint in config.endpoints.items()
        for variant_name, variant in endpoint.variants.items()
    }


def assemble(
    prefix: str, config: StackConfig, artifacts: dict[tuple[str, str], PackedArtifact]
) -> None:
    """Creates the layers, each from its own block of the config."""
    region = pulumi.Config("aws").require("region")
    provider = aws.Provider("aws", region=region)
    identity = aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=provider))
    context = Context(account_id=identity.account_id, region=region, prefix=prefix)
    opts = pulumi.ResourceOptions(provider=provider)

    key = EncryptionKey("data", {"context": context}, opts)
    store = ArtifactStore("models", {"context": context, "key_arn": key.arn}, opts)
    live_check = check_live_endpoint(region)
    endpoints = {
        name: ModelEndpoint(
            name,
            {
                "context": context,
                "image": config.image,
                "variants": {
                    variant_name: {
                        "artifact": artifacts[name, variant_name],
                        "instance_type": variant.instances.type,
                        "min_instances": variant.instances.min,
                        "max_instances": variant.instances.max,
                        "weight": variant.weight,
                    }
                    for variant_name, variant in endpoint.variants.items()
                },
                "invocations_per_minute": endpoint.scaling.target,
                "key_arn": key.arn,
                "log_retention_days": config.logs.retention,
                "store": store,
                "live_check": live_check,
            },
            opts,
        )
        for name, endpoint in config.endpoints.items()
    }
    direct = DirectGateway(
        "direct",
        {
            "context": context,
            "routes": {
                path: {"endpoint": endpoints[route.endpoint]}
                for path, route in config.direct.routes.items()
            },
            "plans": {
                name: {
                    "requests_per_second": plan.throttle.rate,
                    "burst": plan.throttle.burst,
                    "requests_per_day": plan.quota,
                    "keys": plan.keys,
                }
                for name, plan in config.direct.plans.items()
            },
            "key_arn": key.arn,
            "log_retention_days": config.logs.retention,
        },
        opts,
    )
    pulumi.export("routes", direct.routes)
    pulumi.export("apiKeys", pulumi.Output.all(**direct.api_keys))


main()
