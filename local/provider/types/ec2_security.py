"""EC2: security groups and their rules. Nothing is filtered on one machine."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.type_table import Record
from local.provider.types.ec2_resource import Ec2Resource, arn, tagged
from local.provider.types.ec2_use import Occupied
from local.provider.wire import Properties

_RULE = """
    {protocol: IpProtocol, fromPort: FromPort, toPort: ToPort, cidrBlocks: IpRanges[].CidrIp,
     securityGroups: UserIdGroupPairs[].GroupId, prefixListIds: PrefixListIds[].PrefixListId}
"""
_INGRESS, _EGRESS = f"IpPermissions[].{_RULE}", f"IpPermissionsEgress[].{_RULE}"


_DESCRIPTION = r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}"
"""What EC2 takes as the description of a group or a rule; botocore's model does not say so.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
"""


def _description_faults(properties: Properties) -> list[str]:
    description = properties.get("description", "")
    if re.fullmatch(_DESCRIPTION, description):
        return []
    return [
        f"description: {description!r} is not up to 255 letters, digits, spaces and "
        "._-:/()#,@[]+=&;{}!$* (API_CreateSecurityGroup)"
    ]


class _Group(Occupied):
    """A group begins with no rules: the one that EC2 gives it, everything out, is taken away.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """

    def faults(self, properties: Properties) -> list[str]:
        return [*super().faults(properties), *_description_faults(properties)]

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        _take_rules(aws, resource_id, ["IpPermissionsEgress"])


class _DefaultGroup(Ec2Resource):
    """The group that every VPC has is taken over, and never deleted. Its rules are taken away."""

    def faults(self, properties: Properties) -> list[str]:
        given = [name for name in ("egress", "ingress") if properties.get(name)]
        return [
            f"{name}: the local cloud takes a default group's rules away only" for name in given
        ]

    def make(self, aws: Aws, properties: Properties) -> tuple[str, Record]:
        found = {"vpc-id": properties["vpcId"], "group-name": "default"}
        filters = [{"Name": name, "Values": [value]} for name, value in found.items()]
        [group] = aws.call(self.service, self.read, {"Filters": filters})["SecurityGroups"]
        resource_id: str = group["GroupId"]
        old = {"vpcId": properties["vpcId"], "egress": None}
        return resource_id, self.change(aws, resource_id, old, {"egress": []} | properties)

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        _take_rules(aws, resource_id, ["IpPermissions", "IpPermissionsEgress"])

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """Nothing: it goes with its VPC."""


def _take_rules(aws: Aws, group_id: str, directions: Sequence[str]) -> None:
    [group] = aws.call("ec2", "DescribeSecurityGroups", {"GroupIds": [group_id]})["SecurityGroups"]
    operations = {
        "IpPermissions": "RevokeSecurityGroupIngress",
        "IpPermissionsEgress": "RevokeSecurityGroupEgress",
    }
    for direction in directions:
        if rules := group[direction]:
            request = {"GroupId": group_id, "IpPermissions": rules}
            contract.call(aws, "ec2", operations[direction], request)


_SOURCES = {
    "cidrIpv4": ("IpRanges", "CidrIp"),
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}
"""Where a rule's other side stands in an authorization: a list, and the member of its one item."""

_FOUND_AT = {
    "cidrIpv4": "CidrIpv4",
    "description": "Description",
    "fromPort": "FromPort",
    "ipProtocol": "IpProtocol",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
    "toPort": "ToPort",
}


@dataclass(frozen=True, kw_only=True)
class _Rule(Ec2Resource):
    """A rule is authorized in one form, and read and changed in another."""

    read: str = "DescribeSecurityGroupRules"
    update: str | None = "ModifySecurityGroupRules"

    def faults(self, properties: Properties) -> list[str]:
        return [*super().faults(properties), *_description_faults(properties)]

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        permission: dict[str, Any] = {
            _FOUND_AT[name]: properties[name]
            for name in ("ipProtocol", "fromPort", "toPort")
            if name in properties
        }
        described = (
            {"Description": properties["description"]} if "description" in properties else {}
        )
        for name, (items, member) in _SOURCES.items():
            if name in properties:
                permission[items] = [{member: properties[name], **described}]
        return super().request(properties, operation) | {"IpPermissions": [permission]}

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """After a create too: moto drops the description in most authorizations."""
        rule = {
            member: properties[name] for name, member in _FOUND_AT.items() if name in properties
        }
        if group := rule.pop("ReferencedGroupInfo.GroupId", None):
            rule["ReferencedGroupId"] = group
        changed = {"SecurityGroupRuleId": resource_id, "SecurityGroupRule": rule}
        request = {"GroupId": properties["securityGroupId"], "SecurityGroupRules": [changed]}
        contract.call(aws, self.service, "ModifySecurityGroupRules", request)

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """Nothing: what follows a create follows a change."""

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        request = {
            "GroupId": properties["securityGroupId"],
            "SecurityGroupRuleIds": [resource_id],
        }
        aws.call(self.service, self.delete, request)


def _rule(direction: str) -> _Rule:
    return _Rule(
        pulumi_type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        create=f"AuthorizeSecurityGroup{direction}",
        delete=f"RevokeSecurityGroup{direction}",
        key={},
        generated_key="SecurityGroupRuleId",
        listed="SecurityGroupRuleIds",
        made="SecurityGroupRules[0].SecurityGroupRuleId",
        renames={"securityGroupId": "GroupId"},
        not_sent=frozenset(_FOUND_AT),
        found_at=_FOUND_AT,
        not_read=frozenset({"IpPermissions"}),
        record="SecurityGroupRules[0]",
        outputs={"securityGroupRuleId": "SecurityGroupRuleId"},
        computed={"arn": arn("security-group-rule")},
        tagging=tagged("security-group-rule"),
        used=paths("securityGroupId"),
        inert=frozenset(_FOUND_AT),
    )


TYPES = (
    _Group(
        pulumi_type="aws:ec2/securityGroup:SecurityGroup",
        create="CreateSecurityGroup",
        read="DescribeSecurityGroups",
        delete="DeleteSecurityGroup",
        key={},
        generated_key="GroupId",
        listed="GroupIds",
        made="GroupId",
        named_by="name",
        prefixed_by="namePrefix",
        renames={"name": "GroupName"},
        record="SecurityGroups[0]",
        outputs={"arn": "SecurityGroupArn", "ownerId": "OwnerId"},
        tagging=tagged("security-group"),
        used=paths("name namePrefix vpcId"),
        inert=paths("description"),
    ),
    _DefaultGroup(
        pulumi_type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        # Nothing is created; what is there already is read and changed.
        create="DescribeSecurityGroups",
        read="DescribeSecurityGroups",
        update="RevokeSecurityGroupIngress",
        delete="DescribeSecurityGroups",
        key={},
        generated_key="GroupId",
        listed="GroupIds",
        made="GroupId",
        not_sent=frozenset({"egress", "ingress", "vpcId"}),
        found_at={"egress": _EGRESS, "ingress": _INGRESS, "vpcId": "VpcId"},
        record="SecurityGroups[0]",
        outputs={"arn": "SecurityGroupArn", "ownerId": "OwnerId"},
        tagging=tagged("security-group"),
        used=paths("vpcId"),
        inert=paths("egress ingress"),
    ),
    _rule("Ingress"),
    _rule("Egress"),
)
