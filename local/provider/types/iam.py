"""IAM: roles and their inline policies; managed policies are in a module of their own."""

from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.types.iam_policies import POLICY_TYPES
from local.provider.wire import Properties


class _Role(ResourceType):
    """Each part of a role has an updating operation of its own."""

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        def changed(*names: str) -> bool:
            return any(old.get(name) != new.get(name) for name in names)

        def call(operation: str, **members: Any) -> None:
            request = {"RoleName": new["name"], **members}
            contract.call(aws, self.service, operation, request)

        if changed("assumeRolePolicy"):
            call("UpdateAssumeRolePolicy", PolicyDocument=new["assumeRolePolicy"])
        if changed("description", "maxSessionDuration"):
            duration = new.get("maxSessionDuration", 3600)
            description = new.get("description", "")
            call("UpdateRole", Description=description, MaxSessionDuration=duration)
        if changed("permissionsBoundary") and new.get("permissionsBoundary"):
            call("PutRolePermissionsBoundary", PermissionsBoundary=new["permissionsBoundary"])
        elif changed("permissionsBoundary"):
            call("DeleteRolePermissionsBoundary")


TYPES = (
    _Role(
        pulumi_type="aws:iam/role:Role",
        service="iam",
        create="CreateRole",
        read="GetRole",
        update="UpdateRole",
        delete="DeleteRole",
        key={"name": "RoleName"},
        prefixed_by="namePrefix",
        renames={"assumeRolePolicy": "AssumeRolePolicyDocument"},
        not_sent=frozenset({"forceDetachPolicies"}),
        found_at={"permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn"},
        not_read=frozenset({"PermissionsBoundary"}),
        record="Role",
        outputs={"arn": "Arn", "uniqueId": "RoleId", "createDate": "CreateDate"},
        tagging=Tagging(
            service="iam",
            tag="TagRole",
            untag="UntagRole",
            read="ListRoleTags",
            address={"RoleName": "name"},
        ),
        used=paths("name namePrefix path"),
        inert=paths("""
            assumeRolePolicy description forceDetachPolicies maxSessionDuration
            permissionsBoundary
        """),
    ),
    ResourceType(
        pulumi_type="aws:iam/rolePolicy:RolePolicy",
        service="iam",
        create="PutRolePolicy",
        read="GetRolePolicy",
        update="PutRolePolicy",
        delete="DeleteRolePolicy",
        key={"role": "RoleName", "name": "PolicyName"},
        prefixed_by="namePrefix",
        renames={"policy": "PolicyDocument"},
        used=paths("name namePrefix role"),
        inert=paths("policy"),
    ),
    *POLICY_TYPES,
)
