"""CloudWatch Logs: log groups."""

from typing import Any

from local.provider.resource_type import ResourceType
from local.provider.wire import Properties


class _LogGroup(ResourceType):
    """The retention has an operation of its own, and is all that can be changed here."""

    def look_up(self, aws: Any, resource_id: str, properties: Properties) -> Any:
        name = properties["name"]
        answer = aws.call(self.service, self.read, {"logGroupNamePrefix": name})
        return next((group for group in answer["logGroups"] if group["logGroupName"] == name), None)

    def finish(self, aws: Any, resource_id: str, properties: Properties) -> None:
        name = {"logGroupName": properties["name"]}
        if days := properties.get("retentionInDays"):
            aws.call(self.service, "PutRetentionPolicy", name | {"retentionInDays": days})
        else:
            aws.call(self.service, "DeleteRetentionPolicy", name)

    def send_change(self, aws: Any, resource_id: str, old: Properties, new: Properties) -> None:
        """Nothing: `finish` sets the retention."""


TYPES = (
    _LogGroup(
        pulumi_type="aws:cloudwatch/logGroup:LogGroup",
        service="logs",
        create="CreateLogGroup",
        read="DescribeLogGroups",
        update="PutRetentionPolicy",
        delete="DeleteLogGroup",
        key={"name": "logGroupName"},
        not_sent=frozenset({"retentionInDays", "skipDestroy"}),
        outputs={"arn": "logGroupArn || arn"},
    ),
)
