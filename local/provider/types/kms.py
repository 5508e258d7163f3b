"""KMS: customer-managed keys and their aliases."""

from collections.abc import Mapping
from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.type_table import Record
from local.provider.wire import Properties


class _Key(ResourceType):
    """Rotation, policy and state have operations of their own; deletion is a waiting period."""

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return str(answer["KeyMetadata"]["KeyId"])

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        key: dict[str, Any] = {"KeyId": resource_id}
        if properties.get("enableKeyRotation", False):
            days = properties.get("rotationPeriodInDays")
            period = {"RotationPeriodInDays": days} if days else {}
            contract.call(aws, self.service, "EnableKeyRotation", key | period)
        else:
            contract.call(aws, self.service, "DisableKeyRotation", key)
        operation = "EnableKey" if properties.get("isEnabled", True) else "DisableKey"
        contract.call(aws, self.service, operation, key)

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        record = super().look_up(aws, resource_id, properties)
        if record is None or record["KeyState"] == "PendingDeletion":
            return None
        key = {"KeyId": resource_id}
        policy = aws.call(self.service, "GetKeyPolicy", key | {"PolicyName": "default"})
        return record | policy | aws.call(self.service, "GetKeyRotationStatus", key)

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        key = {"KeyId": resource_id}
        if policy := new.get("policy"):
            request = key | {"PolicyName": "default", "Policy": policy}
            contract.call(aws, self.service, "PutKeyPolicy", request)
        request = key | {"Description": new.get("description", "")}
        contract.call(aws, self.service, "UpdateKeyDescription", request)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        days = properties.get("deletionWindowInDays", 30)
        request = {"KeyId": resource_id, "PendingWindowInDays": days}
        contract.call(aws, self.service, self.delete, request)


class _Alias(ResourceType):
    """KMS tells the id of its key, and not the ARN."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        aliases = aws.call(self.service, self.read, {})["Aliases"]
        for alias in aliases:
            if alias["AliasName"] == properties["name"]:
                account = alias["AliasArn"].partition(":alias/")[0]
                return {**alias, "TargetKeyArn": f"{account}:key/{alias['TargetKeyId']}"}
        return None


TYPES = (
    _Key(
        pulumi_type="aws:kms/key:Key",
        service="kms",
        create="CreateKey",
        read="DescribeKey",
        update="UpdateKeyDescription",
        delete="ScheduleKeyDeletion",
        key={},
        generated_key="KeyId",
        named_by="",
        not_sent=frozenset(
            {"deletionWindowInDays", "enableKeyRotation", "isEnabled", "rotationPeriodInDays"}
        ),
        found_at={
            "enableKeyRotation": "KeyRotationEnabled",
            "isEnabled": "Enabled",
            "rotationPeriodInDays": "RotationPeriodInDays",
        },
        record="KeyMetadata",
        outputs={"arn": "Arn", "keyId": "KeyId"},
        tagging=Tagging(
            service="kms",
            tag="TagResource",
            untag="UntagResource",
            read="ListResourceTags",
            address={"KeyId": "id"},
            pair=("TagKey", "TagValue"),
        ),
        used=paths("deletionWindowInDays isEnabled"),
        inert=paths("description enableKeyRotation policy rotationPeriodInDays"),
    ),
    _Alias(
        pulumi_type="aws:kms/alias:Alias",
        service="kms",
        create="CreateAlias",
        read="ListAliases",
        update="UpdateAlias",
        delete="DeleteAlias",
        key={"name": "AliasName"},
        prefixed_by="namePrefix",
        outputs={"arn": "AliasArn", "targetKeyArn": "TargetKeyArn"},
        moving=frozenset({"targetKeyArn"}),
        used=paths("name namePrefix targetKeyId"),
    ),
)
