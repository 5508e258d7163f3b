"""Variants that grow and shrink by load. A minute of metrics, and of cooldowns, is a second."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from botocore.exceptions import ClientError

from tests.stack.conftest import LocalCloud, Route, project_with, soon, steady_traffic

CONFIG = {
    "ml-gateway:endpoints": {
        "busy": {
            "variants": {
                "forest": {
                    "artifact": "build/iris-forest",
                    "instances": {"type": "ml.m5.large", "min": 1, "max": 3},
                }
            },
            # A request a second, and somewhat more, is little; any real load is too much.
            "scaling": {"target": "6/min"},
        },
        "queued": {
            "variants": {
                "forest": {
                    "artifact": "build/iris-forest",
                    "instances": {"type": "ml.m5.large", "min": 0, "max": 1},
                }
            },
            "async": {"concurrency": 2, "retention": "7d"},
            "scaling": {"backlog": 5},
        },
    },
    "ml-gateway:direct": {
        "routes": {"/busy": {"endpoint": "busy"}, "/queued": {"endpoint": "queued"}},
        "plans": {
            "ample": {
                "throttle": {"rate": "10000/s", "burst": 5000},
                "quota": "100000000/day",
                "keys": ["client"],
            }
        },
    },
}
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/ml-gateway-local-busy/variant/forest",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
BODY = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]]})


@dataclass
class Stack:
    """The stack, and every number of instances that was ever seen, by endpoint."""

    cloud: LocalCloud
    routes: Mapping[str, Mapping[str, Any]]
    seen: dict[str, set[int]] = field(default_factory=dict)

    def instances(self, endpoint: str) -> int:
        """The instances that there are, unless more or fewer are to be."""
        [variant] = self.cloud.client("sagemaker").describe_endpoint(
            EndpointName=f"ml-gateway-local-{endpoint}"
        )["ProductionVariants"]
        counts = {variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]}
        self.seen.setdefault(endpoint, set()).update(counts)
        return int(variant["CurrentInstanceCount"]) if len(counts) == 1 else -1

    def soon(self, endpoint: str, instances: int) -> bool:
        """Whether an endpoint comes to so many instances."""
        return soon(lambda: self.instances(endpoint) == instances)

    def holds(self, endpoint: str, instances: int, seconds: float) -> bool:
        """Whether an endpoint stays at so many instances."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.instances(endpoint) != instances:
                return False
            time.sleep(0.2)
        return True

    def limit(self, low: int, high: int) -> None:
        """Gives the busy variant other limits."""
        self.cloud.client("application-autoscaling").register_scalable_target(
            **TARGET, MinCapacity=low, MaxCapacity=high
        )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One variant that follows its invocations, and an asynchronous one that may be empty."""
    folder = tmp_path_factory.mktemp("scaling")
    cloud = LocalCloud(folder / "home")
    up = cloud.up(folder=project_with(folder / "project", CONFIG))
    assert up.returncode == 0, up.stdout
    yield Stack(cloud, {route["name"]: route for route in json.loads(cloud.run("routes").stdout)})
    assert cloud.run("down").returncode == 0


def test_a_variant_grows_under_load_and_shrinks_without_it_and_keeps_within_its_limits(
    stack: Stack,
):
    assert stack.instances("busy") == 1
    with _load(stack) as statuses:
        assert stack.soon("busy", 3)
        assert stack.holds("busy", 3, seconds=5)
    assert set(statuses) == {200}
    # The metric is missing now, which the alarm of the step policy counts as no traffic.
    assert stack.soon("busy", 1)
    assert stack.holds("busy", 1, seconds=10)
    # Two may start so soon after each other that nobody sees the second alone.
    assert {1, 3} <= stack.seen["busy"] <= {1, 2, 3}


@pytest.mark.nightly
def test_alarms_of_target_tracking_are_those_that_the_engine_knows(stack: Stack):
    alarms = stack.cloud.client("cloudwatch").describe_alarms(AlarmNamePrefix="TargetTracking-")
    known = [
        arn
        for resource in stack.cloud.resources()
        if resource["type"] == "aws:appautoscaling/policy:Policy"
        for arn in resource["outputs"]["alarmArns"]
    ]
    assert sorted(alarm["AlarmArn"] for alarm in alarms["MetricAlarms"]) == sorted(known)
    assert len(known) == 3  # in the other way a step policy scales the busy variant


@pytest.mark.nightly
def test_a_variant_without_traffic_stays_where_a_schedule_brings_it(stack: Stack):
    moment = datetime.now(UTC) + timedelta(seconds=5)
    stack.cloud.client("application-autoscaling").put_scheduled_action(
        **TARGET,
        ScheduledActionName="once",
        Schedule=f"at({moment:%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 3},
    )
    assert stack.soon("busy", 2)
    # Longer than the idle alarm waits, and than the cooldown.
    assert stack.holds("busy", 2, seconds=25)
    stack.limit(1, 3)
    assert stack.soon("busy", 1)


@pytest.mark.nightly
def test_suspended_scaling_leaves_a_variant_as_it_is(stack: Stack):
    scaling = stack.cloud.client("application-autoscaling")
    scaling.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingOutSuspended": True})
    with _load(stack):
        assert stack.holds("busy", 1, seconds=10)
        scaling.register_scalable_target(
            **TARGET, SuspendedState={"DynamicScalingOutSuspended": False}
        )
        assert stack.soon("busy", 3)


def test_an_asynchronous_endpoint_comes_up_from_zero_for_a_request_and_goes_back(stack: Stack):
    for _ in range(2):
        assert _result(stack)["predictions"][0]["label"] == "setosa"
        assert stack.soon("queued", 0)
    assert stack.holds("queued", 0, seconds=5)
    assert stack.seen["queued"] == {0, 1}


def _load(stack: Stack) -> AbstractContextManager[list[int]]:
    found = stack.routes["busy"]
    route = Route(found["url"], found["headers"]["x-api-key"])
    return steady_traffic(lambda: route.post(BODY).status)


def _result(stack: Stack) -> Any:
    """What comes of the example of the asynchronous route."""
    route = stack.routes["queued"]
    answer = urllib3.request("POST", route["url"], headers=route["headers"], retries=False)
    assert answer.status == 202, answer.data
    place = urlsplit(answer.headers["x-amzn-sagemaker-outputlocation"])
    s3 = stack.cloud.client("s3")
    body = b""

    def there() -> bool:
        nonlocal body
        try:
            found = s3.get_object(Bucket=place.netloc, Key=place.path.removeprefix("/"))
        except ClientError:
            return False
        body = found["Body"].read()
        return True

    assert soon(there)
    return json.loads(body)
