"""What reaches what over the network."""

import pytest

from gateway_policies.network import (
    listener_https,
    model_isolation,
    model_vpc,
    monitoring_isolation,
    monitoring_traffic,
)
from gateway_policies.resource import UNKNOWN
from gateway_policies.sagemaker import (
    DATA_QUALITY_JOB,
    ENDPOINT_CONFIGURATION,
    MODEL,
    MONITORING_SCHEDULE,
    SCHEDULED_JOB,
)
from tests.unit.policies.verdicts import judged, judged_stack, made

NOT_KNOWN = "not known at preview, so not checked before the update"
OPEN = ["model violation enableNetworkIsolation: missing, which means false"]
SERVERLESS = {"modelName": "iris", "serverlessConfig": {"maxConcurrency": 5}}
MACHINES = {"modelName": "iris", "instanceType": "ml.m5.large"}


def model(**fields):
    return made(MODEL, "model", **{"name": "iris"} | fields)


def config(*variants, fed=None, **more):
    return made(
        ENDPOINT_CONFIGURATION, "config", fed or {}, productionVariants=list(variants), **more
    )


@pytest.mark.parametrize(
    ("isolated", "found"),
    [
        (True, []),
        (False, ["model violation enableNetworkIsolation: false"]),
        (None, OPEN),
        (UNKNOWN, [f"model unknown enableNetworkIsolation: {NOT_KNOWN}"]),
    ],
)
def test_a_model_is_shut_in(isolated, found):
    assert judged_stack(model_isolation, model(enableNetworkIsolation=isolated)) == found


@pytest.mark.parametrize(
    ("configs", "found"),
    [
        ([config(SERVERLESS)], []),
        ([config(SERVERLESS, MACHINES)], OPEN),
        ([config(MACHINES)], OPEN),
        ([config(SERVERLESS | {"modelName": "other"})], OPEN),
        ([config(SERVERLESS, shadowProductionVariants=[MACHINES])], OPEN),
        ([config(SERVERLESS), config(UNKNOWN)], []),
        ([config(SERVERLESS | {"modelName": UNKNOWN}, fed={"productionVariants": ["model"]})], []),
        ([config(UNKNOWN, fed={"productionVariants": ["model"]})], OPEN),
    ],
)
def test_serverless_models_cannot_be_shut_in(configs, found):
    assert judged_stack(model_isolation, model(), *configs) == found


@pytest.mark.parametrize(
    ("vpc", "found"),
    [
        ({"subnets": ["a"], "securityGroupIds": ["b"]}, []),
        ({"subnets": [UNKNOWN]}, []),
        (UNKNOWN, []),
        (None, ["model violation vpcConfig.subnets: missing"]),
        ({"subnets": []}, ["model violation vpcConfig.subnets: []"]),
    ],
)
def test_a_model_runs_in_a_vpc(vpc, found):
    assert judged_stack(model_vpc, model(vpcConfig=vpc)) == found
    assert judged_stack(model_vpc, model(vpcConfig=vpc), config(SERVERLESS)) == []


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (monitoring_isolation, "enableNetworkIsolation"),
        (monitoring_traffic, "enableInterContainerTrafficEncryption"),
    ],
)
def test_monitoring_jobs_are_shut_in_and_encrypt(rule, key):
    def of(network):
        job = {"networkConfig": network}
        schedule = {"monitoringScheduleConfig": {"monitoringJobDefinition": job}}
        found = judged(rule, DATA_QUALITY_JOB, **job)
        inside = judged(rule, MONITORING_SCHEDULE, **schedule)
        assert inside == [one.replace(" network", f" {SCHEDULED_JOB}.network") for one in found]
        return found

    assert of({key: True}) == []
    assert of({key: False}) == [f"violation networkConfig.{key}: false"]
    assert of(None) == [f"violation networkConfig.{key}: missing, which means false"]
    assert of(UNKNOWN) == [f"unknown networkConfig.{key}: {NOT_KNOWN}"]
    named = {"monitoringScheduleConfig": {"monitoringJobDefinitionName": "quality"}}
    assert judged(rule, MONITORING_SCHEDULE, **named) == []


REDIRECT = {"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301"}}
FORWARD = {"type": "forward", "targetGroupArn": "arn"}
CLEAR = ['violation protocol: "HTTP"']


@pytest.mark.parametrize("token", ["aws:lb/listener:Listener", "aws:alb/listener:Listener"])
@pytest.mark.parametrize(
    ("protocol", "actions", "found"),
    [
        ("HTTPS", [FORWARD], []),
        ("TCP", [FORWARD], []),
        (None, [FORWARD], []),
        ("HTTP", [REDIRECT], []),
        ("HTTP", [FORWARD], CLEAR),
        ("HTTP", [], CLEAR),
        ("HTTP", None, CLEAR),
        ("HTTP", [REDIRECT, FORWARD], CLEAR),
        ("HTTP", [{"redirect": {"protocol": "HTTP"}}], CLEAR),
        ("HTTP", [{"redirect": {}}], CLEAR),
        (
            "HTTP",
            UNKNOWN,
            [
                'unknown protocol: "HTTP", where it is not known at preview whether it matters',
            ],
        ),
        (UNKNOWN, [FORWARD], [f"unknown protocol: {NOT_KNOWN}"]),
    ],
)
def test_a_listener_serves_nothing_in_clear(token, protocol, actions, found):
    assert judged(listener_https, token, protocol=protocol, defaultActions=actions) == found
