"""Application Auto Scaling: targets, policies, scheduled actions; all are put, not created."""

from collections.abc import Mapping
from typing import Any

from local.aws import Aws
from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.type_table import Record
from local.provider.wire import Properties

_TARGET_KEY = {
    "serviceNamespace": "ServiceNamespace",
    "resourceId": "ResourceId",
    "scalableDimension": "ScalableDimension",
}

_TAGS = Tagging(
    service="application-autoscaling",
    tag="TagResource",
    untag="UntagResource",
    read="ListTagsForResource",
    address={"ResourceARN": "arn"},
    pair=None,
)


class _Target(ResourceType):
    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        request = {
            "ServiceNamespace": properties["serviceNamespace"],
            "ResourceIds": [properties["resourceId"]],
            "ScalableDimension": properties["scalableDimension"],
        }
        return _only(aws.call(self.service, self.read, request), "ScalableTargets")


class _Policy(ResourceType):
    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        request = self.address(resource_id, properties)
        request["PolicyNames"] = [request.pop("PolicyName")]
        return _only(aws.call(self.service, self.read, request), "ScalingPolicies")


class _ScheduledAction(ResourceType):
    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        request = self.address(resource_id, properties)
        request["ScheduledActionNames"] = [request.pop("ScheduledActionName")]
        return _only(aws.call(self.service, self.read, request), "ScheduledActions")


def _only(answer: Mapping[str, Any], member: str) -> Record | None:
    return next(iter(answer[member]), None)


TYPES = (
    _Target(
        pulumi_type="aws:appautoscaling/target:Target",
        service="application-autoscaling",
        create="RegisterScalableTarget",
        read="DescribeScalableTargets",
        update="RegisterScalableTarget",
        delete="DeregisterScalableTarget",
        key=_TARGET_KEY,
        named_by="",
        outputs={"arn": "ScalableTargetARN", "roleArn": "RoleARN"},
        tagging=_TAGS,
        used=paths("""
            serviceNamespace resourceId scalableDimension minCapacity maxCapacity
            suspendedState
        """),
    ),
    _Policy(
        pulumi_type="aws:appautoscaling/policy:Policy",
        service="application-autoscaling",
        create="PutScalingPolicy",
        read="DescribeScalingPolicies",
        update="PutScalingPolicy",
        delete="DeleteScalingPolicy",
        key={"name": "PolicyName", **_TARGET_KEY},
        outputs={"arn": "PolicyARN", "alarmArns": "Alarms[].AlarmARN"},
        used=paths("""
            name serviceNamespace resourceId scalableDimension policyType
            stepScalingPolicyConfiguration targetTrackingScalingPolicyConfiguration
        """),
    ),
    _ScheduledAction(
        pulumi_type="aws:appautoscaling/scheduledAction:ScheduledAction",
        service="application-autoscaling",
        create="PutScheduledAction",
        read="DescribeScheduledActions",
        update="PutScheduledAction",
        delete="DeleteScheduledAction",
        key={"name": "ScheduledActionName", **_TARGET_KEY},
        outputs={"arn": "ScheduledActionARN"},
        used=paths("""
            name serviceNamespace resourceId scalableDimension scalableTargetAction schedule
            timezone startTime endTime
        """),
    ),
)
