"""Application Auto Scaling of one variant.

https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

SCALE_IN_COOLDOWN_SECONDS = 300
SCALE_OUT_COOLDOWN_SECONDS = 60


class AutoscalingArgs(TypedDict):
    """Limits and target of a variant."""

    endpoint_name: str
    """Endpoint whose variant scales."""
    variant_name: str
    """The variant."""
    min_instances: int
    """Lower limit, instances; at least 1."""
    max_instances: int
    """Upper limit, instances; at least min_instances. Capped by policy."""
    invocations_per_minute: int
    """Invocations per instance per minute that target tracking settles on."""


class Autoscaling(pulumi.ComponentResource):
    """Target tracking for one variant of an endpoint that is in service."""

    def __init__(
        self, name: str, args: AutoscalingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:Autoscaling", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        target = aws.appautoscaling.Target(
            name,
            service_namespace="sagemaker",
            resource_id=f"endpoint/{args['endpoint_name']}/variant/{args['variant_name']}",
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            min_capacity=args["min_instances"],
            max_capacity=args["max_instances"],
            opts=child,
        )
        aws.appautoscaling.Policy(
            f"{name}-invocations",
            name="invocations-per-instance",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration={
                "target_value": float(args["invocations_per_minute"]),
                "predefined_metric_specification": {
                    "predefined_metric_type": "SageMakerVariantInvocationsPerInstance"
                },
                "scale_in_cooldown": SCALE_IN_COOLDOWN_SECONDS,
                "scale_out_cooldown": SCALE_OUT_COOLDOWN_SECONDS,
            },
            opts=child,
        )
        self.register_outputs({})
