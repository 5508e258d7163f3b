"""Step policies for what target tracking cannot do: shrink without traffic, grow from nothing.

Each is a policy and the alarm that drives it; a composite alarm could not.
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.config.scaling import Cooldown

IDLE_MINUTES = 15
"""As long as target tracking's own alarm waits before it takes an instance away."""

_PERIOD_SECONDS = 60


class StepScalingArgs(TypedDict):
    """What both policies are about."""

    endpoint_name: str
    """The endpoint."""
    variant_name: str
    """The variant."""
    target: aws.appautoscaling.Target
    """Its scalable target."""
    cooldown: Cooldown
    """Pauses between two changes."""


def idle_threshold(target: int) -> float:
    """Invocations per instance per minute below which one instance is too many.

    Half the target: the load of one of n >= 2 instances then fits on the others, so that taking
    it away never makes target tracking add it again.
    """
    return target / 2


def idle_alarm_name(endpoint_name: str, variant_name: str) -> str:
    """Name of the alarm that takes an idle variant's instances away."""
    return f"{endpoint_name}-{variant_name}-idle"


def waiting_alarm_name(endpoint_name: str, variant_name: str) -> str:
    """Name of the alarm that starts a variant's first instance."""
    return f"{endpoint_name}-{variant_name}-waiting"


def scale_in_when_idle(
    name: str, args: StepScalingArgs, target: int, opts: pulumi.ResourceOptions
) -> None:
    """Takes instances away one by one while there is little traffic, or none.

    Without traffic the metric is missing, and target tracking's own alarm stays silent: here a
    missing minute counts as 0. target: invocations per instance per minute.
    """
    policy = _step_policy(
        f"{name}-in",
        "scale-in-when-idle",
        args,
        cooldown_seconds=args["cooldown"].scale_in,
        step={"metric_interval_upper_bound": "0", "scaling_adjustment": -1},
        opts=opts,
    )
    aws.cloudwatch.MetricAlarm(
        f"{name}-idle",
        name=idle_alarm_name(args["endpoint_name"], args["variant_name"]),
        alarm_description="Fewer invocations than the instances are for: takes one away.",
        comparison_operator="LessThanThreshold",
        threshold=idle_threshold(target),
        evaluation_periods=IDLE_MINUTES,
        datapoints_to_alarm=IDLE_MINUTES,
        treat_missing_data="breaching",
        metric_queries=[
            {
                "id": "invocations",
                "metric": {
                    "namespace": "AWS/SageMaker",
                    "metric_name": "InvocationsPerInstance",
                    "dimensions": {
                        "EndpointName": args["endpoint_name"],
                        "VariantName": args["variant_name"],
                    },
                    "stat": "Sum",
                    "period": _PERIOD_SECONDS,
                },
                "return_data": False,
            },
            {
                "id": "filled",
                "expression": "FILL(invocations, 0)",
                "label": "Invocations per instance per minute",
                "return_data": True,
            },
        ],
        alarm_actions=[policy.arn],
        opts=opts,
    )


def scale_from_zero(name: str, args: StepScalingArgs, opts: pulumi.ResourceOptions) -> None:
    """Starts the first instance of an async endpoint that has work and nobody to do it.

    Backlog per instance is not defined without an instance, so target tracking cannot.
    https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
    """
    policy = _step_policy(
        f"{name}-from-zero",
        "scale-from-zero",
        args,
        cooldown_seconds=args["cooldown"].scale_out,
        step={"metric_interval_lower_bound": "0", "scaling_adjustment": 1},
        opts=opts,
    )
    aws.cloudwatch.MetricAlarm(
        f"{name}-waiting",
        name=waiting_alarm_name(args["endpoint_name"], args["variant_name"]),
        alarm_description="Requests wait and no instance is there: starts one.",
        namespace="AWS/SageMaker",
        metric_name="HasBacklogWithoutCapacity",
        dimensions={"EndpointName": args["endpoint_name"]},
        statistic="Average",
        period=_PERIOD_SECONDS,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=1,
        evaluation_periods=2,
        treat_missing_data="missing",
        alarm_actions=[policy.arn],
        opts=opts,
    )


def _step_policy(
    name: str,
    policy_name: str,
    args: StepScalingArgs,
    *,
    cooldown_seconds: int,
    step: aws.appautoscaling.PolicyStepScalingPolicyConfigurationStepAdjustmentArgsDict,
    opts: pulumi.ResourceOptions,
) -> aws.appautoscaling.Policy:
    target = args["target"]
    return aws.appautoscaling.Policy(
        name,
        name=policy_name,
        policy_type="StepScaling",
        service_namespace=target.service_namespace,
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        step_scaling_policy_configuration={
            "adjustment_type": "ChangeInCapacity",
            "metric_aggregation_type": "Average",
            "cooldown": cooldown_seconds,
            "step_adjustments": [step],
        },
        opts=opts,
    )
