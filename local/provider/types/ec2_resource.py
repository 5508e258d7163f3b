"""What EC2's types have in common: ids that it makes up, lists that are read, tags by id."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jmespath

from local.aws import Aws
from local.provider import contract
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging, Tags
from local.provider.wire import Properties


@dataclass(frozen=True, kw_only=True)
class Ec2Tagging(Tagging):
    """kind: what EC2 calls the type of a resource that it tags at its creation."""

    kind: str
    service: str = "ec2"
    tag: str = "CreateTags"
    untag: str = "DeleteTags"
    read: str = "DescribeTags"
    address: Mapping[str, str]

    def at_create(self, tags: Tags) -> dict[str, Any]:
        """What create takes for the tags."""
        sent = {"ResourceType": self.kind, "Tags": self._sent(tags)}
        return {"TagSpecifications": [sent]} if tags else {}

    def current(self, aws: Aws, names: Mapping[str, Any]) -> dict[str, str]:
        """The tags that the resource has now."""
        filters = [{"Name": "resource-id", "Values": self._address(names)["Resources"]}]
        found = aws.call(self.service, self.read, {"Filters": filters})["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def change(self, aws: Aws, names: Mapping[str, Any], old: Tags, new: Tags) -> None:
        """Takes off what is gone, and puts on what is there."""
        address = self._address(names)
        gone = [{"Key": key} for key in sorted(set(old) - set(new))]
        if gone:
            contract.call(aws, self.service, self.untag, address | {"Tags": gone})
        if new:
            contract.call(aws, self.service, self.tag, address | {"Tags": self._sent(new)})

    def _address(self, names: Mapping[str, Any]) -> dict[str, Any]:
        return {"Resources": [names["id"]]}


def tagged(kind: str) -> Ec2Tagging:
    """Tags of one type. kind: what EC2 calls it."""
    return Ec2Tagging(kind=kind, address={"Resources": "id"})


@dataclass(frozen=True, kw_only=True)
class Ec2Resource(ResourceType):
    """A type whose resources are read from lists of ids."""

    listed: str
    """The member of `read` that takes a list of ids."""
    made: str
    """JMESPath of the new id in the answer of `create`."""
    service: str = "ec2"
    named_by: str = ""

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        """The id that EC2 made up."""
        return str(jmespath.search(self.made, answer))

    def address(self, resource_id: str, properties: Properties) -> dict[str, Any]:
        """A list of one."""
        return {self.listed: [resource_id]}

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        """Deletes one by its id; few of EC2's operations take a list here too."""
        aws.call(self.service, self.delete, {self.generated_key: resource_id})


def arn(kind: str) -> str:
    """ARN of a resource, for a table's computed outputs. kind: as ARNs call its type."""
    return f"arn:aws:ec2:{{region}}:{{account}}:{kind}/{{id}}"
