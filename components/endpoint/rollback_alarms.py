"""Alarms that roll an endpoint's update back.

They do nothing unless the endpoint's execution role may describe alarms.
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.config.rollout import RollbackOn


class RollbackAlarmsArgs(TypedDict):
    """What is watched, and when it is bad."""

    endpoint_name: str
    """The endpoint."""
    configuration_name: pulumi.Input[str]
    """The endpoint configuration that is rolled out: the old fleet's answers do not count."""
    variant_names: Sequence[str]
    """Its production variants."""
    rollback_on: RollbackOn
    """Limits of errors and latency."""


class RollbackAlarms(pulumi.ComponentResource):
    """An alarm for each variant and each limit; a minute over a limit is enough.

    Minutes without requests are good ones: a quiet roll-out goes through.
    """

    names: list[str]
    """Names of the alarms, known at preview."""

    def __init__(
        self, name: str, args: RollbackAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:RollbackAlarms", name, None, opts)
        self.names = alarm_names(args["endpoint_name"], args["variant_names"], args["rollback_on"])
        for variant in args["variant_names"]:
            for limit in _limits(args["rollback_on"]):
                aws.cloudwatch.MetricAlarm(
                    f"{name}-{variant}-{limit.cause}",
                    name=_alarm_name(args["endpoint_name"], variant, limit),
                    alarm_description=f"Too much of it rolls an update back: {limit.cause}.",
                    namespace="AWS/SageMaker",
                    metric_name=limit.metric_name,
                    statistic=limit.statistic,
                    extended_statistic=limit.extended_statistic,
                    dimensions={
                        "EndpointName": args["endpoint_name"],
                        "VariantName": variant,
                        "EndpointConfigName": args["configuration_name"],
                    },
                    period=60,
                    evaluation_periods=1,
                    comparison_operator="GreaterThanThreshold",
                    threshold=limit.threshold,
                    treat_missing_data="notBreaching",
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.register_outputs({"names": self.names})


def alarm_names(
    endpoint_name: str, variant_names: Iterable[str], rollback_on: RollbackOn
) -> list[str]:
    """Names of the alarms that roll an update of the endpoint back."""
    return [
        _alarm_name(endpoint_name, variant, limit)
        for variant in variant_names
        for limit in _limits(rollback_on)
    ]


@dataclass(frozen=True)
class _Limit:
    """What an alarm watches. threshold: in the metric's own unit."""

    cause: str
    metric_name: str
    threshold: float
    statistic: str | None = None
    extended_statistic: str | None = None


def _alarm_name(endpoint_name: str, variant: str, limit: _Limit) -> str:
    return f"{endpoint_name}-{variant}-{limit.cause}"


def _limits(rollback_on: RollbackOn) -> Iterator[_Limit]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html"""
    if rollback_on.error_rate:
        # 0 or 1 for each request, so that the average is the share of the failed ones.
        yield _Limit("errors", "Invocation5XXErrors", rollback_on.error_rate, statistic="Average")
    if rollback_on.latency_p90:
        microseconds = rollback_on.latency_p90 * 1000.0
        yield _Limit("latency", "ModelLatency", microseconds, extended_statistic="p90")
