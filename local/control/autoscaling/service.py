"""Application Auto Scaling over the wire: targets, and what moves their capacity."""

import logging
import threading
from collections.abc import Mapping

from local.aws import ACCOUNT_ID
from local.clock import Clock
from local.control.autoscaling.actions import ScheduledActions
from local.control.autoscaling.capacity import Capacities, check_limits
from local.control.autoscaling.dynamic import DynamicScaling
from local.control.autoscaling.policies import Policies
from local.control.autoscaling.registry import (
    Key,
    ScalableTargets,
    described,
    invalid,
    target_key,
)
from local.control.records import Record
from local.control.sagemaker.endpoints import Endpoints
from local.control.service import AwsError, Handler

_log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
"""Between two looks at what is due."""

_ROLE = (
    f"arn:aws:iam::{ACCOUNT_ID}:role/aws-service-role/"
    "sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)
"""https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html"""

_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


class AutoScaling:
    """Scalable targets of one region, with scheduled actions and policies.

    Limits hold when they are set, when a schedule sets them, and for what policies do.
    alarm_clock: of the alarms, and so of cooldowns.
    """

    def __init__(
        self, registry: ScalableTargets, endpoints: Endpoints, clock: Clock, alarm_clock: Clock
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._capacities = Capacities(endpoints)
        self._policies = Policies(registry, clock)
        self._actions = ScheduledActions(registry, self._capacities.find, clock)
        self._dynamic = DynamicScaling(registry, self._capacities, alarm_clock)
        self._outside: set[Key] = set()
        """Targets whose capacity waits for another change of their endpoint to end."""
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "RegisterScalableTarget": self._register,
            "DescribeScalableTargets": lambda request: described(
                self._registry.targets, request, result="ScalableTargets", named="ResourceId"
            ),
            "DeregisterScalableTarget": lambda request: self._registry.deregister(
                target_key(request)
            ),
            **self._policies.handlers(),
            **self._actions.handlers(),
            "ListTagsForResource": lambda request: {"Tags": self._tags_of(request)},
            "TagResource": lambda request: self._tag(self._tagged(request), request["Tags"]),
            "UntagResource": lambda request: self._registry.tags.remove(
                self._tagged(request), request["TagKeys"]
            ),
        }

    def start(self, check_seconds: float = CHECK_SECONDS) -> None:
        """Begins to do what is due, in a thread of its own."""
        threading.Thread(
            target=self._run, args=(check_seconds,), name="autoscaling", daemon=True
        ).start()

    def close(self) -> None:
        """Ends that."""
        self._closing.set()

    def run_due(self) -> None:
        """Does what is due: scheduled actions, capacities that had to wait, actions of alarms."""
        ran = self._actions.run_due()
        with self._lock:
            waiting = self._outside | set(ran)
            self._outside = set()
        for key in waiting:
            self._confine(key)
        self._dynamic.run_due()

    def _run(self, check_seconds: float) -> None:
        while not self._closing.wait(check_seconds):
            try:
                self.run_due()
            except Exception:  # the next look may do better, and nobody waits for this one
                _log.exception("scaling failed")

    def _register(self, request: Record) -> Record:
        key = target_key(request)
        capacity = self._capacities.check(key)
        arn = self._registry.target_arn(key)
        found = self._registry.targets.find(key)
        if found and "Tags" in request:
            raise invalid(
                "The scalable target that you tried to tag already exists. To update tags on an "
                "existing scalable target, use the TagResource API."
            )
        target = (found or _new_target(arn)) | _without_tags(request)
        missing = [member for member in ("MinCapacity", "MaxCapacity") if member not in target]
        if missing:
            raise invalid(f"A new scalable target needs {', '.join(missing)}.")
        check_limits(target["MinCapacity"], target["MaxCapacity"], capacity)
        if "SuspendedState" in request:
            before = (found or {}).get("SuspendedState", _NOT_SUSPENDED)
            target["SuspendedState"] = before | request["SuspendedState"]
        self._registry.targets.put(key, {"CreationTime": self._clock()} | target)
        self._tag(arn, request.get("Tags", {}))
        self._confine(key)
        return {"ScalableTargetARN": arn}

    def _confine(self, key: Key) -> None:
        """Brings a target's capacity within its limits, now or as soon as its endpoint rests."""
        target = self._registry.targets.find(key)
        if target and not self._capacities.confine(
            key, target["MinCapacity"], target["MaxCapacity"]
        ):
            with self._lock:
                self._outside.add(key)

    def _tag(self, arn: str, tags: Mapping[str, str]) -> None:
        self._registry.tags.add(arn, [{"Key": k, "Value": v} for k, v in tags.items()])

    def _tags_of(self, request: Record) -> dict[str, str]:
        tags = self._registry.tags.of(self._tagged(request))
        return {tag["Key"]: tag["Value"] for tag in tags}

    def _tagged(self, request: Record) -> str:
        """The ARN of a target that is registered."""
        arn: str = request["ResourceARN"]
        if not any(target["ScalableTargetARN"] == arn for _, target in self._registry.targets):
            raise AwsError("ResourceNotFoundException", f"There is no resource {arn}.")
        return arn


def _new_target(arn: str) -> Record:
    return {"ScalableTargetARN": arn, "RoleARN": _ROLE, "SuspendedState": _NOT_SUSPENDED}


def _without_tags(request: Record) -> Record:
    return {member: value for member, value in request.items() if member != "Tags"}
