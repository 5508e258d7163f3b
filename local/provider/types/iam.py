"""IAM: roles and their inline policies."""

from local.provider.resource_type import ResourceType

TYPES = (
    ResourceType(
        pulumi_type="aws:iam/role:Role",
        service="iam",
        create="CreateRole",
        read="GetRole",
        delete="DeleteRole",
        key={"name": "RoleName"},
        renames={"assumeRolePolicy": "AssumeRolePolicyDocument"},
        not_read=frozenset({"AssumeRolePolicyDocument"}),
        record="Role",
        outputs={"arn": "Arn", "uniqueId": "RoleId"},
    ),
    ResourceType(
        pulumi_type="aws:iam/rolePolicy:RolePolicy",
        service="iam",
        create="PutRolePolicy",
        read="GetRolePolicy",
        update="PutRolePolicy",
        delete="DeleteRolePolicy",
        key={"role": "RoleName", "name": "PolicyName"},
        renames={"policy": "PolicyDocument"},
        not_read=frozenset({"PolicyDocument"}),
    ),
)
