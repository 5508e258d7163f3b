"""Alarms that do something."""

import pytest

from gateway_policies.alarms import COMPOSITE_ALARM, METRIC_ALARM, alarm_actions
from gateway_policies.resource import UNKNOWN
from gateway_policies.sagemaker import ENDPOINT
from tests.unit.policies.verdicts import judged_stack, made

TOPIC = "arn:aws:sns:eu-central-1:123456789012:on-call"


def alarm(token=METRIC_ALARM, **fields):
    return made(token, "alarm", **{"name": "errors"} | fields)


@pytest.mark.parametrize("token", [METRIC_ALARM, COMPOSITE_ALARM])
@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"alarmActions": [TOPIC]}, []),
        ({"alarmActions": [UNKNOWN]}, []),
        ({"alarmActions": UNKNOWN}, []),
        ({"okActions": [TOPIC]}, []),
        ({"insufficientDataActions": [TOPIC]}, []),
        ({}, ["alarm violation alarmActions: missing"]),
        ({"alarmActions": []}, ["alarm violation alarmActions: []"]),
        (
            {"alarmActions": [TOPIC], "actionsEnabled": False},
            ["alarm violation actionsEnabled: false"],
        ),
        (
            {"alarmActions": [TOPIC], "actionsEnabled": UNKNOWN},
            [
                "alarm unknown actionsEnabled: "
                "not known at preview, so not checked before the update"
            ],
        ),
    ],
)
def test_an_alarm_has_an_action(token, fields, found):
    assert judged_stack(alarm_actions, alarm(token, **fields)) == found


def endpoint(*names):
    alarms = [{"alarmName": name} for name in names]
    return made(
        ENDPOINT, "endpoint", deploymentConfig={"autoRollbackConfiguration": {"alarms": alarms}}
    )


def composite(rule):
    return made(COMPOSITE_ALARM, "composite", alarmRule=rule, alarmActions=[TOPIC])


@pytest.mark.parametrize(
    "follower",
    [
        endpoint("latency", "errors"),
        composite("ALARM(errors) AND NOT OK(other)"),
        composite('ALARM("errors")'),
        composite("ALARM(arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors)"),
        made("aws:codedeploy/deploymentGroup:DeploymentGroup", "x", {"alarms": ["alarm"]}),
    ],
)
def test_an_alarm_that_something_follows_does_something(follower):
    assert judged_stack(alarm_actions, alarm(), follower) == []


@pytest.mark.parametrize(
    "other", [endpoint("latency", UNKNOWN, 3), composite("ALARM(other)"), composite(UNKNOWN)]
)
def test_an_alarm_that_nothing_follows_does_nothing(other):
    found = judged_stack(alarm_actions, alarm(), other)
    assert found == ["alarm violation alarmActions: missing"]
