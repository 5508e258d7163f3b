"""CloudWatch Logs: log groups."""

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.type_table import Record
from local.provider.wire import Properties


class _LogGroup(ResourceType):
    """Retention and key have operations of their own."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        name = properties["name"]
        answer = aws.call(self.service, self.read, {"logGroupNamePrefix": name})
        return next((group for group in answer["logGroups"] if group["logGroupName"] == name), None)

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        name = {"logGroupName": properties["name"]}
        if days := properties.get("retentionInDays"):
            request = name | {"retentionInDays": days}
            contract.call(aws, self.service, "PutRetentionPolicy", request)
        else:
            contract.call(aws, self.service, "DeleteRetentionPolicy", name)

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        name, key = {"logGroupName": new["name"]}, new.get("kmsKeyId")
        if key == old.get("kmsKeyId"):
            return
        if key:
            contract.call(aws, self.service, "AssociateKmsKey", name | {"kmsKeyId": key})
        else:
            contract.call(aws, self.service, "DisassociateKmsKey", name)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        if not properties.get("skipDestroy"):
            super().send_delete(aws, resource_id, properties)


TYPES = (
    _LogGroup(
        pulumi_type="aws:cloudwatch/logGroup:LogGroup",
        service="logs",
        create="CreateLogGroup",
        read="DescribeLogGroups",
        update="PutRetentionPolicy",
        delete="DeleteLogGroup",
        key={"name": "logGroupName"},
        prefixed_by="namePrefix",
        not_sent=frozenset({"retentionInDays", "skipDestroy"}),
        found_at={"retentionInDays": "retentionInDays"},
        outputs={"arn": "logGroupArn || arn"},
        tagging=Tagging(
            service="logs",
            tag="TagResource",
            untag="UntagResource",
            read="ListTagsForResource",
            address={"resourceArn": "arn"},
            pair=None,
            create="tags",
            member="tags",
            keys="tagKeys",
            found="tags",
        ),
        used=paths("name namePrefix skipDestroy"),
        inert=paths("kmsKeyId logGroupClass retentionInDays"),
    ),
)
