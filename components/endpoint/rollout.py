"""How SageMaker moves an endpoint to a new configuration, as the config's `rollout` says.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

from collections.abc import Sequence
from typing import Any

from components.config.rollout import MAX_EXECUTION_SECONDS, PROVISIONING_SECONDS, Rollout

MIN_EXECUTION_SECONDS = 600
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html"""


def deployment_config(rollout: Rollout, alarm_names: Sequence[str]) -> dict[str, Any]:
    """The `deployment_config` of the endpoint: one policy, and the alarms that roll it back."""
    alarms = {"alarms": [{"alarm_name": name} for name in alarm_names]}
    return {"auto_rollback_configuration": alarms, **_policy(rollout)}


def _policy(rollout: Rollout) -> dict[str, Any]:
    match rollout:
        case Rollout(canary=canary) if canary:
            size = {"canary_size": _capacity(canary.share)}
            return _blue_green("CANARY", canary.bake, size, watched_seconds=2 * canary.bake)
        case Rollout(linear=linear) if linear:
            size = {"linear_step_size": _capacity(linear.step)}
            watched = linear.waits * linear.wait
            return _blue_green("LINEAR", linear.wait, size, watched_seconds=watched)
        case Rollout(blue_green=blue_green) if blue_green:
            bake = blue_green.bake
            return _blue_green("ALL_AT_ONCE", bake, {}, watched_seconds=2 * bake)
        case Rollout(rolling=rolling) if rolling:
            watched = rolling.waits * rolling.wait
            return {
                "rolling_update_policy": {
                    "maximum_batch_size": _capacity(rolling.step),
                    "wait_interval_in_seconds": rolling.wait,
                    "maximum_execution_timeout_in_seconds": _execution_seconds(watched),
                }
            }
    raise ValueError("a roll-out is canary, linear, blueGreen or rolling")


def _blue_green(
    kind: str, wait_seconds: int, size: dict[str, Any], *, watched_seconds: int
) -> dict[str, Any]:
    """The old fleet stays as long again after the last step: a late alarm still finds it."""
    return {
        "blue_green_update_policy": {
            "traffic_routing_configuration": {
                "type": kind,
                "wait_interval_in_seconds": wait_seconds,
                **size,
            },
            "termination_wait_in_seconds": wait_seconds,
            "maximum_execution_timeout_in_seconds": _execution_seconds(watched_seconds),
        }
    }


def _capacity(percent: int) -> dict[str, Any]:
    return {"type": "CAPACITY_PERCENT", "value": percent}


def _execution_seconds(watched_seconds: int) -> int:
    needed = watched_seconds + PROVISIONING_SECONDS
    return max(MIN_EXECUTION_SECONDS, min(needed, MAX_EXECUTION_SECONDS))
