"""A real container of several models: a process that loads, answers and unloads."""

import json

import pytest

from local.http import HttpRequest
from local.sagemaker.invocation import TARGET_MODEL
from local.sagemaker.multi_model import MultiModelInstance
from local.sagemaker.plan import ModelPlan
from tests.unit.local.sagemaker.conftest import ROLE

BODY = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]]}).encode()


def request(target):
    headers = {"content-type": "application/json", TARGET_MODEL: target}
    return HttpRequest("POST", "/invocations", headers, body=BODY)


class Fetched(list[str]):
    """What was fetched, each time it was; a broken model has no files."""

    def __init__(self, artifact, broken):
        super().__init__()
        self.folders = {"broken": broken}
        self.artifact = artifact

    def __call__(self, target):
        self.append(target)
        return self.folders.get(target, self.artifact)


@pytest.fixture(scope="module")
def fetched(artifact, tmp_path_factory):
    return Fetched(artifact, tmp_path_factory.mktemp("broken"))


@pytest.fixture(scope="module")
def instance(fetched):
    """A container in which two models of the size of this one have room."""
    plan = ModelPlan("ml-gateway:1", "s3://models/all/", ROLE, {"MODELS_MIB": "6"})
    instance = MultiModelInstance(plan, fetched, lambda line: None, lambda: None)
    instance.wait_until_healthy()
    yield instance
    instance.stop()


def test_models_are_loaded_asked_unloaded_and_loaded_again(instance, fetched, artifact):
    assert list(instance.folders) == []
    for target in ("a", "b", "a", "c", "a", "b"):
        answer = instance.invoke(request(target), 60.0)
        assert answer.status == 200, answer.body
        assert json.loads(answer.body)["predictions"][0]["label"] == "setosa"
    assert fetched == ["a", "b", "c", "b"]
    assert list(instance.folders) == [artifact] * 2


def test_a_model_that_cannot_be_served_is_the_containers_own_answer(instance):
    answer = instance.invoke(request("broken"), 60.0)
    assert answer.status == 500
    assert json.loads(answer.body)["error"] == {
        "code": "Internal",
        "message": "The model's artifact cannot be served.",
    }


def test_a_bad_row_is_named_as_by_a_container_of_one(instance):
    bad = HttpRequest("POST", "/invocations", request("a").headers, body=b'{"instances": [[1]]}')
    answer = instance.invoke(bad, 60.0)
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (400, "InvalidRow")
