"""What SageMaker may do for an endpoint: nothing that its form does not need."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.artifacts.model_package import RegisteredModel
from components.artifacts.model_set import ModelSet
from components.artifacts.model_source import ModelSource
from components.config.endpoint import Endpoint
from components.config.network import uses_network
from components.content import Content, content_id
from components.context import Context
from components.data_bucket import DataFolders
from components.endpoint.interface_rights import rights_in_subnets, rights_in_vpc
from components.iam import ServiceRole, Statement, allow, document
from components.network.private_vpc import PrivateVpc


class ExecutionRoleArgs(TypedDict):
    """An endpoint, and what its containers read and write."""

    context: Context
    """The stack."""
    endpoint_name: str
    """Physical name of the endpoint."""
    settings: Endpoint
    """The endpoint's config."""
    sources: Mapping[str, ModelSource]
    """Its models, by variant."""
    images: Mapping[str, str]
    """Image of each variant's container: repository@sha256:<hex>, in this account's registry."""
    artifact_bucket: str
    """Bucket of the packed artifacts."""
    data: DataFolders | None
    """Where captured data, async requests and results lie; None where there are none."""
    vpc: PrivateVpc | None
    """The stack's own VPC; None in a stack without one."""
    key_arn: pulumi.Input[str]
    """KMS key of everything the stack stores."""


class ExecutionRole(pulumi.ComponentResource):
    """The role of an endpoint's containers. What uses the role depends on the component."""

    name: pulumi.Output[str]
    """Name of the role."""
    arn: str
    """ARN of the role, known at preview."""

    def __init__(
        self, name: str, args: ExecutionRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:ExecutionRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = ServiceRole(
            name,
            {
                "context": args["context"],
                "role_name": role_name(args["endpoint_name"]),
                "service": "sagemaker.amazonaws.com",
                "statements": execution_statements(args),
                "reaches": [*own_objects(args), args["key_arn"]],
            },
            child,
        )
        actions = key_actions(args["settings"])
        self._policy(
            f"{name}-key",
            "key",
            {"actions": actions},
            role,
            pulumi.Output.from_input(args["key_arn"]).apply(
                lambda arn: document([allow("UseKey", actions, [arn])])
            ),
        )
        if network := network_policy(args):
            content, policy = network
            self._policy(f"{name}-network", "network", content, role, policy)
        self.name = role.name
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})

    def _policy(
        self,
        logical: str,
        name: str,
        content: Content,
        role: ServiceRole,
        policy: pulumi.Output[str],
    ) -> None:
        """A document of its own: an unknown ARN in it would hide the other statements at preview.

        content: what it allows, known at preview. It is part of the name, so that the policy before
        stays until the endpoint is updated.
        """
        identity = content_id(content)
        aws.iam.RolePolicy(
            f"{logical}-{identity}",
            name=f"{name}-{identity}",
            role=role.name,
            policy=policy,
            opts=pulumi.ResourceOptions(parent=self),
        )


def role_name(endpoint_name: str) -> str:
    """Name of an endpoint's execution role; 64 characters at most."""
    return f"{endpoint_name}-execution"


def key_actions(settings: Endpoint) -> list[str]:
    """Uses of the stack's key: reading encrypted objects, and writing some.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    writes = settings.capture or settings.asynchronous
    return ["kms:Decrypt", *(["kms:GenerateDataKey"] if writes else [])]


def own_objects(args: ExecutionRoleArgs) -> list[str]:
    """The endpoint's own part of the stack's buckets, as patterns of ARNs.

    With several models also the bucket itself, of which it lists that part.
    """
    listed = [_bucket(args)] if _has_several(args) else []
    return [_artifacts(args), *listed, *(args["data"].own_arns if args["data"] else [])]


def _has_several(args: ExecutionRoleArgs) -> bool:
    return any(isinstance(source, ModelSet) for source in args["sources"].values())


def _bucket(args: ExecutionRoleArgs) -> str:
    return f"arn:aws:s3:::{args['artifact_bucket']}"


def _artifacts(args: ExecutionRoleArgs) -> str:
    return f"{_bucket(args)}/{args['endpoint_name']}/*"


def execution_statements(args: ExecutionRoleArgs) -> list[Statement]:
    """Everything the role may do, as far as it is known at preview."""
    settings, data = args["settings"], args["data"]
    packages = [
        source for source in args["sources"].values() if isinstance(source, RegisteredModel)
    ]
    statements = list(_hosting(args))
    if packages:
        statements += _packages(packages)
    if data and settings.capture:
        statements.append(_capture(data))
    if data and settings.asynchronous:
        statements += _asynchronous(data)
    return statements


def _hosting(args: ExecutionRoleArgs) -> Iterator[Statement]:
    """What every endpoint needs to start its containers.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
    """
    context, name = args["context"], args["endpoint_name"]
    ours = [
        args["images"][variant]
        for variant, source in args["sources"].items()
        if not isinstance(source, RegisteredModel)
    ]
    if ours:
        yield allow("ReadArtifacts", ["s3:GetObject"], [_artifacts(args)])
        if _has_several(args):
            yield _list(args)
        repositories = {image.partition("@")[0] for image in ours}
        yield _pull("PullImages", {context.arn("ecr", f"repository/{r}") for r in repositories})
    # This action takes no resource: https://docs.aws.amazon.com/service-authorization/
    yield allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], ["*"])
    yield allow(
        "WriteLogs",
        ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        [context.arn("logs", f"log-group:/aws/sagemaker/Endpoints/{name}:*")],
    )
    yield allow(
        "PublishMetrics",
        ["cloudwatch:PutMetricData"],
        ["*"],
        {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/Endpoints"}},
    )


def _list(args: ExecutionRoleArgs) -> Statement:
    """The models of a multi-model container are found below a prefix.

    Without the right to list, S3 answers 403 and not 404 for one that is not there.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return allow(
        "ListArtifacts",
        ["s3:ListBucket"],
        [_bucket(args)],
        {"StringLike": {"s3:prefix": f"{args['endpoint_name']}/*"}},
    )


def _pull(sid: str, repository_arns: Collection[str]) -> Statement:
    return allow(
        sid,
        ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        sorted(repository_arns),
    )


def _packages(packages: Sequence[RegisteredModel]) -> Iterator[Statement]:
    """A model package brings an image and an artifact of its own.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy.html
    """
    yield allow("ReadPackagedArtifacts", ["s3:GetObject"], sorted({p.object_arn for p in packages}))
    yield _pull("PullPackagedImages", {p.repository_arn for p in packages})
    if keys := sorted({p.key_arn for p in packages if p.key_arn}):
        yield allow("DecryptPackagedArtifacts", ["kms:Decrypt"], keys)


def _capture(data: DataFolders) -> Statement:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html"""
    return allow("WriteCapturedData", ["s3:PutObject"], [data.arn(f"{data.captured}/*")])


def _asynchronous(data: DataFolders) -> Iterator[Statement]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html"""
    yield allow(
        "ReadRequests",
        ["s3:GetObject"],
        [data.arn(f"{data.requests}/*"), data.arn(data.example)],
    )
    yield allow(
        "WriteResults",
        ["s3:AbortMultipartUpload", "s3:PutObject"],
        [data.arn(f"{data.results}/*"), data.arn(f"{data.failures}/*")],
    )


def network_policy(args: ExecutionRoleArgs) -> tuple[Content, pulumi.Output[str]] | None:
    """The document for the VPC that the endpoint names itself, else for the stack's own.

    With what it allows, known at preview. None where the endpoint is in neither.
    """
    context, own = args["context"], args["vpc"]
    if vpc := args["settings"].network.vpc:
        statements = rights_in_subnets(context, vpc.subnets, vpc.security_groups)
        content = {"subnets": vpc.subnets, "security_group_ids": vpc.security_groups}
        return content, pulumi.Output.from_input(document([*statements]))
    if own and uses_network(args["settings"]):
        policy = own.arn.apply(lambda arn: document([*rights_in_vpc(context, arn)]))
        return own.content, policy
    return None
