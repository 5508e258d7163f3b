"""Scaling that also takes capacity away."""

import pytest

from gateway_policies.alarms import METRIC_ALARM
from gateway_policies.resource import UNKNOWN
from gateway_policies.scale_in import SCALING_POLICY, scale_in, scale_in_fill
from gateway_policies.scaling import INSTANCE_COUNT, SCALABLE_TARGET
from tests.unit.policies.verdicts import judged_stack, made

ID = "endpoint/iris/variant/forest"
ARN = "arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:1"
NOT_KNOWN = "not known at preview, so not checked before the update"
NONE = ["target violation policies: none"]
GROWS = ['target violation policies: ["p"], which take nothing away']
UNCALLED = [
    'target violation policies: ["p"], '
    "of which no alarm of this stack calls the one with a negative step"
]
MAYBE = [f"target unknown policies: {NOT_KNOWN}"]


def target(fed=None, **fields):
    values = {
        "resourceId": ID,
        "scalableDimension": INSTANCE_COUNT,
        "minCapacity": 1,
        "maxCapacity": 4,
    }
    return made(SCALABLE_TARGET, "target", fed or {}, **values | fields)


def policy(fed=None, urn="policy", **fields):
    values = {"name": "p", "resourceId": ID, "scalableDimension": INSTANCE_COUNT}
    return made(SCALING_POLICY, urn, fed or {}, **values | fields)


def tracking(disabled: object = None):
    return {
        "targetTrackingScalingPolicyConfiguration": {"targetValue": 5, "disableScaleIn": disabled}
    }


def steps(*adjustments, kind="ChangeInCapacity"):
    return {
        "stepScalingPolicyConfiguration": {
            "adjustmentType": kind,
            "stepAdjustments": [{"scalingAdjustment": one} for one in adjustments],
        }
    }


def alarm(fed=("policy",), **fields):
    values = {"alarmActions": [UNKNOWN]} | fields
    return made(METRIC_ALARM, "alarm", {"alarmActions": list(fed)}, **values)


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([policy(**tracking())], []),
        ([policy(**tracking(False))], []),
        ([policy(**tracking(True))], GROWS),
        ([policy(**tracking(UNKNOWN))], MAYBE),
        ([policy(**tracking(UNKNOWN)), policy(urn="other", **tracking())], []),
        ([], NONE),
        ([policy(**steps(1))], GROWS),
        ([policy(**steps())], GROWS),
        ([policy()], GROWS),
        ([policy(**steps(-1))], UNCALLED),
        ([policy(**steps(-1)), alarm()], []),
        ([policy(**steps(2, -1)), alarm()], []),
        ([policy(**steps(1, kind="ExactCapacity")), alarm()], []),
        ([policy(**steps(UNKNOWN)), alarm()], MAYBE),
        ([policy(**steps(1, kind=UNKNOWN)), alarm()], MAYBE),
        ([policy(**steps(1)), alarm()], GROWS),
        ([policy(**steps(-1)), alarm(["other"])], UNCALLED),
        ([policy(**steps(-1)), alarm(actionsEnabled=False)], UNCALLED),
        ([policy(**steps(-1), arn=ARN), alarm([], alarmActions=[ARN])], []),
        ([policy(**steps(-1), arn=ARN), alarm([], alarmActions=["arn:other"])], UNCALLED),
    ],
)
def test_something_takes_capacity_away(resources, found):
    assert judged_stack(scale_in, target(), *resources) == found


@pytest.mark.parametrize(
    ("fed", "fields", "found"),
    [
        (None, {"resourceId": "endpoint/iris/variant/boosting"}, NONE),
        (None, {"scalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency"}, NONE),
        (None, {"scalableDimension": UNKNOWN}, []),
        ({"resourceId": ["target"]}, {"resourceId": UNKNOWN}, []),
        (None, {"resourceId": UNKNOWN}, MAYBE),
    ],
)
def test_only_policies_of_the_target_count(fed, fields, found):
    assert judged_stack(scale_in, target(), policy(fed, **tracking(), **fields)) == found


def test_target_and_policy_may_take_their_name_from_the_endpoint():
    fed = {"resourceId": ["urn:endpoint"]}
    resources = (target(fed, resourceId=UNKNOWN), policy(fed, **tracking(), resourceId=UNKNOWN))
    assert judged_stack(scale_in, *resources) == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"minCapacity": 4}, []),
        ({"minCapacity": UNKNOWN, "maxCapacity": UNKNOWN}, NONE),
    ],
)
def test_a_target_of_one_size_cannot_shrink(fields, found):
    assert judged_stack(scale_in, target(**fields)) == found


def test_scaling_in_must_not_be_suspended():
    suspended = {"suspendedState": {"dynamicScalingInSuspended": True}}
    assert judged_stack(scale_in, target(**suspended), policy(**tracking())) == [
        "target violation suspendedState.dynamicScalingInSuspended: true"
    ]


QUERIES = [
    {"id": "m1", "metric": {"metricName": "InvocationsPerInstance"}, "returnData": False},
    {"id": "e1", "expression": "FILL(m1, 0)", "returnData": True},
]


def queries(expression):
    return {"metricQueries": [QUERIES[0], QUERIES[1] | {"expression": expression}]}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        (queries("FILL(m1, 0)"), []),
        (queries("m1"), ['alarm violation metricQueries[1].expression: "m1"']),
        (
            queries("FILL(m1, REPEAT)"),
            ['alarm violation metricQueries[1].expression: "FILL(m1, REPEAT)"'],
        ),
        (queries(UNKNOWN), [f"alarm unknown metricQueries[1].expression: {NOT_KNOWN}"]),
        ({"metricQueries": UNKNOWN}, [f"alarm unknown metricQueries: {NOT_KNOWN}"]),
        ({"metricName": "CPUUtilization"}, []),
        ({"metricQueries": []}, []),
        ({"metricQueries": "odd"}, []),
    ],
)
def test_an_alarm_that_shrinks_sees_a_minute_without_requests(fields, found):
    assert judged_stack(scale_in_fill, policy(**steps(-1)), alarm(**fields)) == found


@pytest.mark.parametrize(
    "resources",
    [
        [policy(**steps(1)), alarm(**queries("m1"))],
        [policy(**tracking()), alarm(**queries("m1"))],
        [policy(**steps(-1)), alarm(["other"], **queries("m1"))],
    ],
)
def test_other_alarms_may_stay_silent(resources):
    assert judged_stack(scale_in_fill, *resources) == []
