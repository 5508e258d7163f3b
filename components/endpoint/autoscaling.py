"""Application Auto Scaling of one variant.

https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.config.endpoint import Variant
from components.config.scaling import ScaleIn, Scaling
from components.endpoint.step_scaling import (
    StepScalingArgs,
    idle_alarm_name,
    scale_from_zero,
    scale_in_when_idle,
    waiting_alarm_name,
)

INSTANCE_COUNT = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED_CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"

_Tracking = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgsDict


class AutoscalingArgs(TypedDict):
    """A variant, its limits and what it scales by."""

    endpoint_name: str
    """Endpoint whose variant scales."""
    variant_name: str
    """The variant."""
    variant: Variant
    """Its settings: instances, or serverless with provisioned concurrency."""
    scaling: Scaling
    """The endpoint's settings: one metric, cool-downs, schedule."""
    asynchronous: bool
    """Whether the endpoint is asynchronous."""


class Autoscaling(pulumi.ComponentResource):
    """Limits, target tracking, scale-in and schedule of a variant that is in service.

    AWS refuses another instance type for a registered variant, so the endpoint's hook deregisters
    it first, and with the target its policies and scheduled actions go. A change of the type
    therefore makes all of them anew.
    """

    def __init__(
        self, name: str, args: AutoscalingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:Autoscaling", name, None, opts)
        variant, scaling = args["variant"], args["scaling"]
        child = pulumi.ResourceOptions(
            parent=self,
            replacement_trigger=variant.instances.type if variant.instances else "serverless",
            # Both would have one identity: deleting the old one would take the new one away.
            delete_before_replace=True,
        )
        bounds = variant.bounds
        if not bounds:
            raise ValueError(
                "a variant without instances and provisioned concurrency does not scale"
            )
        target = aws.appautoscaling.Target(
            name,
            service_namespace="sagemaker",
            resource_id=f"endpoint/{args['endpoint_name']}/variant/{args['variant_name']}",
            scalable_dimension=INSTANCE_COUNT if variant.instances else PROVISIONED_CONCURRENCY,
            min_capacity=bounds.min,
            max_capacity=bounds.max,
            opts=child,
        )
        aws.appautoscaling.Policy(
            f"{name}-tracking",
            name="target-tracking",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration=tracking(args["endpoint_name"], scaling),
            opts=child,
        )
        steps: StepScalingArgs = {
            "endpoint_name": args["endpoint_name"],
            "variant_name": args["variant_name"],
            "target": target,
            "cooldown": scaling.cooldown,
        }
        if scaling.target and scales_in_by_step(scaling):
            scale_in_when_idle(name, steps, scaling.target, child)
        if args["asynchronous"] and can_be_empty(bounds.min, scaling):
            scale_from_zero(name, steps, child)
        for title, scheduled in scaling.schedule.items():
            aws.appautoscaling.ScheduledAction(
                f"{name}-{title}",
                name=title,
                service_namespace=target.service_namespace,
                resource_id=target.resource_id,
                scalable_dimension=target.scalable_dimension,
                schedule=scheduled.at,
                timezone=scheduled.zone,
                scalable_target_action={
                    "min_capacity": scheduled.min,
                    "max_capacity": scheduled.max,
                },
                opts=child,
            )
        self.register_outputs({})


def scaling_alarm_names(
    endpoint_name: str, variant_name: str, lowest: int, scaling: Scaling, *, asynchronous: bool
) -> list[str]:
    """Names of the alarms that drive a variant's step policies. lowest: its own lower limit."""
    names = []
    if scales_in_by_step(scaling):
        names.append(idle_alarm_name(endpoint_name, variant_name))
    if asynchronous and can_be_empty(lowest, scaling):
        names.append(waiting_alarm_name(endpoint_name, variant_name))
    return names


def scales_in_by_step(scaling: Scaling) -> bool:
    """Whether a step policy takes instances away, so that target tracking must not."""
    return scaling.target is not None and scaling.scale_in is not ScaleIn.TARGET_TRACKING


def can_be_empty(lowest: int, scaling: Scaling) -> bool:
    """Whether the variant may be without any instance, by its own limit or by a schedule."""
    return 0 in (lowest, *(bounds.min for bounds in scaling.schedule.values()))


def tracking(endpoint_name: str, scaling: Scaling) -> _Tracking:
    """The target-tracking configuration of the one metric that `scaling` names."""
    value, metric = _target(scaling)
    configuration: _Tracking = {
        "target_value": value,
        "disable_scale_in": scales_in_by_step(scaling),
        "scale_in_cooldown": scaling.cooldown.scale_in,
        "scale_out_cooldown": scaling.cooldown.scale_out,
    }
    if scaling.backlog:
        configuration["customized_metric_specification"] = {
            "metric_name": metric,
            "namespace": "AWS/SageMaker",
            "dimensions": [{"name": "EndpointName", "value": endpoint_name}],
            "statistic": "Average",
        }
    else:
        configuration["predefined_metric_specification"] = {"predefined_metric_type": metric}
    return configuration


def _target(scaling: Scaling) -> tuple[float, str]:
    """Target value and metric.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-code-define.html,
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html (a share),
    https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
    """
    match scaling:
        case Scaling(target=int(value)):
            return float(value), "SageMakerVariantInvocationsPerInstance"
        case Scaling(concurrency=int(value)):
            return float(value), "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        case Scaling(utilization=int(value)):
            return value / 100, "SageMakerVariantProvisionedConcurrencyUtilization"
        case Scaling(backlog=int(value)):
            return float(value), "ApproximateBacklogSizePerInstance"
    raise ValueError("scaling names no metric")
