"""KMS: customer-managed keys and their aliases."""

from typing import Any

from local.provider.resource_type import ResourceType
from local.provider.wire import Properties


class _Key(ResourceType):
    """Rotation and policy have operations of their own; deletion is a waiting period."""

    def identify(self, properties: Properties, answer: Any) -> str:
        return str(answer["KeyMetadata"]["KeyId"])

    def finish(self, aws: Any, resource_id: str, properties: Properties) -> None:
        rotates = properties.get("enableKeyRotation", False)
        operation = "EnableKeyRotation" if rotates else "DisableKeyRotation"
        aws.call(self.service, operation, {"KeyId": resource_id})

    def send_change(self, aws: Any, resource_id: str, old: Properties, new: Properties) -> None:
        if policy := new.get("policy"):
            request = {"KeyId": resource_id, "PolicyName": "default", "Policy": policy}
            aws.call(self.service, "PutKeyPolicy", request)
        request = {"KeyId": resource_id, "Description": new.get("description", "")}
        aws.call(self.service, "UpdateKeyDescription", request)

    def send_delete(self, aws: Any, resource_id: str, properties: Properties) -> None:
        days = properties.get("deletionWindowInDays", 30)
        request = {"KeyId": resource_id, "PendingWindowInDays": days}
        aws.call(self.service, self.delete, request)


class _Alias(ResourceType):
    def look_up(self, aws: Any, resource_id: str, properties: Properties) -> Any:
        aliases = aws.call(self.service, self.read, {})["Aliases"]
        return next((a for a in aliases if a["AliasName"] == properties["name"]), None)


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
        not_sent=frozenset({"enableKeyRotation", "deletionWindowInDays"}),
        not_read=frozenset({"Policy"}),
        record="KeyMetadata",
        outputs={"arn": "Arn", "keyId": "KeyId"},
    ),
    _Alias(
        pulumi_type="aws:kms/alias:Alias",
        service="kms",
        create="CreateAlias",
        read="ListAliases",
        update="UpdateAlias",
        delete="DeleteAlias",
        key={"name": "AliasName"},
        outputs={"arn": "AliasArn", "targetKeyArn": "TargetKeyId"},
    ),
)
