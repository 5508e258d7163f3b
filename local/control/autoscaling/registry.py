"""What Application Auto Scaling knows: targets, their policies and their scheduled actions."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.aws import ACCOUNT_ID
from local.cloudwatch.alarms import Alarms
from local.control.records import Record, Records
from local.control.service import AwsError
from local.control.tags import Tags

NAMESPACE = "sagemaker"
INSTANCES = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED = "sagemaker:variant:DesiredProvisionedConcurrency"

Key = tuple[str, ...]
"""Service namespace, resource id, scalable dimension; what belongs to a target has its name too."""

_RESOURCE = re.compile(r"endpoint/(?P<endpoint>[^/]+)/variant/(?P<variant>[^/]+)")


class ScalableTargets:
    """The targets of one region and all that belongs to them."""

    def __init__(self, region: str, alarms: Alarms) -> None:
        self._region = region
        self.alarms = alarms
        """CloudWatch's, among which are those of target tracking."""
        self.targets = _records("scalable target")
        self.policies = _records("scaling policy")
        self.actions = _records("scheduled action")
        self.tags = Tags()
        """By the target's ARN."""

    def existing(self, key: Key) -> Record:
        """A target. Raises AwsError if it is not registered."""
        if target := self.targets.find(key):
            return target
        namespace, resource, dimension = key
        raise AwsError(
            "ObjectNotFoundException",
            f"No scalable target registered for service namespace: {namespace}, resource ID: "
            f"{resource}, scalable dimension: {dimension}",
        )

    def deregister(self, key: Key) -> None:
        """Takes a target away, and its policies and scheduled actions with it.

        Raises AwsError if it is not registered.
        https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
        """
        arn = self.existing(key)["ScalableTargetARN"]
        self.targets.delete(key)
        self.tags.forget(arn)
        for found, _ in self.policies:
            if found[:-1] == key:
                self.delete_policy(found)
        for found, _ in self.actions:
            if found[:-1] == key:
                self.actions.delete(found)

    def delete_policy(self, key: Key) -> None:
        """Takes a policy away, and the alarms that were made for it.

        Raises AwsError if it is not there.
        """
        alarms = self.policies.get(key)["Alarms"]
        self.policies.delete(key)
        self.delete_alarms(alarm["AlarmName"] for alarm in alarms)

    def delete_alarms(self, names: Iterable[str]) -> None:
        """Takes alarms of policies away; a user may have done so already."""
        self.alarms.delete([name for name in names if name in self.alarms])

    def variants(self, endpoint: str) -> frozenset[str]:
        """The variants of a SageMaker endpoint that are registered."""
        return frozenset(variant for _, name, variant in self._variants() if name == endpoint)

    def forget(self, endpoint: str) -> None:
        """Takes every variant of a SageMaker endpoint away."""
        for key, name, _ in self._variants():
            if name == endpoint:
                self.deregister(key)

    def target_arn(self, key: Key) -> str:
        """The ARN of a target, registered or not."""
        identity = hashlib.sha256("/".join(key).encode()).hexdigest()[:34]
        return (
            f"arn:aws:application-autoscaling:{self._region}:{ACCOUNT_ID}:scalable-target/"
            f"{identity}"
        )

    def arn(self, kind: str, key: Key) -> str:
        """The ARN of a policy (kind scalingPolicy, policyName) or a scheduled action."""
        namespace, resource, dimension, name = key
        identity = hashlib.sha256("/".join(key).encode()).hexdigest()[:32]
        return (
            f"arn:aws:autoscaling:{self._region}:{ACCOUNT_ID}:{kind}:{identity}:resource/"
            f"{namespace}/{resource}:{_NAMED[kind]}/{name}"
        )

    def alarm_arn(self, name: str) -> str:
        """The ARN of an alarm."""
        return f"arn:aws:cloudwatch:{self._region}:{ACCOUNT_ID}:alarm:{name}"

    def _variants(self) -> Iterator[tuple[Key, str, str]]:
        for key, _ in self.targets:
            yield key, *variant_of(key)


_NAMED = {"scalingPolicy": "policyName", "scheduledAction": "scheduledActionName"}


def target_key(request: Mapping[str, Any]) -> Key:
    """The target that a request names. Raises AwsError for what the local cloud cannot scale."""
    namespace, dimension = request["ServiceNamespace"], request["ScalableDimension"]
    if namespace != NAMESPACE or dimension not in (INSTANCES, PROVISIONED):
        raise invalid(
            f"the local cloud does not have scalable dimension {dimension} of service namespace "
            f"{namespace}. Allowed: {INSTANCES}, {PROVISIONED} of {NAMESPACE}."
        )
    key = (namespace, request["ResourceId"], dimension)
    if not _RESOURCE.fullmatch(request["ResourceId"]):
        raise invalid(
            f"ResourceId is {request['ResourceId']}. Allowed: endpoint/<name>/variant/<name>."
        )
    return key


def variant_of(key: Key) -> tuple[str, str]:
    """Endpoint and variant of a target."""
    match = _RESOURCE.fullmatch(key[1])
    if match is None:
        raise ValueError(f"{key[1]} is no variant")
    return match["endpoint"], match["variant"]


def described(records: Records, request: Record, *, result: str, named: str) -> Record:
    """What a Describe operation answers: the records that its filters leave, on one page.

    result: member of the answer. named: member of a record and, with an s, of the request.
    """
    wanted = request.get(f"{named}s")
    found = [
        record
        for _, record in records
        if (not wanted or record[named] in wanted)
        and all(
            request.get(member) in (None, record[member])
            for member in ("ServiceNamespace", "ResourceId", "ScalableDimension")
        )
    ]
    return {result: found}


def invalid(message: str) -> AwsError:
    """A request that makes no sense."""
    return AwsError("ValidationException", message)


def _records(noun: str) -> Records:
    return Records(noun, missing="ObjectNotFoundException", taken="ValidationException")
