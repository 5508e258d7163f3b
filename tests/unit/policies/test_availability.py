"""Endpoints that stay up, and data that can be brought back."""

import pytest

from gateway_policies.availability import (
    endpoint_config_name,
    endpoint_instances,
    endpoint_rollback,
    table_recovery,
)
from gateway_policies.resource import UNKNOWN
from gateway_policies.sagemaker import ENDPOINT, ENDPOINT_CONFIGURATION
from tests.unit.policies.verdicts import judged, judged_stack, made

NOT_KNOWN = "not known at preview, so not checked before the update"
COUNT = "productionVariants[0].initialInstanceCount"


@pytest.mark.parametrize(
    ("variants", "found"),
    [
        ([{"initialInstanceCount": 2}], []),
        ([{"initialInstanceCount": 1}], [f"violation {COUNT}: 1"]),
        ([{}], [f"violation {COUNT}: missing, which means 1"]),
        ([{"initialInstanceCount": UNKNOWN}], [f"unknown {COUNT}: {NOT_KNOWN}"]),
        ([{"serverlessConfig": {"maxConcurrency": 5}}], []),
        (UNKNOWN, [f"unknown productionVariants[*].initialInstanceCount: {NOT_KNOWN}"]),
        (None, []),
    ],
)
def test_variants_start_with_two_instances(variants, found):
    assert judged(endpoint_instances, productionVariants=variants) == found


def test_a_shadow_may_be_alone():
    assert judged(endpoint_instances, shadowProductionVariants=[{"initialInstanceCount": 1}]) == []


def endpoint(deployment=None, fed=None, name: object = "config"):
    return made(
        ENDPOINT, "endpoint", fed or {}, endpointConfigName=name, deploymentConfig=deployment
    )


def config(*variants, name: object = "config"):
    return made(ENDPOINT_CONFIGURATION, "config", name=name, productionVariants=list(variants))


def guarded(alarms):
    return {"autoRollbackConfiguration": {"alarms": alarms}, "blueGreenUpdatePolicy": {}}


ALARMS = "deploymentConfig.autoRollbackConfiguration.alarms"
MISSING = [f"endpoint violation {ALARMS}: missing"]
SERVERLESS = {"serverlessConfig": {"maxConcurrency": 5}}
MACHINES = {"instanceType": "ml.m5.large"}


@pytest.mark.parametrize(
    ("deployment", "found"),
    [
        (guarded([{"alarmName": "errors"}]), []),
        (guarded(UNKNOWN), []),
        (guarded([]), [f"endpoint violation {ALARMS}: []"]),
        ({"blueGreenUpdatePolicy": {}}, MISSING),
        (None, MISSING),
    ],
)
def test_alarms_take_an_update_back(deployment, found):
    assert judged_stack(endpoint_rollback, endpoint(deployment)) == found


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([endpoint(), config(SERVERLESS)], []),
        ([endpoint(), config(SERVERLESS, MACHINES)], MISSING),
        ([endpoint(), config(MACHINES)], MISSING),
        ([endpoint(), config()], MISSING),
        ([endpoint(name="other"), config(SERVERLESS)], MISSING),
        (
            [
                endpoint(fed={"endpointConfigName": ["config"]}, name=UNKNOWN),
                config(SERVERLESS, name=UNKNOWN),
            ],
            [],
        ),
    ],
)
def test_a_serverless_endpoint_has_no_fleet(resources, found):
    assert judged_stack(endpoint_rollback, *resources) == found


@pytest.mark.parametrize(
    "name",
    [None, UNKNOWN, "iris-1a2b3c4", "iris-0123456789abcdef", "iris.20261127101500", "deadbee"],
)
def test_a_name_that_is_new_each_time(name):
    assert judged(endpoint_config_name, name=name) == []


@pytest.mark.parametrize("name", ["iris", "iris-config", "iris-v2", "iris-2026", "ml-gateway-prod"])
def test_a_fixed_name(name):
    assert judged(endpoint_config_name, name=name) == [f'violation name: "{name}"']


@pytest.mark.parametrize(
    ("recovery", "found"),
    [
        ({"enabled": True}, []),
        (None, ["violation pointInTimeRecovery.enabled: missing, which means false"]),
        ({"enabled": UNKNOWN}, [f"unknown pointInTimeRecovery.enabled: {NOT_KNOWN}"]),
    ],
)
def test_a_table_can_be_taken_back(recovery, found):
    assert judged(table_recovery, pointInTimeRecovery=recovery) == found
