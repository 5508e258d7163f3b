import json
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from local.http import HttpRequest, HttpResponse
from local.principal import Principal, PrincipalKind
from local.sagemaker.asynchronous import Job
from local.sagemaker.backlog import Backlog
from local.sagemaker.exchange import BrokenAnswer, Unreachable
from local.sagemaker.fleet import Retired
from local.sagemaker.measurement import BacklogMeasurement
from tests.unit.local.conftest import NOW
from tests.unit.local.sagemaker.conftest import ROLE, plan, wait_until


def job(name="a1", failure="s3://bucket/failed/a1-error.out"):
    return Job(
        name,
        "s3://bucket/in/1.csv",
        f"s3://bucket/out/{name}.out",
        failure,
        content_type="text/csv",
        accept=None,
        custom_attributes="trace=1",
        expires=NOW + timedelta(seconds=60),
        timeout_seconds=900,
    )


class FakeFleet:
    """Gives its answers one after another, the last for ever; keeps the calls."""

    def __init__(self):
        self.answers: list[Any] = [HttpResponse(200, {"content-type": "text/csv"}, b"setosa")]
        self.calls: list[Any] = []
        self.gate = threading.Event()
        self.gate.set()
        self.instances = 1

    @property
    def capacity(self):
        return self.instances

    def pick(self, target):
        assert target is None
        return SimpleNamespace(plan=plan())

    def call(self, variant, invocation, timeout_seconds, arrived):
        self.calls.append((invocation.request, invocation.inference_id, timeout_seconds))
        assert self.gate.wait(10)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Rig:
    def __init__(self, storage, puts):
        self.fleet = FakeFleet()
        self.time = NOW
        self.storage = storage
        fleet: Any = self.fleet
        self.puts = puts
        measurement = BacklogMeasurement(puts, "iris")
        self.backlog = Backlog(
            lambda: fleet, lambda: fleet, storage, lambda: self.time, measurement
        )

    def measured(self, name):
        """The values of a metric, oldest first; it has no other dimension than the endpoint."""
        found = [put for put in list(self.puts) if put[1] == name]
        assert {(put[0], *put[2].items()) for put in found} <= {
            ("AWS/SageMaker", ("EndpointName", "iris"))
        }
        return [value for *_, value in found]


@pytest.fixture
def rig(storage, puts):
    storage.objects["s3://bucket/in/1.csv"] = b"5.1,3.5"
    rig = Rig(storage, puts)
    yield rig
    rig.fleet.gate.set()
    rig.backlog.close()


def test_an_answer_is_put_where_the_request_says_as_the_execution_role(rig, storage):
    rig.backlog.add(job())
    assert storage.wait_for("s3://bucket/out/a1.out") == b"setosa"
    assert storage.content_types["s3://bucket/out/a1.out"] == "text/csv"
    headers = {"content-type": "text/csv", "x-amzn-sagemaker-custom-attributes": "trace=1"}
    request = HttpRequest("POST", "/invocations", headers, body=b"5.1,3.5")
    assert rig.fleet.calls == [(request, "a1", 900)]
    assert set(storage.principals) == {Principal(PrincipalKind.ROLE, ROLE)}


def test_what_the_container_refuses_goes_to_the_place_for_failures(rig, storage):
    rig.fleet.answers = [HttpResponse(400, {"content-type": "application/json"}, b'{"error":1}')]
    rig.backlog.add(job())
    assert storage.wait_for("s3://bucket/failed/a1-error.out") == b'{"error":1}'
    assert "s3://bucket/out/a1.out" not in storage.objects


@pytest.mark.parametrize("failure", [BrokenAnswer("cut"), TimeoutError("late")])
def test_a_request_without_a_whole_answer_fails(rig, storage, failure):
    rig.fleet.answers = [failure]
    rig.backlog.add(job())
    content = storage.wait_for("s3://bucket/failed/a1-error.out")
    assert json.loads(content) == {"Message": str(failure)}


def test_an_input_that_cannot_be_read_fails(rig, storage):
    del storage.objects["s3://bucket/in/1.csv"]
    rig.backlog.add(job())
    content = storage.wait_for("s3://bucket/failed/a1-error.out")
    assert json.loads(content) == {"Message": "s3://bucket/in/1.csv cannot be read: no such object"}


@pytest.mark.parametrize("failure", [Unreachable("none in service"), Retired()])
def test_a_request_that_no_instance_takes_waits_for_one(rig, storage, failure):
    rig.fleet.answers = [failure, HttpResponse(200, {}, b"setosa")]
    rig.backlog.add(job())
    assert storage.wait_for("s3://bucket/out/a1.out") == b"setosa"
    assert len(rig.fleet.calls) == 2


def test_without_instances_requests_wait_until_there_are_some(rig, storage):
    rig.fleet.instances = 0
    for name in ("a1", "a2"):
        rig.backlog.add(job(name))
    assert rig.fleet.calls == []
    rig.fleet.instances = 1
    for name in ("a1", "a2"):
        storage.wait_for(f"s3://bucket/out/{name}.out")
    assert [name for _, name, _ in rig.fleet.calls] == ["a1", "a2"]


def test_a_request_that_waits_too_long_expires_though_there_is_no_instance(rig, storage):
    rig.fleet.instances = 0
    rig.backlog.add(job())
    rig.time = NOW + timedelta(seconds=60)
    content = storage.wait_for("s3://bucket/failed/a1-error.out")
    assert json.loads(content) == {"Message": "The request expired while it waited."}
    assert rig.fleet.calls == []


def test_requests_that_expire_together_fail_one_after_the_other(rig, storage):
    rig.fleet.instances = 0
    rig.time = NOW + timedelta(seconds=60)
    failures = [f"s3://bucket/failed/{number}-error.out" for number in range(5)]
    with storage.written:  # writers wait for this lock
        for failure in failures:
            rig.backlog.add(job(failure=failure))
        wait_until(lambda: rig.backlog._in_progress)
        assert rig.backlog._in_progress == 1
    for failure in failures:
        storage.wait_for(failure)


def test_no_more_requests_are_answered_at_once_than_there_is_room_for(rig, storage):
    rig.fleet.instances = 2
    rig.fleet.gate.clear()
    names = [f"a{number}" for number in range(5)]
    for name in names:
        rig.backlog.add(job(name))
    wait_until(lambda: len(rig.fleet.calls) == 2)
    assert rig.backlog._in_progress == 2
    rig.fleet.gate.set()
    for name in names:
        storage.wait_for(f"s3://bucket/out/{name}.out")
    assert len(rig.fleet.calls) == 5


def test_without_a_place_for_failures_they_are_forgotten(rig, storage):
    rig.fleet.answers = [HttpResponse(500), BrokenAnswer("cut"), HttpResponse(200, {}, b"setosa")]
    for name in ("a1", "a2", "a3"):
        rig.backlog.add(job(name, failure=""))
    assert storage.wait_for("s3://bucket/out/a3.out") == b"setosa"
    assert [url for url in storage.objects if "bucket/in/" not in url] == ["s3://bucket/out/a3.out"]


def test_a_bucket_that_is_gone_does_not_stop_the_queue(rig, storage, caplog):
    storage.broken = True
    rig.backlog.add(job())
    wait_until(lambda: caplog.records)
    assert caplog.records[0].getMessage() == (
        "asynchronous request a1: s3://bucket/out/a1.out cannot be written: no such bucket"
    )
    storage.broken = False
    rig.backlog.add(job("a2"))
    assert storage.wait_for("s3://bucket/out/a2.out") == b"setosa"


def test_closing_forgets_what_waits(rig):
    rig.fleet.instances = 0
    rig.backlog.add(job())
    rig.backlog.close()
    rig.backlog._thread.join(10)
    assert not rig.backlog._thread.is_alive()
    assert rig.fleet.calls == []


def test_the_queue_is_measured_by_endpoint_and_by_instance(rig, storage):
    rig.fleet.gate.clear()
    rig.fleet.instances = 2
    for name in ("a1", "a2", "a3"):
        rig.backlog.add(job(name))
    wait_until(lambda: 1.5 in rig.measured("ApproximateBacklogSizePerInstance"))
    rig.fleet.gate.set()
    wait_until(lambda: rig.measured("ApproximateBacklogSizePerInstance")[-1] == 0.0)
    assert set(rig.measured("HasBacklogWithoutCapacity")) == {0.0}


def test_requests_that_no_instance_is_there_for_are_measured_as_such(rig, storage):
    rig.fleet.instances = 0
    rig.backlog.add(job())
    wait_until(lambda: rig.measured("HasBacklogWithoutCapacity"))
    assert set(rig.measured("HasBacklogWithoutCapacity")) == {1.0}
    assert rig.measured("ApproximateBacklogSizePerInstance") == []
    rig.fleet.instances = 1
    storage.wait_for("s3://bucket/out/a1.out")
    wait_until(lambda: rig.measured("HasBacklogWithoutCapacity")[-1] == 0.0)
