"""ModelEndpoint: models behind one SageMaker endpoint, encrypted, scaled and checked."""

from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.artifact import PackedArtifact
from components.artifact_store import ArtifactStore
from components.autoscaling import Autoscaling
from components.context import Context
from components.iam import ServiceRole, Statement, allow, document


class VariantArgs(TypedDict):
    """One production variant."""

    artifact: PackedArtifact
    """The model."""
    instance_type: str
    """SageMaker instance type."""
    min_instances: int
    """Lower limit, instances."""
    max_instances: int
    """Upper limit, instances; at least min_instances."""
    weight: int
    """Share of the requests, relative to the other variants."""


class ModelEndpointArgs(TypedDict):
    """An endpoint and all that it needs."""

    context: Context
    """The stack."""
    image: str
    """Container image by digest: repository@sha256:<hex>, in this account's registry."""
    variants: Mapping[str, VariantArgs]
    """Production variants by name."""
    invocations_per_minute: int
    """What scaling settles on, per instance."""
    key_arn: pulumi.Input[str]
    """KMS key of volumes, logs and artifacts."""
    log_retention_days: int
    """How long the container's logs are kept."""
    store: ArtifactStore
    """Where packed artifacts go."""
    live_check: pulumi.ResourceHook
    """Run after each create and update of the endpoint."""


class ModelEndpoint(pulumi.ComponentResource):
    """Models, endpoint configuration, endpoint, autoscaling and an execution role of its own.

    Replaced models, configurations and artifacts are kept: after an automatic roll-back the old
    ones are live (https://github.com/hashicorp/terraform-provider-aws/issues/46663).
    """

    endpoint_name: str
    """Physical name of the endpoint, known at preview."""
    arn: str
    """ARN of the endpoint, known at preview."""
    endpoint: aws.sagemaker.Endpoint
    """The endpoint: what calls it depends on it."""
    example: Mapping[str, Any]
    """A request body that its first variant predicts rightly."""

    def __init__(
        self, name: str, args: ModelEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:ModelEndpoint", name, None, opts)
        context = args["context"]
        child = pulumi.ResourceOptions(parent=self)
        self.endpoint_name = f"{context.prefix}-{name}"
        self.arn = context.arn("sagemaker", f"endpoint/{self.endpoint_name}")
        log_group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/sagemaker/Endpoints/{self.endpoint_name}",
            kms_key_id=args["key_arn"],
            retention_in_days=args["log_retention_days"],
            opts=child,
        )
        role, decrypt = self._execution_role(name, args)
        models = {
            variant: self._model(f"{name}-{variant}", args, variant, role, decrypt)
            for variant in args["variants"]
        }
        configuration = aws.sagemaker.EndpointConfiguration(
            f"{name}-configuration",
            kms_key_arn=args["key_arn"],
            production_variants=[
                {
                    "variant_name": variant,
                    "model_name": models[variant].name,
                    "instance_type": settings["instance_type"],
                    "initial_instance_count": settings["min_instances"],
                    "initial_variant_weight": float(settings["weight"]),
                }
                for variant, settings in args["variants"].items()
            ],
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        self.endpoint = aws.sagemaker.Endpoint(
            name,
            name=self.endpoint_name,
            endpoint_config_name=configuration.name,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[log_group],
                hooks=pulumi.ResourceHookBinding(
                    after_create=[args["live_check"]], after_update=[args["live_check"]]
                ),
            ),
        )
        self._scale(name, args)
        self.example = next(iter(args["variants"].values()))["artifact"].example
        self.register_outputs({"endpoint_name": self.endpoint_name, "arn": self.arn})

    def _execution_role(
        self, name: str, args: ModelEndpointArgs
    ) -> tuple[ServiceRole, aws.iam.RolePolicy]:
        """The role of the containers, and its policy on the key, whose ARN AWS generates."""
        context = args["context"]
        role = ServiceRole(
            f"{name}-execution",
            {
                "role_name": f"{context.prefix}-{name}-execution",
                "service": "sagemaker.amazonaws.com",
                "account_id": context.account_id,
                "statements": execution_statements(
                    context,
                    image=args["image"],
                    log_group=f"/aws/sagemaker/Endpoints/{self.endpoint_name}",
                    artifacts=f"{args['store'].bucket_name}/{self.endpoint_name}/*",
                ),
            },
            pulumi.ResourceOptions(parent=self),
        )
        # A document of its own: an unknown ARN would hide the other statements at preview.
        decrypt = aws.iam.RolePolicy(
            f"{name}-execution-decrypt",
            name="decrypt",
            role=role.name,
            policy=pulumi.Output.from_input(args["key_arn"]).apply(
                lambda arn: document([allow("DecryptArtifacts", ["kms:Decrypt"], [arn])])
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role, decrypt

    def _model(
        self,
        name: str,
        args: ModelEndpointArgs,
        variant: str,
        role: ServiceRole,
        decrypt: aws.iam.RolePolicy,
    ) -> aws.sagemaker.Model:
        context = args["context"]
        packed = args["variants"][variant]["artifact"]
        artifact = args["store"].put(f"{name}-artifact", self.endpoint_name, packed)
        registry = f"{context.account_id}.dkr.ecr.{context.region}.amazonaws.com"
        return aws.sagemaker.Model(
            name,
            execution_role_arn=role.arn,
            enable_network_isolation=True,
            primary_container={
                "image": f"{registry}/{args['image']}",
                "model_data_url": pulumi.Output.format(
                    "s3://{0}/{1}", artifact.bucket, artifact.key
                ),
            },
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[role.policy, decrypt], retain_on_delete=True
            ),
        )

    def _scale(self, name: str, args: ModelEndpointArgs) -> None:
        for variant, settings in args["variants"].items():
            Autoscaling(
                f"{name}-{variant}-scaling",
                {
                    "endpoint_name": self.endpoint_name,
                    "variant_name": variant,
                    "min_instances": settings["min_instances"],
                    "max_instances": settings["max_instances"],
                    "invocations_per_minute": args["invocations_per_minute"],
                },
                pulumi.ResourceOptions(parent=self, depends_on=[self.endpoint]),
            )


def execution_statements(
    context: Context, image: str, log_group: str, artifacts: str
) -> list[Statement]:
    """What SageMaker needs to start the containers, and nothing that a container could misuse.

    artifacts: bucket and key pattern of the artifacts.
    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    repository = image.partition("@")[0]
    return [
        allow("ReadArtifacts", ["s3:GetObject"], [f"arn:aws:s3:::{artifacts}"]),
        allow(
            "PullImage",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [context.arn("ecr", f"repository/{repository}")],
        ),
        # This action takes no resource: https://docs.aws.amazon.com/service-authorization/
        allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
        allow(
            "WriteLogs",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [context.arn("logs", f"log-group:{log_group}:*")],
        ),
        allow(
            "PublishMetrics",
            ["cloudwatch:PutMetricData"],
            ["*"],
            {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/Endpoints"}},
        ),
    ]
