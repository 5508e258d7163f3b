"""The role of the acceptance tests has what they call, and hardly more."""

import re
from pathlib import Path

import pytest

from bootstrap.access import acceptance_policies, deploy_policies
from components.iam import document
from gateway_policies.iam.decision import Decision, Policies, Request, decide
from gateway_policies.iam.document import Kind, Principal, parse
from tests.unit.bootstrap.conftest import ACCOUNT, STACK

TESTS = Path(__file__).parents[2] / "acceptance"
PLACE = "eu-central-1:123456789012"
DATA = "arn:aws:s3:::ml-gateway-{}-data-123456789012-eu-central-1"
APIS = "arn:aws:apigateway:eu-central-1::"
KEY = f"arn:aws:kms:{PLACE}:key/5f0c"
ENDPOINT = f"arn:aws:sagemaker:{PLACE}:endpoint/ml-gateway-{{}}-iris"
CONFIGURATION = ENDPOINT.replace(":endpoint/", ":endpoint-config/")
ALARM = f"arn:aws:cloudwatch:{PLACE}:alarm:ml-gateway-{{}}-iris-errors"
LOG = f"arn:aws:logs:{PLACE}:log-group:/aws/apigateway/ml-gateway-{{}}-direct-stage"
CONTAINER_LOG = f"arn:aws:logs:{PLACE}:log-group:/aws/sagemaker/Endpoints/ml-gateway-{{}}-iris"

CALLS = {
    "describe_alarms": ("cloudwatch:DescribeAlarms", ALARM),
    "describe_endpoint": ("sagemaker:DescribeEndpoint", ENDPOINT),
    "describe_endpoint_config": ("sagemaker:DescribeEndpointConfig", CONFIGURATION),
    "describe_flow_logs": ("ec2:DescribeFlowLogs", "*"),
    "describe_key": ("kms:DescribeKey", KEY),
    "describe_log_groups": ("logs:DescribeLogGroups", "*"),
    "describe_log_streams": ("logs:DescribeLogStreams", CONTAINER_LOG),
    "describe_model": (
        "sagemaker:DescribeModel",
        f"arn:aws:sagemaker:{PLACE}:model/ml-gateway-{{}}-iris-forest",
    ),
    "describe_network_interfaces": ("ec2:DescribeNetworkInterfaces", "*"),
    "describe_prefix_lists": ("ec2:DescribePrefixLists", "*"),
    "describe_route_tables": ("ec2:DescribeRouteTables", "*"),
    "describe_scalable_targets": ("application-autoscaling:DescribeScalableTargets", "*"),
    "describe_scaling_policies": ("application-autoscaling:DescribeScalingPolicies", "*"),
    "describe_scheduled_actions": ("application-autoscaling:DescribeScheduledActions", "*"),
    "describe_security_groups": ("ec2:DescribeSecurityGroups", "*"),
    "describe_subnets": ("ec2:DescribeSubnets", "*"),
    "describe_vpc_endpoints": ("ec2:DescribeVpcEndpoints", "*"),
    "filter_log_events": ("logs:FilterLogEvents", LOG),
    "get_bucket_encryption": ("s3:GetEncryptionConfiguration", DATA),
    "get_bucket_policy": ("s3:GetBucketPolicy", DATA),
    "get_key_rotation_status": ("kms:GetKeyRotationStatus", KEY),
    "get_metric_statistics": ("cloudwatch:GetMetricStatistics", "*"),
    "get_object": ("s3:GetObject", f"{DATA}/capture/ml-gateway-{{}}-iris/record.jsonl"),
    "get_public_access_block": ("s3:GetBucketPublicAccessBlock", DATA),
    "get_stage": ("apigateway:GET", f"{APIS}/restapis/abc/stages/live"),
    "get_usage_plan_keys": ("apigateway:GET", f"{APIS}/usageplans/abc/keys"),
    "get_usage_plans": ("apigateway:GET", f"{APIS}/usageplans"),
    "list_objects_v2": ("s3:ListBucket", DATA),
    "put_object": ("s3:PutObject", f"{DATA}/async/ml-gateway-{{}}-iris/input/a.json"),
    "set_alarm_state": ("cloudwatch:SetAlarmState", ALARM),
}
"""What each call of the tests asks IAM for, by the name of the operation in boto3."""

READS = "describe|get|filter|head|list|set|put|update|create|delete|invoke|start|stop"
OF_BOTO3 = re.compile(rf'[."]((?:{READS})_[a-z_0-9]+)[("]')
NOT_CALLS = {"get_credentials", "get_frozen_credentials", "get_paginator"}


def decided(policies, action, arn, stack="dev"):
    request = Request(
        Principal("AWS", "arn:aws:iam::123456789012:role/ml-gateway/tests"),
        action,
        arn,
        {
            "aws:resourcetag/project": ["ml-gateway"],
            "aws:resourcetag/stack": [stack],
        },
    )
    documents = [parse(document(statements), Kind.IDENTITY) for statements in policies.values()]
    return decide(request, Policies(documents))


def test_every_call_of_the_tests_is_one_that_this_test_knows():
    found = {
        name for path in TESTS.glob("*.py") for name in OF_BOTO3.findall(path.read_text())
    } - NOT_CALLS
    assert found == set(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_the_role_may_do_what_the_tests_do(call):
    action, arn = CALLS[call]
    policies = acceptance_policies(ACCOUNT, STACK)
    assert decided(policies, action, arn.replace("{}", "dev")) is Decision.ALLOWED


@pytest.mark.parametrize("call", [name for name, (_, arn) in CALLS.items() if arn != "*"])
def test_it_may_do_none_of_it_in_another_stack(call):
    action, arn = CALLS[call]
    policies = acceptance_policies(ACCOUNT, STACK)
    assert decided(policies, action, arn.replace("{}", "prod"), "prod") is not Decision.ALLOWED


def test_it_reads_the_log_of_a_networks_traffic():
    arn = f"arn:aws:logs:{PLACE}:log-group:/aws/vpc/ml-gateway-dev-private"
    policies = acceptance_policies(ACCOUNT, STACK)
    assert decided(policies, "logs:FilterLogEvents", arn) is Decision.ALLOWED


def test_it_calls_routes():
    arn = f"arn:aws:execute-api:{PLACE}:abc/live/POST/iris"
    assert decided(acceptance_policies(ACCOUNT, STACK), "execute-api:Invoke", arn) is (
        Decision.ALLOWED
    )


@pytest.mark.parametrize("call", ["get_object", "set_alarm_state"])
def test_no_deploy_reads_captured_data_or_fires_alarms(call):
    action, arn = CALLS[call]
    policies = deploy_policies(ACCOUNT, STACK)
    assert decided(policies, action, arn.replace("{}", "dev")) is not Decision.ALLOWED
