from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from local.http import HttpRequest, HttpResponse
from local.sagemaker.deployment import Deployment
from local.sagemaker.instance import DeploymentError
from local.sagemaker.invocation import Invocation
from local.sagemaker.plan import AsyncPlan, CapturePlan, ServerlessPlan
from tests.unit.local.sagemaker.conftest import (
    FakeInstance,
    Unmeasured,
    endpoint_plan,
    plan,
    seeded,
    wait_until,
)

INVOCATION = Invocation(HttpRequest("POST", "/invocations", {"content-type": "a"}, body=b"row"))


@pytest.fixture
def rig(storage, puts, now):
    """A deployment, and every instance that it started."""
    instances: list[FakeInstance] = []
    sick: set[str] = set()

    def launch(endpoint, plan):
        if plan.model.model_data_url == "s3://models/missing":
            raise DeploymentError("no such object")
        instance = FakeInstance(plan)
        instance.healthy = plan.model.model_data_url not in sick
        instances.append(instance)
        return instance

    unmeasured = Unmeasured()

    def check_image(image):
        if image == "ml-gateway:old":
            raise DeploymentError("built from other code")

    parts: Any = launch, storage, lambda: now, seeded(1), puts, unmeasured, check_image
    deployment = Deployment(*parts)
    fleets: list[Any] = []

    def begin(plan):
        fleets.append(deployment.start("iris", plan))
        return fleets[-1]

    yield SimpleNamespace(start=begin, instances=instances, sick=sick, unmeasured=unmeasured)
    for fleet in fleets:
        fleet.close()


def test_each_variant_has_instances_of_its_own_which_are_measured(rig):
    rig.start(endpoint_plan(plan(), plan("boosting", instances=2), shadows=(plan("next"),)))
    names = [instance.plan.name for instance in rig.instances]
    assert names == ["forest", "boosting", "boosting", "next"]
    wait_until(lambda: len(rig.unmeasured.variants) >= 3)
    assert set(rig.unmeasured.variants) == {("iris", name) for name in names}


@pytest.mark.parametrize("url", ["s3://models/sick", "s3://models/missing"])
def test_a_fleet_that_does_not_come_up_is_stopped(rig, url):
    rig.sick.add("s3://models/sick")
    with pytest.raises(DeploymentError):
        rig.start(endpoint_plan(plan("new", instances=2), shadows=(plan("worse", url=url),)))
    assert len(rig.instances) >= 2
    assert all(instance.stopped for instance in rig.instances)


def test_an_image_that_cannot_be_deployed_is_not_started(rig):
    old = replace(plan(), model=replace(plan().model, image="ml-gateway:old"))
    with pytest.raises(DeploymentError, match="built from other code"):
        rig.start(endpoint_plan(old))
    assert rig.instances == []


def test_a_fleet_without_any_weight_is_refused(rig):
    with pytest.raises(DeploymentError) as error:
        rig.start(endpoint_plan(plan(weight=0.0)))
    assert str(error.value) == (
        "iris-1: every weight is 0. Allowed: at least one above 0. Raise one."
    )
    assert rig.instances == []


def test_a_serverless_variant_is_one_process(rig):
    serverless = ServerlessPlan(memory_mb=1024, max_concurrency=2)
    fleet = rig.start(endpoint_plan(plan(instances=0, serverless=serverless)))
    assert len(rig.instances) == 1
    assert fleet.call(fleet.pick(None), INVOCATION, 9.0, 0.0).status == 200


def test_an_asynchronous_fleet_may_have_no_instance(rig):
    wanted = AsyncPlan("s3://bucket/out", "", concurrency=3)
    fleet = rig.start(endpoint_plan(plan(instances=0), asynchronous=wanted))
    assert (rig.instances, fleet.capacity) == ([], 0)
    fleet.variants["forest"].resize(2)
    assert fleet.capacity == 6


def test_calls_and_their_copies_are_measured_by_variant_and_captured(rig, storage, puts):
    capture = CapturePlan(100, "s3://bucket/capture", frozenset({"Output"}))
    fleet = rig.start(endpoint_plan(plan(), shadows=(plan("next"),), capture=capture))
    rig.instances[1].answer = HttpResponse(500)
    fleet.call(fleet.pick(None), INVOCATION, 9.0, 0.0)
    wait_until(lambda: puts.of("next", "OverheadLatency"))
    fleet.close()
    assert puts.of("forest", "Invocation5XXErrors") == [0.0]
    assert puts.of("next", "Invocation5XXErrors") == [1.0]
    [url] = storage.objects
    assert url.startswith("s3://bucket/capture/iris/forest/2026/03/01/12/")
