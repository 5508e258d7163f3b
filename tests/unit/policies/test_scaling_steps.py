"""Pauses, schedules, and instances that cannot scale."""

import pytest

from gateway_policies.resource import UNKNOWN
from gateway_policies.sagemaker import ENDPOINT, ENDPOINT_CONFIGURATION
from gateway_policies.scale_in import SCALING_POLICY
from gateway_policies.scaling import INSTANCE_COUNT, SCALABLE_TARGET
from gateway_policies.scaling_steps import (
    SCHEDULED_ACTION,
    scaling_cooldown,
    scheduled_bounds,
    variant_burstable,
)
from tests.unit.policies.verdicts import judged_stack, made

NOT_KNOWN = "not known at preview, so not checked before the update"
ID = "endpoint/iris/variant/forest"
STEP, TRACKING = "stepScalingPolicyConfiguration", "targetTrackingScalingPolicyConfiguration"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({STEP: {"cooldown": 3600}}, []),
        ({STEP: {"cooldown": 3601}}, [f"policy violation {STEP}.cooldown: 3601"]),
        ({STEP: {"cooldown": UNKNOWN}}, [f"policy unknown {STEP}.cooldown: {NOT_KNOWN}"]),
        ({STEP: {"cooldown": "odd"}}, []),
        (
            {TRACKING: {"scaleInCooldown": 86400, "scaleOutCooldown": 86400}},
            [
                f"policy violation {TRACKING}.scaleInCooldown: 86400",
                f"policy violation {TRACKING}.scaleOutCooldown: 86400",
            ],
        ),
    ],
)
def test_pauses_are_bounded(fields, found):
    assert judged_stack(scaling_cooldown, made(SCALING_POLICY, "policy", **fields)) == found


def test_the_longest_pause_is_configurable():
    policy = made(SCALING_POLICY, "policy", **{STEP: {"cooldown": 301}})
    limits = {"maxCooldownSeconds": 300}
    assert len(judged_stack(scaling_cooldown, policy, limits=limits)) == 1


def action(low: object, high: object, **fields):
    values = {
        "resourceId": ID,
        "scalableDimension": INSTANCE_COUNT,
        "scalableTargetAction": {"minCapacity": low, "maxCapacity": high},
    }
    return made(SCHEDULED_ACTION, "action", **values | fields)


ACTION = "scalableTargetAction"


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (1, 10, []),
        (None, None, []),
        (None, 1, []),
        (0, 10, [f"action violation {ACTION}.minCapacity: 0"]),
        (1, 11, [f"action violation {ACTION}.maxCapacity: 11"]),
        (11, 10, [f"action violation {ACTION}.minCapacity: 11"]),
        (4, 2, [f"action violation {ACTION}.maxCapacity: 2"]),
        (1, 0, [f"action violation {ACTION}.maxCapacity: 0"]),
        ("1", 2, [f'action violation {ACTION}.minCapacity: "1"']),
        (UNKNOWN, 10, [f"action unknown {ACTION}.minCapacity: {NOT_KNOWN}"]),
        (1, UNKNOWN, [f"action unknown {ACTION}.maxCapacity: {NOT_KNOWN}"]),
    ],
)
def test_schedules_stay_within_floor_and_cap(low, high, found):
    assert judged_stack(scheduled_bounds, action(low, high)) == found


def test_floor_and_cap_are_configurable():
    limits = {"minInstances": 2, "maxInstances": 4}
    assert judged_stack(scheduled_bounds, action(2, 4), limits=limits) == []
    assert len(judged_stack(scheduled_bounds, action(1, 5), limits=limits)) == 2


def endpoint(name: object = "iris"):
    return made(ENDPOINT, "endpoint", name=name, endpointConfigName="config")


def config(*variants, **fields):
    return made(
        ENDPOINT_CONFIGURATION,
        "config",
        **{"name": "config", "productionVariants": list(variants)} | fields,
    )


def test_an_asynchronous_endpoint_may_be_empty_at_night():
    queued = config(asyncInferenceConfig={"outputConfig": {}})
    assert judged_stack(scheduled_bounds, endpoint(), queued, action(0, 4)) == []
    assert len(judged_stack(scheduled_bounds, endpoint("other"), queued, action(0, 4))) == 1
    assert len(judged_stack(scheduled_bounds, endpoint(), config(), action(0, 4))) == 1


@pytest.mark.parametrize(
    ("name", "resource_id"), [("iris", UNKNOWN), (UNKNOWN, ID), (UNKNOWN, UNKNOWN)]
)
def test_what_may_be_asynchronous_may_be_empty_at_preview(name, resource_id):
    queued = config(asyncInferenceConfig={"outputConfig": {}})
    scheduled = action(0, 4, resourceId=resource_id)
    assert judged_stack(scheduled_bounds, endpoint(name), queued, scheduled) == []
    assert len(judged_stack(scheduled_bounds, endpoint(name), config(), scheduled)) == 1


def test_schedules_of_other_things_have_other_limits():
    concurrency = action(
        0, 200, scalableDimension="sagemaker:variant:DesiredProvisionedConcurrency"
    )
    assert judged_stack(scheduled_bounds, concurrency) == []


def target(**fields):
    values = {"resourceId": ID, "scalableDimension": INSTANCE_COUNT}
    return made(SCALABLE_TARGET, "target", **values | fields)


BURSTABLE = {"variantName": "forest", "instanceType": "ml.t2.medium"}
REFUSED = ['config violation productionVariants[0].instanceType: "ml.t2.medium"']


@pytest.mark.parametrize(
    ("variant", "targets", "found"),
    [
        (BURSTABLE, [target()], REFUSED),
        (BURSTABLE | {"managedInstanceScaling": {"status": "ENABLED"}}, [], REFUSED),
        (BURSTABLE | {"managedInstanceScaling": {"status": "DISABLED"}}, [], []),
        (BURSTABLE, [], []),
        (BURSTABLE, [target(resourceId="endpoint/iris/variant/other")], []),
        (BURSTABLE | {"instanceType": "ml.m5.large"}, [target()], []),
        (BURSTABLE | {"instanceType": "ml.trn1.2xlarge"}, [target()], []),
        (BURSTABLE | {"instanceType": None}, [target()], []),
        (
            BURSTABLE,
            [target(resourceId=UNKNOWN)],
            [
                'config unknown productionVariants[0].instanceType: "ml.t2.medium", and whether it '
                "scales is not known at preview"
            ],
        ),
        (
            BURSTABLE | {"instanceType": UNKNOWN},
            [target()],
            [f"config unknown productionVariants[0].instanceType: {NOT_KNOWN}"],
        ),
    ],
)
def test_burstable_instances_do_not_scale(variant, targets, found):
    assert judged_stack(variant_burstable, endpoint(), config(variant), *targets) == found


def test_a_configuration_that_is_not_there_says_nothing():
    assert judged_stack(variant_burstable, endpoint(), target()) == []
