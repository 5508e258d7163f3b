"""What watches an endpoint's updates."""

import pytest

from components.config.endpoint import Endpoint
from components.endpoint.execution_role import ExecutionRole
from components.endpoint.live_endpoint import LiveEndpoint
from components.endpoint.update_guard import AT_ONCE, UpdateGuard, rollout_of
from tests.unit.components.conftest import CONTEXT, IMAGE, KEY_ARN, packed

NAME = "ml-gateway-prod-iris"
VARIANT = {"artifact": "build/iris", "instances": {"type": "ml.m5.large", "min": 2, "max": 4}}
CANARY = {
    "canary": {"share": "10%", "bake": "10m"},
    "rollbackOn": {"errorRate": "1%", "latencyP90": "300ms"},
}


def settings(**blocks):
    return Endpoint.model_validate({"variants": {"forest": VARIANT}} | blocks)


@pytest.fixture
def stack(deploy):
    def program():
        endpoint = settings(rollout=CANARY)
        role = ExecutionRole(
            "iris-execution",
            {
                "context": CONTEXT,
                "endpoint_name": NAME,
                "settings": endpoint,
                "sources": {"forest": packed("f")},
                "images": {"forest": IMAGE},
                "artifact_bucket": "models",
                "data": None,
                "vpc": None,
                "key_arn": KEY_ARN,
            },
        )
        return UpdateGuard(
            "iris-rollback",
            {
                "context": CONTEXT,
                "endpoint_name": NAME,
                "configuration_name": "iris-2",
                "settings": endpoint,
                "rollout": endpoint.rollout,
                "role": role,
            },
        ).deployment_config

    return deploy(program)


def test_an_update_goes_as_the_config_says_and_back_when_an_alarm_fires(stack):
    routing = stack.result["blue_green_update_policy"]["traffic_routing_configuration"]
    assert routing["type"] == "CANARY"
    assert stack.result["auto_rollback_configuration"] == {
        "alarms": [
            {"alarm_name": f"{NAME}-forest-errors"},
            {"alarm_name": f"{NAME}-forest-latency"},
        ]
    }


def test_the_alarms_watch_the_new_configuration_alone(stack):
    for alarm in stack.all("aws:cloudwatch/metricAlarm:MetricAlarm"):
        assert alarm.inputs["dimensions"]["EndpointConfigName"] == "iris-2"


def test_the_role_sees_exactly_these_alarms(stack):
    policy = stack.one("aws:iam/rolePolicy:RolePolicy", "iris-rollback-alarms")
    assert policy.inputs["name"] == "see-rollback-alarms"
    alarms = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:ml-gateway-prod-iris-forest-"
    assert policy.json("policy")["Statement"] == [
        {
            "Sid": "SeeRollbackAlarms",
            "Effect": "Allow",
            "Action": ["cloudwatch:DescribeAlarms"],
            "Resource": [f"{alarms}errors", f"{alarms}latency"],
        }
    ]


@pytest.mark.parametrize(
    ("live", "rollout"),
    [
        (None, None),
        (LiveEndpoint({}, serverless=False, guarded=False), None),
        (LiveEndpoint({}, serverless=False, guarded=True), AT_ONCE),
    ],
)
def test_an_endpoint_that_was_created_with_alarms_keeps_some(live, rollout):
    assert rollout_of(settings(), live) == rollout


@pytest.mark.parametrize("live", [None, LiveEndpoint({}, serverless=False, guarded=True)])
def test_what_the_config_says_comes_first(live):
    endpoint = settings(rollout=CANARY)
    assert rollout_of(endpoint, live) == endpoint.rollout


def test_an_update_at_once_waits_for_nothing_worth_mentioning():
    assert AT_ONCE.blue_green
    assert AT_ONCE.blue_green.bake == 1
    assert AT_ONCE.rollback_on.error_rate == 0.5
