"""SNS: topics, their policies and subscriptions. Nothing is delivered to an e-mail address."""

import json
from collections.abc import Mapping
from typing import Any

from local.aws import Aws
from local.provider import contract
from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import Tagging
from local.provider.wire import Properties


class _Topic(ResourceType):
    """A topic's settings are attributes, each with a call of its own."""

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return str(answer["TopicArn"])

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        request = {
            "TopicArn": resource_id,
            "AttributeName": "KmsMasterKeyId",
            "AttributeValue": properties.get("kmsMasterKeyId", ""),
        }
        contract.call(aws, self.service, "SetTopicAttributes", request)

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """Nothing: all that can change is an attribute."""


class _TopicPolicy(ResourceType):
    """A topic always has a policy: deleting one puts the default back, as the real provider does.

    https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
    """

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        return super().request(properties, operation) | {"AttributeName": "Policy"}

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        default = _default_policy(properties["arn"], aws.account_id)
        request = self.request({"arn": properties["arn"], "policy": json.dumps(default)})
        contract.call(aws, self.service, self.delete, request)


def _default_policy(topic_arn: str, account_id: str) -> dict[str, Any]:
    """The topic's owner may do everything with it."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [
            *("SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission"),
            *("SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe"),
            *("SNS:ListSubscriptionsByTopic", "SNS:Publish"),
        ],
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account_id}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}


class _TopicSubscription(ResourceType):
    """The ARN is asked for at once; otherwise AWS tells it only once someone has confirmed."""

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        return super().request(properties, operation) | {"ReturnSubscriptionArn": True}

    def identify(self, properties: Properties, answer: Mapping[str, Any]) -> str:
        return str(answer["SubscriptionArn"])

    def address(self, resource_id: str, properties: Properties) -> dict[str, Any]:
        return {"SubscriptionArn": resource_id}


TYPES = (
    _Topic(
        pulumi_type="aws:sns/topic:Topic",
        service="sns",
        create="CreateTopic",
        read="GetTopicAttributes",
        update="SetTopicAttributes",
        delete="DeleteTopic",
        key={},
        generated_key="TopicArn",
        not_sent=frozenset({"kmsMasterKeyId"}),
        not_read=frozenset({"Name"}),
        found_at={"kmsMasterKeyId": "KmsMasterKeyId"},
        record="Attributes",
        outputs={"arn": "TopicArn", "owner": "Owner"},
        tagging=Tagging(
            service="sns",
            tag="TagResource",
            untag="UntagResource",
            read="ListTagsForResource",
            address={"ResourceArn": "id"},
        ),
        used=paths("name"),
        inert=paths("kmsMasterKeyId"),
    ),
    _TopicPolicy(
        pulumi_type="aws:sns/topicPolicy:TopicPolicy",
        service="sns",
        create="SetTopicAttributes",
        read="GetTopicAttributes",
        update="SetTopicAttributes",
        delete="SetTopicAttributes",
        key={"arn": "TopicArn"},
        named_by="",
        renames={"policy": "AttributeValue"},
        not_read=frozenset({"TopicArn"}),
        record="{AttributeValue: Attributes.Policy, Owner: Attributes.Owner}",
        outputs={"owner": "Owner"},
        used=paths("arn"),
        inert=paths("policy"),
    ),
    _TopicSubscription(
        pulumi_type="aws:sns/topicSubscription:TopicSubscription",
        service="sns",
        create="Subscribe",
        read="GetSubscriptionAttributes",
        delete="Unsubscribe",
        key={"topic": "TopicArn", "protocol": "Protocol", "endpoint": "Endpoint"},
        named_by="",
        record="Attributes",
        outputs={"arn": "SubscriptionArn", "ownerId": "Owner"},
        used=paths("topic"),
        inert=paths("endpoint protocol"),
    ),
)
