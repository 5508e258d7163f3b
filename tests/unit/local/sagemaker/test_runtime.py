import json
import threading
from typing import Any

import pytest

from local.http import HttpRequest, HttpResponse
from local.principal import Principal, PrincipalKind
from local.sagemaker.deployment import Deployment
from local.sagemaker.instance import DeploymentError
from local.sagemaker.plan import AsyncPlan
from local.sagemaker.runtime import SageMakerRuntime
from tests.unit.local.conftest import Allowed
from tests.unit.local.sagemaker.conftest import (
    FakeInstance,
    Unmeasured,
    endpoint_plan,
    plan,
    seeded,
    wait_until,
)

CALLER = Principal(PrincipalKind.ROLE, "arn:aws:iam::123456789012:role/invoke")
ARN = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/iris"
ASYNC = AsyncPlan("s3://bucket/out", "s3://bucket/failed", concurrency=2)


class Rig:
    """A runtime whose instances are all kept, oldest first."""

    def __init__(self, calls, storage, access, puts, now):
        self.instances = []
        self.sick = set()
        parts: Any = self._start, storage, lambda: now, seeded(1), puts, Unmeasured()
        deployment = Deployment(*parts)
        self.runtime = SageMakerRuntime(
            "eu-central-1", deployment, storage, access, calls.log, lambda: now, seeded(2), puts
        )

    def _start(self, endpoint, plan):
        instance = FakeInstance(plan)
        instance.healthy = plan.model.model_data_url not in self.sick
        self.instances.append(instance)
        return instance

    def start(self, *variants, name="iris", **members):
        return self.runtime.start(name, endpoint_plan(*variants, **members))

    def serve(self, *variants, name="iris", share=1.0, **members):
        fleet = self.start(*variants, name=name, **members)
        self.runtime.route(name, fleet, share)
        return fleet

    def invoke(self, body=b"row", name="iris", timeout=29.0, **headers):
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        request = HttpRequest("POST", f"/endpoints/{name}/invocations", given, body=body)
        return self.runtime.invoke(CALLER, name, request, timeout)

    def answer(self, path, method="POST", **headers):
        request = HttpRequest(method, path, headers, body=b"row")
        return self.runtime.answer(CALLER, request, 29.0)

    def served(self):
        return [len(instance.requests) for instance in self.instances]


@pytest.fixture
def rig(calls, storage, access, puts, now):
    rig = Rig(calls, storage, access, puts, now)
    rig.serve()
    yield rig
    rig.runtime.close()


def error_of(answer):
    return answer.status, answer.headers["x-amzn-errortype"], json.loads(answer.body)["Message"]


def test_a_call_is_answered_by_a_variant(rig):
    answer = rig.invoke()
    assert (answer.status, answer.body) == (200, b"setosa\n")
    assert answer.headers["x-amzn-invoked-production-variant"] == "forest"


def test_an_unknown_endpoint_is_a_validation_error(rig):
    assert error_of(rig.invoke(name="roses")) == (
        400,
        "ValidationError",
        "Endpoint roses of account 123456789012 not found.",
    )


def test_a_target_variant_is_taken_from_the_header(rig):
    rig.serve(plan("forest", 1.0), plan("boosting", 0.0))
    answer = rig.invoke(x_amzn_sagemaker_target_variant="boosting")
    assert answer.headers["x-amzn-invoked-production-variant"] == "boosting"
    assert rig.invoke(x_amzn_sagemaker_target_variant="roses").status == 400


def test_which_model_is_asked_is_for_iam_to_allow(rig, access, monkeypatch):
    asked = []
    monkeypatch.setattr(Allowed, "require", lambda *given: asked.append(given[4]))
    rig.invoke()
    rig.invoke(x_amzn_sagemaker_target_model="iris.tar.gz")
    assert asked == [None, {"sagemaker:TargetModel": "iris.tar.gz"}]


def test_every_call_is_logged_with_its_principal(rig, calls, now):
    rig.instances[0].answer = HttpResponse(500)
    rig.invoke()
    assert calls.lines() == [
        {
            "time": now.isoformat(),
            "principal": "role:arn:aws:iam::123456789012:role/invoke",
            "action": "sagemaker:InvokeEndpoint",
            "resource": ARN,
            "status": 424,
        }
    ]


def test_a_call_that_the_caller_gave_up_is_logged_without_a_status(rig, calls):
    rig.instances[0].answer = TimeoutError("no answer within 29 s")
    with pytest.raises(TimeoutError):
        rig.invoke()
    assert [line["status"] for line in calls.lines()] == [None]


def test_a_fleet_that_is_not_routed_gets_nothing(rig):
    fleet = rig.start()
    rig.invoke()
    assert rig.served() == [1, 0]
    fleet.close()


def test_a_fleet_that_does_not_come_up_leaves_the_old_one_alone(rig):
    rig.sick.add("s3://models/sick")
    with pytest.raises(DeploymentError):
        rig.start(plan(url="s3://models/sick"))
    assert [instance.stopped for instance in rig.instances] == [False, True]
    assert rig.invoke().status == 200


def test_a_share_goes_to_the_new_fleet_until_it_has_all(rig):
    fleet = rig.serve(share=0.5)
    for _ in range(100):
        rig.invoke()
    old, new = rig.served()
    assert old + new == 100
    assert 25 < new < 75
    rig.runtime.route("iris", fleet, 1.0)
    assert [instance.stopped for instance in rig.instances] == [True, False]
    rig.invoke()
    assert rig.served() == [old, new + 1]


def test_a_fleet_that_is_discarded_is_stopped_and_the_old_one_gets_all(rig):
    fleet = rig.serve(share=0.9)
    rig.runtime.discard("iris", fleet)
    for _ in range(50):
        rig.invoke()
    assert rig.served() == [50, 0]
    assert [instance.stopped for instance in rig.instances] == [False, True]


def test_a_fleet_that_has_taken_over_cannot_be_discarded(rig):
    fleet = rig.serve()
    rig.runtime.discard("iris", fleet)
    assert rig.invoke().status == 200
    assert [instance.stopped for instance in rig.instances] == [True, False]


def test_a_fleet_of_an_endpoint_that_has_gone_can_be_discarded(rig):
    fleet = rig.start()
    rig.runtime.remove("iris")
    rig.runtime.discard("iris", fleet)
    assert [instance.stopped for instance in rig.instances] == [True, True]


def test_a_request_in_flight_on_the_old_fleet_gets_its_answer(rig):
    [old] = rig.instances
    old.gate.clear()
    answers: list[Any] = []
    caller = threading.Thread(target=lambda: answers.append(rig.invoke()))
    caller.start()
    wait_until(lambda: old.requests)
    replacing = threading.Thread(target=rig.serve, args=(plan(instances=2),))
    replacing.start()
    wait_until(lambda: rig.runtime.counts("iris") == {"forest": (2, 2)})
    assert rig.invoke().status == 200
    replacing.join(0.05)
    assert not old.stopped
    old.gate.set()
    caller.join(10)
    replacing.join(10)
    assert [answer.status for answer in answers] == [200]
    assert old.stopped


def test_counts_weights_and_sizes_are_those_of_the_serving_fleet(rig):
    rig.serve(plan("forest", instances=2), plan("boosting"))
    assert rig.runtime.counts("iris") == {"forest": (2, 2), "boosting": (1, 1)}
    rig.runtime.resize("iris", "boosting", 3)
    assert rig.runtime.counts("iris") == {"forest": (2, 2), "boosting": (3, 3)}
    rig.runtime.reweigh("iris", {"forest": 0.0})
    variants = {rig.invoke().headers["x-amzn-invoked-production-variant"] for _ in range(20)}
    assert variants == {"boosting"}


def test_what_is_not_there_cannot_be_changed(rig):
    with pytest.raises(LookupError):
        rig.runtime.counts("roses")
    with pytest.raises(LookupError):
        rig.runtime.resize("iris", "roses", 2)
    with pytest.raises(LookupError):
        rig.runtime.reweigh("roses", {})


def test_a_removed_endpoint_is_stopped_and_removing_it_again_is_nothing(rig):
    rig.runtime.remove("iris")
    rig.runtime.remove("iris")
    assert rig.instances[0].stopped
    assert rig.invoke().status == 400


def test_closing_stops_every_endpoint_and_what_is_coming(rig):
    rig.serve(name="roses")
    rig.serve(share=0.1)
    rig.runtime.close()
    assert [instance.stopped for instance in rig.instances] == [True] * 3


def test_a_roll_out_that_the_end_of_the_cloud_overtakes_leaves_nothing_running(rig):
    fleet = rig.start()
    rig.runtime.close()
    rig.runtime.route("iris", fleet, 1.0)
    assert [instance.stopped for instance in rig.instances] == [True, True]
    with pytest.raises(DeploymentError, match=r"^The local cloud ends\.$"):
        rig.start()


def test_a_request_that_met_a_fleet_as_it_retired_is_answered_by_the_next(rig, monkeypatch):
    old = rig.serve()
    pick = old.pick

    def pick_late(target):
        variant = pick(target)
        rig.serve()
        return variant

    monkeypatch.setattr(old, "pick", pick_late)
    assert rig.invoke().status == 200
    assert rig.served() == [0, 0, 1]


def test_many_callers_at_once_are_all_answered_while_the_fleet_changes(rig):
    statuses: list[int] = []

    def call():
        statuses.extend(rig.invoke().status for _ in range(200))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        rig.serve(plan(instances=2))
    for thread in threads:
        thread.join()
    assert statuses == [200] * 800


def test_an_asynchronous_request_is_accepted_and_answered_in_s3(rig, storage, calls):
    rig.serve(asynchronous=ASYNC)
    storage.objects["s3://bucket/in/1"] = b"5.1,3.5"
    headers = {
        "x-amzn-sagemaker-inputlocation": "s3://bucket/in/1",
        "x-amzn-sagemaker-inference-id": "a1",
    }
    answer = rig.answer("/endpoints/iris/async-invocations", **headers)
    assert (answer.status, answer.body) == (202, b'{"InferenceId": "a1"}')
    assert storage.wait_for("s3://bucket/out/a1.out") == b"setosa\n"
    assert (calls.lines()[0]["action"], calls.lines()[0]["status"]) == (
        "sagemaker:InvokeEndpointAsync",
        202,
    )


def test_what_waits_outlasts_the_fleet_that_was_there_when_it_came(rig, storage):
    rig.serve(plan(instances=0), asynchronous=ASYNC)
    storage.objects["s3://bucket/in/1"] = b"5.1,3.5"
    rig.answer(
        "/endpoints/iris/async-invocations",
        **{
            "x-amzn-sagemaker-inputlocation": "s3://bucket/in/1",
            "x-amzn-sagemaker-inference-id": "a1",
        },
    )
    rig.serve(plan(instances=1), asynchronous=ASYNC)
    assert storage.wait_for("s3://bucket/out/a1.out") == b"setosa\n"


def test_each_kind_of_endpoint_refuses_the_calls_of_the_other(rig):
    assert error_of(rig.answer("/endpoints/iris/async-invocations")) == (
        400,
        "ValidationError",
        "Endpoint iris is not asynchronous. Call InvokeEndpoint.",
    )
    rig.serve(asynchronous=ASYNC)
    assert error_of(rig.answer("/endpoints/iris/invocations")) == (
        400,
        "ValidationError",
        "Endpoint iris is asynchronous. Call InvokeEndpointAsync.",
    )


def test_an_asynchronous_request_to_no_endpoint_is_a_validation_error(rig):
    assert rig.answer("/endpoints/roses/async-invocations").status == 400


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        (
            "POST",
            "/endpoints/iris/invocations-response-stream",
            "InvokeEndpointWithResponseStream",
        ),
        ("GET", "/endpoints/iris/invocations", "GET /endpoints/iris/invocations"),
        ("POST", "/endpoints/iris", "POST /endpoints/iris"),
        ("POST", "/", "POST /"),
    ],
)
def test_an_operation_that_is_not_had_is_refused_by_name(rig, method, path, operation):
    with pytest.raises(LookupError) as error:
        rig.answer(path, method)
    assert str(error.value) == (f"runtime.sagemaker {operation}: the local cloud does not have it")


@pytest.mark.parametrize("path", ["invocations", "async-invocations"])
def test_a_caller_who_may_not_reaches_no_container(rig, access, calls, path):
    action = "InvokeEndpointAsync" if path.startswith("async") else "InvokeEndpoint"
    access.denied.add((CALLER.identifier, f"sagemaker:{action}"))
    status, kind, message = error_of(rig.answer(f"/endpoints/iris/{path}"))
    assert (status, kind) == (403, "AccessDeniedException")
    assert message == f"{CALLER.identifier} may not sagemaker:{action} on {ARN}"
    assert rig.served() == [0]
    assert calls.lines()[-1]["status"] == 403
