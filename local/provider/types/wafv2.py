"""AWS WAF: web ACLs, what they guard, and their logs. Nothing is filtered on one machine."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.errors import is_missing
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.type_table import Record
from local.provider.wire import Properties


class _WebAcl(ResourceType):
    """Every change needs the token of the state that it changes."""

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return str(answer["Summary"]["Id"])

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        request = self.request(new, "UpdateWebACL") | self._locked(aws, resource_id, new)
        contract.call(aws, self.service, "UpdateWebACL", request)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        aws.call(self.service, self.delete, self._locked(aws, resource_id, properties))

    def _locked(self, aws: Aws, resource_id: str, properties: Properties) -> dict[str, Any]:
        address = self.address(resource_id, properties)
        return address | {"LockToken": aws.call(self.service, self.read, address)["LockToken"]}


class _Association(ResourceType):
    """Read from the guarded resource's side: gone if another ACL guards it, or none."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        request = {"ResourceArn": properties["resourceArn"]}
        try:
            found = aws.call(self.service, self.read, request).get("WebACL") or {}
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        if found.get("ARN") != properties["webAclArn"]:
            return None
        return {"ResourceArn": properties["resourceArn"], "WebACLArn": found["ARN"]}

    def address(self, resource_id: str, properties: Properties) -> dict[str, Any]:
        return {"ResourceArn": properties["resourceArn"]}

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return f"{properties['webAclArn']},{properties['resourceArn']}"


TYPES = (
    _WebAcl(
        pulumi_type="aws:wafv2/webAcl:WebAcl",
        service="wafv2",
        create="CreateWebACL",
        read="GetWebACL",
        update="UpdateWebACL",
        delete="DeleteWebACL",
        key={"name": "Name", "scope": "Scope"},
        generated_key="Id",
        prefixed_by="namePrefix",
        keyed_by={"customResponseBodies": "key"},
        record="WebACL",
        not_read=frozenset({"Scope"}),
        outputs={"arn": "ARN", "capacity": "Capacity"},
        moving=frozenset({"capacity"}),
        tagging=Tagging(
            service="wafv2",
            tag="TagResource",
            untag="UntagResource",
            read="ListTagsForResource",
            address={"ResourceARN": "arn"},
            found="TagInfoForResource.TagList",
        ),
        used=paths("name namePrefix scope"),
        inert=paths("""
            customResponseBodies dataProtectionConfig defaultAction description rules
            visibilityConfig
        """),
    ),
    _Association(
        pulumi_type="aws:wafv2/webAclAssociation:WebAclAssociation",
        service="wafv2",
        create="AssociateWebACL",
        read="GetWebACLForResource",
        delete="DisassociateWebACL",
        key={"resourceArn": "ResourceArn", "webAclArn": "WebACLArn"},
        named_by="",
        used=paths("resourceArn webAclArn"),
    ),
    ResourceType(
        pulumi_type="aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        service="wafv2",
        create="PutLoggingConfiguration",
        read="GetLoggingConfiguration",
        update="PutLoggingConfiguration",
        delete="DeleteLoggingConfiguration",
        key={"resourceArn": "ResourceArn"},
        named_by="",
        renames={
            "logDestinationConfigs": "LoggingConfiguration.LogDestinationConfigs",
            "loggingFilter": "LoggingConfiguration.LoggingFilter",
            "redactedFields": "LoggingConfiguration.RedactedFields",
            "resourceArn": "LoggingConfiguration.ResourceArn",
        },
        used=paths("resourceArn"),
        inert=paths("logDestinationConfigs loggingFilter redactedFields"),
    ),
)
