import json
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import NoWholeAnswer, Unreachable
from local.sagemaker.instance import DeploymentError
from local.sagemaker.invocation import CONTAINER_SECONDS, TARGET_MODEL, RuntimeApiError
from local.sagemaker.loaded_models import LOAD_SECONDS, LoadedModels
from tests.unit.local.sagemaker.conftest import wait_until


class Container:
    """One with room for so many models; keeps what it was asked, and by what name it has what."""

    def __init__(self, room=9):
        self.room = room
        self.loaded = {}
        self.requests = []
        self.gate = threading.Event()
        """Loading waits for it."""
        self.gate.set()
        self.answering = threading.Event()
        """Predictions wait for it."""
        self.answering.set()
        self.failure = None

    def send(self, request, timeout_seconds):
        self.requests.append((request.method, request.path, timeout_seconds))
        if self.failure:
            raise self.failure
        match request.method, *request.path.strip("/").split("/"):
            case "POST", "models":
                return self._load(json.loads(request.body), request.headers[TARGET_MODEL])
            case "DELETE", "models", name:
                del self.loaded[name]
                return HttpResponse(200)
            case "POST", "models", name, "invoke":
                assert self.answering.wait(10)
                if name not in self.loaded:
                    return HttpResponse(404, {}, b"not loaded")
                return HttpResponse(200, {}, self.loaded[name].encode())
        raise AssertionError(request.path)

    def _load(self, body, target):
        assert self.gate.wait(10)
        if "broken" in body["url"]:
            return HttpResponse(500, {}, b"broken")
        if "lost" in body["url"]:
            return HttpResponse(200)
        if "unknown" in body["url"]:
            return HttpResponse(404, {}, b"unknown")
        if len(self.loaded) >= self.room:
            return HttpResponse(507)
        self.loaded[body["model_name"]] = target
        return HttpResponse(200)

    def count(self, method, path):
        return sum((m, p) == (method, path) for m, p, _ in self.requests)


def fetch(target):
    if target == "missing":
        raise DeploymentError("no such object")
    return Path("/unpacked") / target


def rig(room=9):
    container = Container(room)
    return SimpleNamespace(container=container, models=LoadedModels(fetch, container.send))


def invoke(found, target, timeout=CONTAINER_SECONDS):
    request = HttpRequest("POST", "/invocations", {TARGET_MODEL: target}, body=b"row")
    return found.models.invoke(request, timeout)


def targets(found):
    return sorted(found.container.loaded.values())


def test_a_model_is_loaded_when_it_is_first_asked_for_and_answers_by_its_opaque_name():
    found = rig()
    assert [invoke(found, "iris").body for _ in range(3)] == [b"iris"] * 3
    load, *_ = found.container.requests
    assert load == ("POST", "/models", LOAD_SECONDS)
    [name] = found.container.loaded
    assert found.container.count("POST", f"/models/{name}/invoke") == 3
    assert found.container.count("POST", "/models") == 1
    assert "iris" not in name
    assert found.models.folders == [Path("/unpacked/iris")]


def test_many_who_ask_at_once_have_one_load_done():
    found = rig()
    found.container.gate.clear()
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(invoke(found, "iris").body))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: found.container.count("POST", "/models"))
    found.container.gate.set()
    for thread in threads:
        thread.join()
    assert answers == [b"iris"] * 8
    assert found.container.count("POST", "/models") == 1


def test_the_one_that_was_asked_for_longest_ago_goes_when_there_is_no_room():
    found = rig(room=2)
    for target in ("a", "b", "a", "c"):
        assert invoke(found, target).body == target.encode()
    assert targets(found) == ["a", "c"]
    assert found.models.folders == [Path("/unpacked/a"), Path("/unpacked/c")]
    assert invoke(found, "b").body == b"b"
    assert targets(found) == ["b", "c"]


def test_as_many_go_as_it_takes():
    found = rig(room=3)
    for target in ("a", "b", "c"):
        invoke(found, target)
    found.container.room = 1  # the next one needs the room of all
    assert invoke(found, "d").body == b"d"
    assert targets(found) == ["d"]


def test_no_model_goes_that_still_answers():
    found = rig(room=1)
    invoke(found, "busy")
    found.container.answering.clear()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(invoke(found, "busy").body))
    thread.start()
    wait_until(lambda: len([path for _, path, _ in found.container.requests]) == 3)
    assert invoke(found, "other").status == 507
    found.container.answering.set()
    thread.join()
    assert answers == [b"busy"]
    assert invoke(found, "other").body == b"other"


def test_what_the_container_cannot_load_is_its_own_answer_and_tried_anew():
    found = rig()
    for _ in range(2):
        assert invoke(found, "broken").body == b"broken"
    assert found.container.count("POST", "/models") == 2
    assert found.models.folders == []


def test_a_model_that_the_container_has_lost_is_loaded_once_more():
    found = rig()
    invoke(found, "iris")
    found.container.loaded.clear()  # its worker died
    assert [invoke(found, "iris").body for _ in range(2)] == [b"iris"] * 2
    assert found.container.count("POST", "/models") == 2
    assert found.models.folders == [Path("/unpacked/iris")]


def test_a_model_that_is_lost_again_at_once_is_not_found():
    found = rig()
    assert invoke(found, "lost").status == 404
    assert found.container.count("POST", "/models") == 2


def test_a_load_that_finds_nothing_is_not_a_model_that_was_lost():
    found = rig()
    assert invoke(found, "unknown").body == b"unknown"
    assert found.container.count("POST", "/models") == 1


@pytest.mark.usefixtures("impatient")
def test_who_waits_for_a_lost_model_comes_again_as_for_any_other():
    found = rig()
    invoke(found, "iris", timeout=10)
    found.container.loaded.clear()
    found.container.gate.clear()
    with pytest.raises(RuntimeApiError) as error:
        invoke(found, "iris", timeout=0.01)
    assert error.value.response().status == 429
    found.container.gate.set()
    assert invoke(found, "iris", timeout=10).body == b"iris"


def test_an_artifact_that_is_not_there_is_a_validation_error_and_asked_for_anew():
    found = rig()
    for _ in range(2):
        with pytest.raises(RuntimeApiError) as error:
            invoke(found, "missing")
        answer = error.value.response()
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "ValidationError")
        assert json.loads(answer.body)["Message"] == (
            "Failed to download model data of missing: no such object"
        )
    assert found.container.requests == []


@pytest.fixture
def impatient(monkeypatch):
    """A container whose requests take no time at all."""
    monkeypatch.setattr("local.sagemaker.loaded_models.CONTAINER_SECONDS", 0.01)


@pytest.mark.usefixtures("impatient")
def test_who_waited_as_long_as_a_request_may_comes_again_while_loading_goes_on():
    found = rig()
    found.container.gate.clear()
    with pytest.raises(RuntimeApiError) as error:
        invoke(found, "iris", timeout=0.01)
    answer = error.value.response()
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (429, "ModelNotReadyException")
    found.container.gate.set()
    assert invoke(found, "iris", timeout=10).body == b"iris"
    assert found.container.count("POST", "/models") == 1


def test_a_caller_who_waits_less_is_let_go_while_loading_goes_on():
    found = rig()
    found.container.gate.clear()
    with pytest.raises(TimeoutError, match=r"^iris is not loaded within 0\.01 s$"):
        invoke(found, "iris", timeout=0.01)
    found.container.gate.set()
    wait_until(lambda: targets(found) == ["iris"])


def test_a_model_that_is_still_being_loaded_is_not_unloaded_for_another():
    found = rig(room=0)
    found.container.gate.clear()
    for target in ("a", "b"):
        with pytest.raises(TimeoutError):
            invoke(found, target, timeout=0.01)
    found.container.gate.set()
    wait_until(lambda: found.container.count("POST", "/models") == 2)
    assert invoke(found, "c").status == 507
    assert not [m for m, _, _ in found.container.requests if m == "DELETE"]


@pytest.mark.parametrize(
    ("failure", "error"), [(Unreachable("gone"), Unreachable), (TimeoutError("x"), NoWholeAnswer)]
)
def test_a_container_that_does_not_answer_a_load_gives_no_whole_answer(failure, error):
    found = rig()
    found.container.failure = failure
    with pytest.raises(error):
        invoke(found, "iris")
    found.container.failure = None
    assert invoke(found, "iris").body == b"iris"
