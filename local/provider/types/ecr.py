"""ECR: image repositories and what expires in them. No image is pushed or scanned here."""

from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.wire import Properties


class _Repository(ResourceType):
    """Tags and scans have an updating operation each; it is read from a list of repositories."""

    def address(self, resource_id: str, properties: Properties) -> dict[str, Any]:
        return {"repositoryNames": [properties["name"]]}

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        for name, operation in (
            ("imageTagMutability", "PutImageTagMutability"),
            ("imageScanningConfiguration", "PutImageScanningConfiguration"),
        ):
            if old.get(name) != new.get(name):
                changed = {"name": new["name"], name: new.get(name, self.defaults[name])}
                request = self.names.request(self.shape(operation), changed)
                contract.call(aws, self.service, operation, request)

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        force = bool(properties.get("forceDelete"))
        request = {"repositoryName": properties["name"], "force": force}
        contract.call(aws, self.service, self.delete, request)


TYPES = (
    _Repository(
        pulumi_type="aws:ecr/repository:Repository",
        service="ecr",
        create="CreateRepository",
        read="DescribeRepositories",
        update="PutImageTagMutability",
        delete="DeleteRepository",
        key={"name": "repositoryName"},
        defaults={
            "imageTagMutability": "MUTABLE",
            "imageScanningConfiguration": {"scanOnPush": False},
        },
        not_sent=frozenset({"forceDelete"}),
        record="repositories[0]",
        outputs={
            "arn": "repositoryArn",
            "registryId": "registryId",
            "repositoryUrl": "repositoryUri",
        },
        tagging=Tagging(
            service="ecr",
            tag="TagResource",
            untag="UntagResource",
            read="ListTagsForResource",
            address={"resourceArn": "arn"},
            create="tags",
            member="tags",
            keys="tagKeys",
            found="tags",
        ),
        used=paths("name forceDelete imageTagMutability"),
        inert=paths("encryptionConfigurations imageScanningConfiguration.scanOnPush"),
    ),
    ResourceType(
        pulumi_type="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        service="ecr",
        create="PutLifecyclePolicy",
        read="GetLifecyclePolicy",
        delete="DeleteLifecyclePolicy",
        key={"repository": "repositoryName"},
        named_by="",
        renames={"policy": "lifecyclePolicyText"},
        outputs={"registryId": "registryId"},
        used=paths("repository"),
        inert=paths("policy"),
    ),
)
