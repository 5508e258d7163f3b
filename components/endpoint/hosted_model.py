"""HostedModel: a SageMaker model, its artifacts in the stack's store."""

from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.artifacts.artifact_store import ArtifactStore
from components.artifacts.model_package import RegisteredModel
from components.artifacts.model_set import ModelSet
from components.artifacts.model_source import ModelSource
from components.config.endpoint import Endpoint
from components.content import Content, content_id
from components.context import Context
from components.endpoint.execution_role import ExecutionRole
from components.endpoint.vpc_access import VpcAccess
from container.predictions import Disclosure


class HostedModelArgs(TypedDict):
    """The model of one variant, or its models."""

    context: Context
    """The stack."""
    folder: str
    """Its own folder of the artifact store: endpoint/variant."""
    settings: Endpoint
    """The endpoint's config."""
    source: ModelSource
    """Where the model comes from."""
    image: str
    """Its container image: repository@sha256:<hex>, in this account's registry."""
    store: ArtifactStore
    """Where its artifact goes."""
    role: ExecutionRole
    """The endpoint's role."""
    vpc: VpcAccess | None
    """Where its containers have network interfaces; None where in no VPC of ours."""


class HostedModel(pulumi.ComponentResource):
    """A model that is named by what it says; it outlives its place in the program."""

    content: Content
    """What it says, known at preview."""
    name: pulumi.Output[str]
    """Physical name."""

    def __init__(
        self, name: str, args: HostedModelArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:HostedModel", name, None, opts)
        source = args["source"]
        self.content = model_content(args)
        unique = f"{name}-{content_id(self.content)}"
        needed: list[pulumi.Resource] = [args["role"]]
        if not isinstance(source, RegisteredModel):
            needed += args["store"].put(f"{unique}-artifact", args["folder"], source)
        model = aws.sagemaker.Model(
            unique,
            execution_role_arn=args["role"].arn,
            **model_arguments(args),
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed, retain_on_delete=True),
        )
        self.name = model.name
        self.register_outputs({"name": self.name})


def model_content(args: HostedModelArgs) -> Content:
    """What a Model says, but for its role: plain data that is known at preview."""
    content = _content(args)
    if vpc := args["vpc"]:
        content["vpc_config"] = vpc.content
    return content


def model_arguments(args: HostedModelArgs) -> dict[str, Any]:
    """The arguments of a Model, but for its role.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
    """
    arguments = _content(args)
    if vpc := args["vpc"]:
        arguments["vpc_config"] = {
            "subnets": vpc.subnets,
            "security_group_ids": vpc.security_groups,
        }
    return arguments


def _content(args: HostedModelArgs) -> Content:
    """What does not depend on any VPC. A model package brings its own image."""
    context, source = args["context"], args["source"]
    settings = args["settings"]
    content: Content = {"enable_network_isolation": is_isolated(settings)}
    # The default is not said: what a model says is its name, and so whether it is another.
    told = {} if settings.disclose is Disclosure.ALL else {"DISCLOSE": settings.disclose.value}
    environment: Content = {"environment": told} if told else {}
    if isinstance(source, RegisteredModel):
        content["containers"] = [{"model_package_name": source.arn} | environment]
    else:
        registry = f"{context.account_id}.dkr.ecr.{context.region}.amazonaws.com"
        content["primary_container"] = {
            "image": f"{registry}/{args['image']}",
            "model_data_url": args["store"].address(args["folder"], source),
        }
        content["primary_container"] |= environment
        if isinstance(source, ModelSet):
            content["primary_container"]["mode"] = "MultiModel"
    return content


def is_isolated(settings: Endpoint) -> bool:
    """Whether the containers reach no network. AWS does not offer it for serverless endpoints.

    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """
    return settings.network.isolation and not settings.is_serverless


def images(settings: Endpoint, default: str) -> dict[str, str]:
    """The container image of every variant, the shadow included; the stack's unless it has one."""
    return {name: model.image or default for _, name, model in settings.models()}
