"""Application Auto Scaling as records: targets and policies are put, listed and taken away."""

from collections.abc import Mapping
from typing import Any

from local.aws import ACCOUNT_ID
from local.clock import Clock
from local.control.records import Record, Records
from local.control.service import Handler

_TARGET_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")


class AutoScaling:
    """Scalable targets and scaling policies of one region. Not here: anything that scales."""

    def __init__(self, region: str, clock: Clock) -> None:
        self._arn = f"arn:aws:application-autoscaling:{region}:{ACCOUNT_ID}"
        self._clock = clock
        self._targets = Records("scalable target", "ObjectNotFoundException", "ValidationException")
        self._policies = Records("scaling policy", "ObjectNotFoundException", "ValidationException")

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "RegisterScalableTarget": self._register,
            "DescribeScalableTargets": self._describe_targets,
            "DeregisterScalableTarget": lambda request: self._targets.delete(_target(request)),
            "PutScalingPolicy": self._put_policy,
            "DescribeScalingPolicies": self._describe_policies,
            "DeleteScalingPolicy": lambda request: self._policies.delete(_policy(request)),
            "ListTagsForResource": lambda request: {"Tags": {}},
        }

    def _register(self, request: Record) -> Record:
        arn = f"{self._arn}:scalable-target/{'/'.join(_target(request))}"
        stamped = {"CreationTime": self._clock(), "ScalableTargetARN": arn}
        self._targets.put(_target(request), request | stamped)
        return {"ScalableTargetARN": arn}

    def _describe_targets(self, request: Record) -> Record:
        wanted = request.get("ResourceIds")
        return {
            "ScalableTargets": [
                record
                for _, record in self._targets
                if record["ServiceNamespace"] == request["ServiceNamespace"]
                and (not wanted or record["ResourceId"] in wanted)
                and _matches(record, request, "ScalableDimension")
            ]
        }

    def _put_policy(self, request: Record) -> Record:
        self._targets.get(_target(request))  # AWS refuses a policy without its target
        arn = f"{self._arn}:scalingPolicy:{'/'.join(_policy(request))}"
        stamped = {"CreationTime": self._clock(), "PolicyARN": arn}
        self._policies.put(_policy(request), request | stamped)
        return {"PolicyARN": arn, "Alarms": []}

    def _describe_policies(self, request: Record) -> Record:
        wanted = request.get("PolicyNames")
        return {
            "ScalingPolicies": [
                record
                for _, record in self._policies
                if record["ServiceNamespace"] == request["ServiceNamespace"]
                and (not wanted or record["PolicyName"] in wanted)
                and _matches(record, request, "ResourceId")
                and _matches(record, request, "ScalableDimension")
            ]
        }


def _matches(record: Record, request: Mapping[str, Any], member: str) -> bool:
    return member not in request or bool(record[member] == request[member])


def _target(request: Record) -> tuple[str, ...]:
    return tuple(request[member] for member in _TARGET_KEY)


def _policy(request: Record) -> tuple[str, ...]:
    return (*_target(request), request["PolicyName"])
