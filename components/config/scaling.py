"""The block `scaling` of an endpoint."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ValidationInfo, field_validator, model_validator

from components.config.schedule import ScheduleExpression
from components.config.strict import Strict, exactly_one
from components.config.units import PerMinute, Seconds, percent
from components.config.values import Name, TimeZone, choice, config_fault, not_below_min, whole

METRICS = ("target", "concurrency", "utilization", "backlog")
"""What an endpoint may scale by; each is a key of `scaling`."""


class ScaleIn(StrEnum):
    """What takes instances away."""

    STEP = "step"
    """A step policy on an alarm that counts missing data as no traffic: it works at night too."""
    TARGET_TRACKING = "targetTracking"
    """Target tracking's own alarm, which stays silent where the metric is missing."""


class Cooldown(Strict):
    """Pauses between two changes of the number of instances."""

    scale_in: Seconds = 300
    """After instances were taken away: `5m`."""
    scale_out: Seconds = 60
    """After instances were added: `60s`."""


class ScheduledBounds(Strict):
    """New limits from a moment on."""

    at: ScheduleExpression
    """When: `cron(0 20 * * ? *)` or `at(2027-01-01T00:00:00)`."""
    zone: TimeZone = "UTC"
    """Time zone of the moment, by its IANA name: `Europe/Berlin`."""
    min: Annotated[int, whole(0, 200)]
    """Lower limit from then on; 0 for an async endpoint only."""
    max: Annotated[int, whole(1, 200), not_below_min(200)]
    """Upper limit from then on; at least min."""


class Scaling(Strict):
    """Target tracking of one of four metrics, for every variant of the endpoint."""

    target: PerMinute | None = None
    """Invocations per instance per minute that scaling settles on: `1200/min`."""
    concurrency: Annotated[int, whole(1, 1000)] | None = None
    """Or: requests at once per instance that it settles on."""
    utilization: Annotated[int, percent(10, 90)] | None = None
    """Or, for serverless variants: share of the provisioned concurrency in use: `70%`."""
    backlog: Annotated[int, whole(1, 100_000)] | None = None
    """Or, for an async endpoint: requests waiting per instance."""
    scale_in: Annotated[ScaleIn, choice(ScaleIn)] | None = None
    """`step` (with target, by default) or `targetTracking`."""
    cooldown: Cooldown = Cooldown()
    """Pauses between two changes."""
    schedule: dict[Name, ScheduledBounds] = {}
    """Limits that change at known times, by name."""

    @field_validator("scale_in")
    @classmethod
    def _steps_by_invocations(cls, value: ScaleIn | None, info: ValidationInfo) -> ScaleIn | None:
        """What takes instances away by steps is an alarm on the metric that `target` tracks."""
        if value is ScaleIn.STEP and info.data.get("target", 0) is None:
            raise config_fault(
                "targetTracking, since steps follow the invocations, which only target is about",
                "Remove it",
            )
        return value

    @model_validator(mode="after")
    def _one_metric(self) -> Self:
        exactly_one(self, *METRICS)
        return self
