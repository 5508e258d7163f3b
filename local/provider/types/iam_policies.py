"""IAM: managed policies, what they are attached to, and identity providers."""

from collections.abc import Mapping
from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.errors import ProviderError
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.type_table import Record
from local.provider.wire import Properties

SCHEME = "https://"


class _Policy(ResourceType):
    """A document is a version of the policy: five at most, one of them in force.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
    """

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return str(answer["Policy"]["Arn"])

    def collides(self, old: Properties, new: Properties) -> bool:
        """A name is taken whatever the path."""
        return bool(old.get("name") == new.get("name"))

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        record = super().look_up(aws, resource_id, properties)
        if record is None:
            return None
        request = {"PolicyArn": resource_id, "VersionId": record["DefaultVersionId"]}
        version = aws.call(self.service, "GetPolicyVersion", request)["PolicyVersion"]
        return record | {"PolicyDocument": version["Document"]}

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        self._forget_versions(aws, resource_id)
        request = {
            "PolicyArn": resource_id,
            "PolicyDocument": new["policy"],
            "SetAsDefault": True,
        }
        contract.call(aws, self.service, "CreatePolicyVersion", request)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        self._forget_versions(aws, resource_id)
        super().send_delete(aws, resource_id, properties)

    def _forget_versions(self, aws: Aws, arn: str) -> None:
        """Deletes those that are not in force."""
        policy = {"PolicyArn": arn}
        for version in aws.call(self.service, "ListPolicyVersions", policy)["Versions"]:
            if not version["IsDefaultVersion"]:
                request = policy | {"VersionId": version["VersionId"]}
                aws.call(self.service, "DeletePolicyVersion", request)


class _Attachment(ResourceType):
    """It is there where the role's list names the policy."""

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        record = super().look_up(aws, resource_id, properties)
        attached = record["AttachedPolicies"] if record else []
        if properties["policyArn"] not in {policy["PolicyArn"] for policy in attached}:
            return None
        return {"RoleName": properties["role"], "PolicyArn": properties["policyArn"]}

    def address(self, resource_id: str, properties: Properties) -> dict[str, Any]:
        return {"RoleName": properties["role"]}

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        aws.call(self.service, self.delete, self.request(properties))


class _IdentityProvider(ResourceType):
    """Its URL comes back without a scheme."""

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return str(answer["OpenIDConnectProviderArn"])

    def collides(self, old: Properties, new: Properties) -> bool:
        """One for each URL."""
        return bool(old.get("url") == new.get("url"))

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        record = super().look_up(aws, resource_id, properties)
        return record and record | {"Url": f"{SCHEME}{record['Url'].removeprefix(SCHEME)}"}

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        raise ProviderError(
            "clientIdLists: the local cloud cannot change the clients of an identity provider. "
            "Start over with an empty cloud: make down"
        )


POLICY_TYPES = (
    _Policy(
        pulumi_type="aws:iam/policy:Policy",
        service="iam",
        create="CreatePolicy",
        read="GetPolicy",
        update="CreatePolicyVersion",
        delete="DeletePolicy",
        key={},
        generated_key="PolicyArn",
        renames={"policy": "PolicyDocument"},
        record="Policy",
        outputs={"arn": "Arn", "policyId": "PolicyId"},
        tagging=Tagging(
            service="iam",
            tag="TagPolicy",
            untag="UntagPolicy",
            read="ListPolicyTags",
            address={"PolicyArn": "id"},
        ),
        used=paths("name path"),
        inert=paths("description policy"),
    ),
    _Attachment(
        pulumi_type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        service="iam",
        create="AttachRolePolicy",
        read="ListAttachedRolePolicies",
        delete="DetachRolePolicy",
        key={"role": "RoleName", "policyArn": "PolicyArn"},
        named_by="",
        used=paths("policyArn role"),
    ),
    _IdentityProvider(
        pulumi_type="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        service="iam",
        create="CreateOpenIDConnectProvider",
        read="GetOpenIDConnectProvider",
        update="AddClientIDToOpenIDConnectProvider",
        delete="DeleteOpenIDConnectProvider",
        key={},
        generated_key="OpenIDConnectProviderArn",
        named_by="",
        computed={"arn": "{id}"},
        tagging=Tagging(
            service="iam",
            tag="TagOpenIDConnectProvider",
            untag="UntagOpenIDConnectProvider",
            read="ListOpenIDConnectProviderTags",
            address={"OpenIDConnectProviderArn": "id"},
        ),
        used=paths("url"),
        inert=paths("clientIdLists"),
    ),
)
