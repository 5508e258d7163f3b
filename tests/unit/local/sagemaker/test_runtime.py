import json
import threading
from pathlib import Path

import pytest

from local.http import HttpRequest, HttpResponse
from local.principal import Principal, PrincipalKind
from local.sagemaker.instance import DeploymentError, InstanceDown
from local.sagemaker.runtime import MAX_BODY_BYTES, SageMakerRuntime
from tests.unit.local.sagemaker.conftest import ROLE, FakeInstance, plan, seeded

CALLER = Principal(PrincipalKind.ROLE, "arn:aws:iam::123456789012:role/invoke")
ARN = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/iris"


class FakeModelData:
    """Unpacks to a folder named by the URL; keeps who asked."""

    def __init__(self):
        self.principals = []

    def unpack(self, principal, url):
        self.principals.append(principal)
        if url == "s3://models/missing":
            raise DeploymentError("no such object")
        return Path("/unpacked") / url.rpartition("/")[2]


class Fleet:
    """A runtime whose instances are all kept, oldest first."""

    def __init__(self, calls):
        self.instances = []
        self.sick = set()
        self.model_data = FakeModelData()
        self.runtime = SageMakerRuntime(
            "eu-central-1",
            self.model_data,  # type: ignore[arg-type]
            calls.log,
            seeded(1),
            self._start,
        )

    def _start(self, model, directory):
        instance = FakeInstance(model, directory)
        instance.healthy = model.model_data_url not in self.sick
        self.instances.append(instance)
        return instance

    def invoke(self, body=b"5.1,3.5,1.4,0.2", name="iris", timeout=29.0, **headers):
        request = HttpRequest("POST", "/endpoints/iris/invocations", headers, body=body)
        return self.runtime.invoke(CALLER, name, request, timeout)


@pytest.fixture
def fleet(calls):
    fleet = Fleet(calls)
    fleet.runtime.deploy("iris", [plan()])
    return fleet


def error_of(answer):
    return answer.status, answer.headers["x-amzn-errortype"], json.loads(answer.body)["Message"]


def test_a_container_s_answer_is_passed_on_with_the_variant_s_name(fleet):
    assert fleet.invoke() == HttpResponse(
        200,
        {"content-type": "text/csv", "x-amzn-invoked-production-variant": "forest"},
        b"setosa\n",
    )


def test_any_answer_of_the_2xx_is_200_and_has_a_content_type(fleet):
    fleet.instances[0].answer = HttpResponse(204)
    answer = fleet.invoke()
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_the_container_gets_the_body_and_only_the_headers_that_sagemaker_forwards(fleet):
    headers = {
        "content-type": "text/csv",
        "accept": "application/json",
        "x-amzn-sagemaker-custom-attributes": "trace=1",
    }
    fleet.invoke(b"row", timeout=3.5, **headers, authorization="secret", host="sagemaker")
    expected = HttpRequest("POST", "/invocations", headers, body=b"row")
    assert fleet.instances[0].requests == [(expected, 3.5)]


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
def test_any_other_answer_is_wrapped_in_a_424(fleet, status):
    fleet.instances[0].answer = HttpResponse(status, {}, '{"error":"grün"}'.encode())
    answer = fleet.invoke()
    assert (answer.status, answer.headers) == (
        424,
        {"content-type": "application/json", "x-amzn-errortype": "ModelError"},
    )
    assert json.loads(answer.body) == {
        "Message": f"Received an error ({status}) from forest.",
        "OriginalStatusCode": status,
        "OriginalMessage": '{"error":"grün"}',
        "LogStreamArn": (
            "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/sagemaker/Endpoints/iris:"
            "log-stream:forest"
        ),
    }


def test_the_original_message_is_cut_at_2048_characters_and_may_be_no_text(fleet):
    fleet.instances[0].answer = HttpResponse(500, {}, b"\xff" + b"x" * 3000)
    message = json.loads(fleet.invoke().body)["OriginalMessage"]
    assert message == "\N{REPLACEMENT CHARACTER}" + "x" * 2047


def test_an_unknown_endpoint_is_a_validation_error(fleet):
    assert error_of(fleet.invoke(name="roses")) == (
        400,
        "ValidationError",
        "Endpoint roses of account 123456789012 not found.",
    )


def test_a_body_over_the_limit_never_reaches_the_container(fleet):
    assert error_of(fleet.invoke(b"x" * (MAX_BODY_BYTES + 1))) == (
        413,
        "ValidationError",
        "Body has 6291457 bytes; the limit is 6291456.",
    )
    assert fleet.instances[0].requests == []
    assert fleet.invoke(b"x" * MAX_BODY_BYTES).status == 200


def test_an_instance_that_is_down_is_503(fleet):
    fleet.instances[0].answer = InstanceDown("connection refused")
    assert error_of(fleet.invoke()) == (
        503,
        "ServiceUnavailable",
        "The service is temporarily unavailable.",
    )


def test_a_request_that_met_the_old_fleet_as_it_stopped_is_answered_by_the_new_one(fleet):
    class Stopping(FakeInstance):
        def invoke(self, request, timeout_seconds):
            fleet.runtime.deploy("iris", [plan()])
            raise InstanceDown("connection refused")

    [old] = fleet.instances
    old.__class__ = Stopping
    assert fleet.invoke().status == 200


def test_every_call_is_logged_with_its_principal(fleet, calls, now):
    fleet.instances[0].answer = HttpResponse(500)
    fleet.invoke()
    assert calls.lines() == [
        {
            "time": now.isoformat(),
            "principal": "role:arn:aws:iam::123456789012:role/invoke",
            "action": "sagemaker:InvokeEndpoint",
            "resource": ARN,
            "status": 424,
        }
    ]


def test_a_call_that_the_caller_gave_up_is_logged_without_a_status(fleet, calls):
    fleet.instances[0].answer = TimeoutError("no answer within 29 s")
    with pytest.raises(TimeoutError):
        fleet.invoke()
    assert [line["status"] for line in calls.lines()] == [None]


def test_each_variant_has_its_own_model_which_its_execution_role_reads(fleet):
    other = plan("boosting", instances=2, url="s3://models/boosting")
    fleet.runtime.deploy("iris", [plan(), other])
    assert [str(i.directory) for i in fleet.instances[1:]] == [
        "/unpacked/forest",
        "/unpacked/boosting",
        "/unpacked/boosting",
    ]
    assert set(fleet.model_data.principals) == {Principal(PrincipalKind.ROLE, ROLE)}


def test_a_new_fleet_takes_the_place_of_the_old_one(fleet):
    fleet.runtime.deploy("iris", [plan(url="s3://models/second")])
    old, new = fleet.instances
    assert (old.stopped, new.stopped) == (True, False)
    fleet.invoke()
    assert (len(old.requests), len(new.requests)) == (0, 1)


@pytest.mark.parametrize("url", ["s3://models/sick", "s3://models/missing"])
def test_a_fleet_that_does_not_come_up_is_stopped_and_the_old_one_goes_on(fleet, url):
    fleet.sick = {"s3://models/sick"}
    with pytest.raises(DeploymentError):
        fleet.runtime.deploy("iris", [plan("new", instances=2), plan("worse", url=url)])
    old, *new = fleet.instances
    assert [instance.stopped for instance in new] == [True] * len(new)
    assert len(new) >= 2
    assert not old.stopped
    assert fleet.invoke().headers["x-amzn-invoked-production-variant"] == "forest"


def test_a_removed_endpoint_is_stopped_and_removing_it_again_is_nothing(fleet):
    fleet.runtime.remove("iris")
    fleet.runtime.remove("iris")
    assert fleet.instances[0].stopped
    assert fleet.invoke().status == 400


def test_closing_stops_every_endpoint(fleet):
    fleet.runtime.deploy("roses", [plan()])
    fleet.runtime.close()
    assert [instance.stopped for instance in fleet.instances] == [True, True]


def test_many_callers_at_once_are_all_answered_while_the_fleet_changes(fleet):
    statuses: list[int] = []

    def call():
        statuses.extend(fleet.invoke().status for _ in range(200))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        fleet.runtime.deploy("iris", [plan(instances=2)])
    for thread in threads:
        thread.join()
    assert statuses == [200] * 800
