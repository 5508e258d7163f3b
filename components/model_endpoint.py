"""ModelEndpoint: models behind one SageMaker endpoint, encrypted, scaled, guarded and checked."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

import pulumi
import pulumi_aws as aws

from components.artifacts.artifact_store import ArtifactStore
from components.artifacts.model_source import ModelSource
from components.config.endpoint import Endpoint
from components.content import content_id
from components.context import Context
from components.data_bucket import DataBucket
from components.endpoint.autoscaling import Autoscaling
from components.endpoint.endpoint_configuration import (
    configuration_content,
    live_count_paths,
    with_key,
    with_live_counts,
)
from components.endpoint.endpoint_hooks import EndpointHooks
from components.endpoint.execution_role import ExecutionRole
from components.endpoint.hosted_model import HostedModel, images
from components.endpoint.live_endpoint import LiveEndpoint, endpoint_name
from components.endpoint.rollback_alarms import alarm_names
from components.endpoint.rollout import deployment_config
from components.endpoint.served_model import ServedModel, served_models
from components.endpoint.update_guard import UpdateGuard, rollout_of
from components.endpoint.vpc_access import vpc_access
from components.private_network import PrivateNetwork


class ModelEndpointArgs(TypedDict):
    """An endpoint and all that it needs."""

    context: Context
    """The stack."""
    image: str
    """The stack's image by digest: repository@sha256:<hex>, in this account's registry."""
    settings: Endpoint
    """The endpoint's config."""
    sources: Mapping[str, ModelSource]
    """What every variant serves, the shadow's included, by the variant's name."""
    live: LiveEndpoint | None
    """The endpoint as it is deployed; None for a new one."""
    key_arn: pulumi.Input[str]
    """KMS key of everything that is stored."""
    log_retention_days: int
    """How long the containers' logs are kept."""
    role: ExecutionRole
    """What its containers may do."""
    store: ArtifactStore
    """Where artifacts go."""
    data: DataBucket | None
    """Where captured data, async requests and results go; None in a stack without them."""
    network: PrivateNetwork | None
    """The stack's own network; None in a stack without one."""
    hooks: EndpointHooks
    """What runs around each step on the endpoint."""


class ModelEndpoint(pulumi.ComponentResource):
    """Models, endpoint configuration, endpoint and autoscaling.

    What an update replaces is kept: after an automatic roll-back the old ones are live
    (https://github.com/hashicorp/terraform-provider-aws/issues/46663). The hooks remove it later.
    """

    endpoint_name: str
    """Physical name of the endpoint, known at preview."""
    arn: str
    """ARN of the endpoint, known at preview."""
    endpoint: aws.sagemaker.Endpoint
    """The endpoint: what calls it depends on it."""
    asynchronous: bool
    """Whether requests are objects in S3."""
    model_names: Sequence[str]
    """Names of a multi-model endpoint's models; none of another's."""
    models: Mapping[str | None, ServedModel]
    """What is known of its models, by their names; of one that is alone under None."""
    example_input: pulumi.Output[str] | None
    """s3:// address of the example, for an asynchronous endpoint that has one."""

    def __init__(
        self, name: str, args: ModelEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:ModelEndpoint", name, None, opts)
        settings, context = args["settings"], args["context"]
        self.endpoint_name = endpoint_name(context.prefix, name)
        self.arn = context.arn("sagemaker", f"endpoint/{self.endpoint_name}")
        self.asynchronous = settings.asynchronous is not None
        self.model_names = settings.model_names
        self._vpc = vpc_access(settings, args["network"])

        log_group = self._log_group(name, args)
        models = {
            variant: self._model(name, args, variant, image)
            for variant, image in images(settings, args["image"]).items()
        }
        configuration = self._configuration(args, models)
        guard = self._guard(name, args, configuration)
        self.endpoint = self._endpoint(name, configuration, guard, log_group, args["hooks"])
        self._scale(name, settings)
        self.models = served_models(settings, args["sources"])
        self.example_input = self._example_input(name, args)
        self.register_outputs({"endpoint_name": self.endpoint_name, "arn": self.arn})

    def _log_group(self, name: str, args: ModelEndpointArgs) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/sagemaker/Endpoints/{self.endpoint_name}",
            kms_key_id=args["key_arn"],
            retention_in_days=args["log_retention_days"],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _model(
        self,
        name: str,
        args: ModelEndpointArgs,
        variant: str,
        image: str,
    ) -> HostedModel:
        return HostedModel(
            f"{name}-{variant}",
            {
                "context": args["context"],
                # Two variants of one model are two objects: neither goes with the other.
                "folder": f"{self.endpoint_name}/{variant}",
                "settings": args["settings"],
                "source": args["sources"][variant],
                "image": image,
                "store": args["store"],
                "role": args["role"],
                "vpc": self._vpc,
            },
            pulumi.ResourceOptions(parent=self),
        )

    def _configuration(
        self, args: ModelEndpointArgs, models: Mapping[str, HostedModel]
    ) -> aws.sagemaker.EndpointConfiguration:
        """Its counts are of the moment: they neither name it nor change it once it is there."""
        settings, data, live = args["settings"], args["data"], args["live"]
        folders = data.folders(self.endpoint_name) if data else None
        rollout = rollout_of(settings, live)
        # UpdateEndpoint asks for a new configuration, also where the way to it alone is another,
        # or the alarms on that way:
        # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html
        deployment = None
        if rollout:
            alarms = alarm_names(self.endpoint_name, settings.variants, rollout.rollback_on)
            deployment = deployment_config(rollout, alarms)
        contents = {variant: model.content for variant, model in models.items()}
        identity = content_id(configuration_content(settings, contents, folders), deployment)
        names = {variant: model.name for variant, model in models.items()}
        content = configuration_content(settings, names, folders)
        content = with_live_counts(content, settings, live.counts_of(settings) if live else {})
        return aws.sagemaker.EndpointConfiguration(
            f"{self.endpoint_name}-{identity}",
            **with_key(content, args["key_arn"]),
            opts=pulumi.ResourceOptions(
                parent=self, retain_on_delete=True, ignore_changes=live_count_paths(settings)
            ),
        )

    def _guard(
        self,
        name: str,
        args: ModelEndpointArgs,
        configuration: aws.sagemaker.EndpointConfiguration,
    ) -> UpdateGuard | None:
        rollout = rollout_of(args["settings"], args["live"])
        if rollout is None:
            return None
        return UpdateGuard(
            f"{name}-rollback",
            {
                "context": args["context"],
                "endpoint_name": self.endpoint_name,
                "configuration_name": configuration.name,
                "settings": args["settings"],
                "rollout": rollout,
                "role": args["role"],
            },
            pulumi.ResourceOptions(parent=self),
        )

    def _endpoint(
        self,
        name: str,
        configuration: aws.sagemaker.EndpointConfiguration,
        guard: UpdateGuard | None,
        log_group: aws.cloudwatch.LogGroup,
        hooks: EndpointHooks,
    ) -> aws.sagemaker.Endpoint:
        # Without S3's endpoint in its network no model is fetched.
        network = self._vpc.network if self._vpc else None
        endpoint = aws.sagemaker.Endpoint(
            name,
            name=self.endpoint_name,
            endpoint_config_name=configuration.name,
            deployment_config=cast(Any, guard.deployment_config) if guard else None,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[needed for needed in (log_group, guard, network) if needed],
                hooks=hooks.binding,
            ),
        )
        if not pulumi.runtime.is_dry_run():
            # In every deploy, also in one that has nothing to do. The id is known once the
            # endpoint has been created or updated.
            pulumi.Output.all(endpoint.id, configuration.name).apply(
                lambda known: hooks.warn_unless_live(*known)
            )
        return endpoint

    def _scale(self, name: str, settings: Endpoint) -> None:
        for variant_name, variant in settings.variants.items():
            if settings.scaling and variant.bounds:
                Autoscaling(
                    f"{name}-{variant_name}-scaling",
                    {
                        "endpoint_name": self.endpoint_name,
                        "variant_name": variant_name,
                        "variant": variant,
                        "scaling": settings.scaling,
                        "asynchronous": self.asynchronous,
                    },
                    pulumi.ResourceOptions(parent=self, depends_on=[self.endpoint]),
                )

    def _example_input(self, name: str, args: ModelEndpointArgs) -> pulumi.Output[str] | None:
        example = self.models[None].example if self.asynchronous else None
        if not (example and args["data"]):
            return None
        stored = args["data"].put_example(f"{name}-example", self.endpoint_name, example)
        return pulumi.Output.format("s3://{0}/{1}", stored.bucket, stored.key)
