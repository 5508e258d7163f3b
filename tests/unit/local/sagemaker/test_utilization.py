import os
import shutil
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from local.sagemaker.plan import ServerlessPlan
from local.sagemaker.utilization import NAMESPACE, Utilization
from tests.unit.local.sagemaker.conftest import ROLE, plan

NAMES = ["CPUUtilization", "MemoryUtilization", "DiskUtilization"]


class FakeVariant:
    def __init__(self, plan, instances):
        self.plan = plan
        self.instances = instances


class ThisProcess:
    """An instance that is the test's own process."""

    pid = os.getpid()

    def __init__(self, folder):
        self.folders = [folder] * 2


@pytest.fixture
def rig(access, puts, now, tmp_path):
    (tmp_path / "model").write_bytes(b"x" * 1000)
    time = [now]

    def measure(variant, minutes=0.0):
        time[0] += timedelta(minutes=minutes)
        utilization.measure("iris", variant)

    utilization = Utilization(access, puts, lambda: time[0])

    def variant(instances=1, **members) -> Any:
        return FakeVariant(plan(**members), [ThisProcess(tmp_path) for _ in range(instances)])

    return SimpleNamespace(measure=measure, variant=variant)


def test_a_minute_after_the_other_every_instance_is_measured(rig, puts):
    variant = rig.variant(instances=2)
    for minutes in (0, 0.5, 0.5, 1):
        rig.measure(variant, minutes)
    # Nothing is known of the processor before there is something to compare with.
    assert [name for _, name, _, _ in puts] == NAMES[1:] * 2 + NAMES * 4
    dimensions = {"EndpointName": "iris", "VariantName": "forest"}
    assert all(put[0] == NAMESPACE and put[2] == dimensions for put in puts)


def test_the_figures_are_percentages_of_this_machine(rig, puts):
    variant = rig.variant()
    rig.measure(variant)
    sum(range(3_000_000))
    rig.measure(variant, 1)
    [cpu] = puts.of("forest", "CPUUtilization")
    assert 0 < cpu <= 100 * (os.cpu_count() or 1)
    assert all(0 < percent < 100 for percent in puts.of("forest", "MemoryUtilization"))
    assert all(0 < percent < 1 for percent in puts.of("forest", "DiskUtilization"))


def test_the_disk_of_several_models_is_theirs_together(rig, puts):
    variant = rig.variant()
    rig.measure(variant)
    folder = variant.instances[0].folders[0]
    [percent] = puts.of("forest", "DiskUtilization")
    assert percent == pytest.approx(100 * 2 * 1000 / shutil.disk_usage(folder).total)


def test_without_the_right_nothing_is_put_and_it_is_said_once(rig, puts, access, caplog):
    access.denied.add((ROLE, "cloudwatch:PutMetricData"))
    variant = rig.variant()
    for _ in range(3):
        rig.measure(variant, 1)
    assert puts == []
    [said] = caplog.messages
    assert said.startswith("variant forest has no instance metrics: ")


def test_a_serverless_variant_has_no_instances_to_measure(rig, puts):
    rig.measure(rig.variant(serverless=ServerlessPlan(memory_mb=1024, max_concurrency=1)))
    assert puts == []
