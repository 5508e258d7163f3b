"""VpcEndpoints: the only ways out of the stack's network, to AWS's own services, each guarded."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.bucket_names import (
    artifact_bucket,
    data_bucket_name,
    default_bucket,
    published_bucket,
)
from components.context import Context
from components.iam import Statement, allow, document

INTERFACES = ("ecr.api", "ecr.dkr", "logs", "monitoring")
"""Services with network interfaces in every subnet, for images, logs and metrics.

A precaution: SageMaker itself fetches images from ECR and writes logs and metrics, and by which
network is not documented. A container without isolation may call them.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch-logs-and-interface-VPC.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-interface-VPC.html
"""


class VpcEndpointsArgs(TypedDict):
    """A VPC, and where its containers reach AWS's services."""

    context: Context
    """The stack."""
    vpc_id: pulumi.Input[str]
    """The VPC."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """Each gets an interface of every service but S3."""
    route_table_id: pulumi.Input[str]
    """Gets the route to S3."""
    security_group_id: pulumi.Input[str]
    """Group of the interfaces."""


class VpcEndpoints(pulumi.ComponentResource):
    """S3, without whose endpoint SageMaker reaches no artifact from here, and other services.

    https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html
    """

    s3_prefix_list_id: pulumi.Output[str]
    """The addresses of S3, as security groups name them."""

    def __init__(
        self, name: str, args: VpcEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:VpcEndpoints", name, None, opts)
        context = args["context"]
        policies = endpoint_policies(context)
        child = pulumi.ResourceOptions(parent=self)
        s3 = aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Gateway",
            service_name=_service_name(context, "s3"),
            route_table_ids=[args["route_table_id"]],
            policy=document(policies["s3"], "aws:ec2/vpcEndpoint:VpcEndpoint"),
            tags={"Name": f"{context.prefix}-s3"},
            opts=child,
        )
        for service in INTERFACES:
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args["vpc_id"],
                vpc_endpoint_type="Interface",
                service_name=_service_name(context, service),
                subnet_ids=args["subnet_ids"],
                security_group_ids=[args["security_group_id"]],
                private_dns_enabled=True,
                policy=document(policies[service], "aws:ec2/vpcEndpoint:VpcEndpoint"),
                tags={"Name": f"{context.prefix}-{service}"},
                opts=child,
            )
        self.s3_prefix_list_id = s3.prefix_list_id
        self.register_outputs({"s3_prefix_list_id": self.s3_prefix_list_id})


def service_names(context: Context) -> list[str]:
    """Names of the services that have an endpoint."""
    return [_service_name(context, service) for service in ("s3", *INTERFACES)]


def _service_name(context: Context, service: str) -> str:
    return f"com.amazonaws.{context.region}.{service}"


def endpoint_policies(context: Context) -> Mapping[str, Sequence[Statement]]:
    """Who may do what through each endpoint, by service: no more than a stack's roles ever may.

    Credentials of another account, brought in with a model, get nothing out.
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    images = _images(context)
    return {
        "s3": _objects(context),
        "ecr.api": images,
        "ecr.dkr": images,
        "logs": [
            _ours(
                context,
                "WriteLogs",
                ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                context.arn("logs", f"log-group:/aws/sagemaker/Endpoints/{context.prefix}-*"),
            )
        ],
        "monitoring": [_ours(context, "PublishMetrics", ["cloudwatch:PutMetricData"], "*")],
    }


def _objects(context: Context) -> list[Statement]:
    """Artifacts, captured data, async requests and results, in the buckets that they may be in.

    Model packages bring artifacts from the account's bucket, or from SageMaker's own default one.
    ECR keeps the layers of images in a bucket of its own, and signs the requests for them itself:
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
    """
    own = [data_bucket_name(context), artifact_bucket(context)]
    shared = [published_bucket(context), default_bucket(context)]
    layers = f"prod-{context.region}-starport-layer-bucket"
    return [
        _ours(
            context,
            "OwnObjects",
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            *_all_of(own),
        ),
        _ours(context, "OwnModels", ["s3:ListBucket"], f"arn:aws:s3:::{artifact_bucket(context)}"),
        _ours(context, "PackagedArtifacts", ["s3:GetObject"], *_all_of(shared)),
        allow("ImageLayers", ["s3:GetObject"], _all_of([layers])) | {"Principal": "*"},
    ]


def _all_of(buckets: Sequence[str]) -> list[str]:
    return [f"arn:aws:s3:::{bucket}/*" for bucket in buckets]


def _images(context: Context) -> list[Statement]:
    """A model package may bring an image of any registry."""
    repositories = f"arn:aws:ecr:{context.region}:*:repository/*"
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return [
        _ours(context, "LogInToRegistry", ["ecr:GetAuthorizationToken"], "*"),
        _ours(context, "PullImages", pull, repositories),
    ]


def _ours(context: Context, sid: str, actions: Sequence[str], *resources: str) -> Statement:
    """A statement for principals of this account."""
    account = {"StringEquals": {"aws:PrincipalAccount": context.account_id}}
    return allow(sid, actions, resources, account) | {"Principal": "*"}
