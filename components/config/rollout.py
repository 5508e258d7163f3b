"""The block `rollout` of an endpoint.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

from typing import Annotated, Self

from pydantic import model_validator

from components.config.strict import Strict, exactly_one
from components.config.units import SECONDS, ErrorRate, Milliseconds, percent
from components.config.values import config_fault

Wait = Annotated[int, SECONDS.within("a time of up to 1h", highest=3600)]
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html"""

PROVISIONING_SECONDS = 1800
"""Allowed for the start of new instances, beside the waits."""

MAX_EXECUTION_SECONDS = 14_400
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html; the
provider holds blue/green updates to the same limit.
https://www.pulumi.com/registry/packages/aws/api-docs/sagemaker/endpoint/
"""


class Canary(Strict):
    """A share of the capacity first, then the rest."""

    share: Annotated[int, percent(1, 50)]
    """Share of the capacity that goes first: `10%`."""
    bake: Wait
    """How long the alarms watch it, and again after the rest has followed: `10m`, 2m to 1h."""


class Linear(Strict):
    """Equal steps of the capacity."""

    step: Annotated[int, percent(10, 50)]
    """Share of the capacity in each step: `20%`."""
    wait: Wait
    """How long the alarms watch each step, and the whole at the end: `5m`, 2m to 1h."""

    @property
    def waits(self) -> int:
        """How often an update waits: after each step, and once more at the end."""
        return _steps(self.step) + 1


class BlueGreen(Strict):
    """All traffic at once onto a new fleet; the old one waits."""

    bake: Wait
    """How long the alarms watch before the old fleet goes: `10m`, 2m to 1h."""


class Rolling(Strict):
    """Instances replaced batch by batch: no second fleet is paid for."""

    step: Annotated[int, percent(5, 50)]
    """Share of the capacity in each batch: `25%`."""
    wait: Wait
    """How long the alarms watch each batch: `5m`, 2m to 1h."""

    @property
    def waits(self) -> int:
        """How often an update waits: after each batch."""
        return _steps(self.step)


class RollbackOn(Strict):
    """What rolls a change back; at least one."""

    error_rate: ErrorRate | None = None
    """Share of a variant's requests answered with 5xx: `1%`."""
    latency_p90: Milliseconds | None = None
    """90th percentile of a model's latency: `300ms`."""

    @model_validator(mode="after")
    def _any(self) -> Self:
        if self.error_rate is None and self.latency_p90 is None:
            raise config_fault("errorRate, latencyP90 or both", "Add one")
        return self


class Rollout(Strict):
    """How a change of the endpoint reaches its clients: one of the four ways."""

    canary: Canary | None = None
    """A share first, then the rest."""
    linear: Linear | None = None
    """Equal steps."""
    blue_green: BlueGreen | None = None
    """All at once onto a new fleet."""
    rolling: Rolling | None = None
    """Batch by batch on the same fleet; for one variant with instances."""
    rollback_on: RollbackOn
    """What rolls it back: without an alarm nothing would."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        exactly_one(self, "canary", "linear", "blueGreen", "rolling")
        return self


def _steps(share: int) -> int:
    """Steps of a share, in percent, that make a whole."""
    return -(-100 // share)
