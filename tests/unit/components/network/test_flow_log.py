"""The log of a VPC's traffic."""

import pytest

from components.encryption import EncryptionKey
from components.network.flow_log import FlowLog, delivery, flow_log_group
from tests.unit.components.conftest import CONTEXT, KEY_ARN

GROUP = "/aws/vpc/ml-gateway-prod-private"


@pytest.fixture
def stack(deploy):
    def program():
        FlowLog(
            "network-flows",
            {
                "context": CONTEXT,
                "vpc_id": "vpc-1",
                "key_arn": KEY_ARN,
                "log_retention_days": 365,
            },
        )

    return deploy(program)


def test_all_traffic_is_logged(stack):
    inputs = stack.one("aws:ec2/flowLog:FlowLog").inputs
    assert (inputs["vpcId"], inputs["trafficType"]) == ("vpc-1", "ALL")
    assert inputs["logDestination"] == "arn:network-flows-log"
    assert inputs["iamRoleArn"] == "arn:aws:iam::123456789012:role/ml-gateway-prod-flow-logs"


def test_the_log_is_encrypted_and_kept_as_long_as_the_stacks_others(stack):
    assert stack.one("aws:cloudwatch/logGroup:LogGroup").inputs == {
        "name": GROUP,
        "kmsKeyId": KEY_ARN,
        "retentionInDays": 365,
    }


def test_the_stacks_key_takes_the_log_group(deploy):
    """CloudWatch Logs itself encrypts: the key's policy has to allow it for this group."""
    stack = deploy(lambda: EncryptionKey("data", {"context": CONTEXT}).arn)
    _, logs = stack.one("aws:kms/key:Key").json("policy")["Statement"]
    allowed = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert CONTEXT.arn("logs", f"log-group:{flow_log_group(CONTEXT)}").startswith(
        allowed.removesuffix("*")
    )


def test_the_delivery_writes_into_this_group_alone_and_for_this_account(stack):
    group = f"arn:aws:logs:eu-central-1:123456789012:log-group:{GROUP}:*"
    assert [(s["Action"], s["Resource"]) for s in delivery(CONTEXT)] == [
        (["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [group]),
        (["logs:DescribeLogGroups"], ["*"]),
    ]
    [trust] = stack.one("aws:iam/role:Role").json("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_nothing_is_delivered_before_the_role_may_write(stack):
    policy = stack.one("aws:iam/rolePolicy:RolePolicy")
    log = stack.one("aws:ec2/flowLog:FlowLog")
    assert f"{policy.type}::{policy.name}" in log.depends_on
