"""Application Auto Scaling: scalable targets and scaling policies; both are put, not created."""

from typing import Any

from local.provider.resource_type import ResourceType
from local.provider.wire import Properties

_TARGET_KEY = {
    "serviceNamespace": "ServiceNamespace",
    "resourceId": "ResourceId",
    "scalableDimension": "ScalableDimension",
}


class _Target(ResourceType):
    def look_up(self, aws: Any, resource_id: str, properties: Properties) -> Any:
        answer = aws.call(
            self.service,
            self.read,
            {
                "ServiceNamespace": properties["serviceNamespace"],
                "ResourceIds": [properties["resourceId"]],
                "ScalableDimension": properties["scalableDimension"],
            },
        )
        return next(iter(answer["ScalableTargets"]), None)


class _Policy(ResourceType):
    def look_up(self, aws: Any, resource_id: str, properties: Properties) -> Any:
        answer = aws.call(
            self.service,
            self.read,
            {
                "PolicyNames": [properties["name"]],
                "ServiceNamespace": properties["serviceNamespace"],
                "ResourceId": properties["resourceId"],
            },
        )
        return next(iter(answer["ScalingPolicies"]), None)


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
        outputs={"arn": "ScalableTargetARN"},
    ),
    _Policy(
        pulumi_type="aws:appautoscaling/policy:Policy",
        service="application-autoscaling",
        create="PutScalingPolicy",
        read="DescribeScalingPolicies",
        update="PutScalingPolicy",
        delete="DeleteScalingPolicy",
        key={"name": "PolicyName", **_TARGET_KEY},
        outputs={"arn": "PolicyARN"},
    ),
)
