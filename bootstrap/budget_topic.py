"""BudgetTopic: where AWS Budgets publishes what the stacks cost, and who is told by mail."""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from bootstrap.account_key import BUDGETS, from_budgets
from bootstrap.names import BUDGET_TOPIC
from components.context import Context
from components.iam import Statement, document


class BudgetTopicArgs(TypedDict):
    """The topic."""

    account: Context
    """The account, with the project's name as prefix."""
    key_arn: pulumi.Input[str]
    """KMS key that encrypts the notices; its policy lets AWS Budgets use it."""
    email: str
    """Who is told."""


class BudgetTopic(pulumi.ComponentResource):
    """An encrypted topic. The address gets a mail from AWS and is told nothing before it agrees."""

    arn: pulumi.Output[str]
    """ARN of the topic."""

    def __init__(
        self, name: str, args: BudgetTopicArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway-bootstrap:index:BudgetTopic", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            name, name=BUDGET_TOPIC, kms_master_key_id=args["key_arn"], opts=child
        )
        aws.sns.TopicPolicy(
            f"{name}-policy",
            arn=topic.arn,
            policy=document([_publish(args["account"])], "aws:sns/topicPolicy:TopicPolicy"),
            opts=child,
        )
        aws.sns.TopicSubscription(
            f"{name}-email", topic=topic.arn, protocol="email", endpoint=args["email"], opts=child
        )
        self.arn = topic.arn
        self.register_outputs({"arn": self.arn})


def _publish(account: Context) -> Statement:
    return {
        "Sid": "Budgets",
        "Effect": "Allow",
        "Principal": {"Service": BUDGETS},
        "Action": "sns:Publish",
        "Resource": account.arn("sns", BUDGET_TOPIC),
        "Condition": from_budgets(account),
    }
