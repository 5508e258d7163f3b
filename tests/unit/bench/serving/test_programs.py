import asyncio
import json
import runpy
import sys
from pathlib import Path

import pytest

from bench.process import run
from bench.serving.programs import noop
from bench.serving.rows import INSTANCES, Predicted, check, drawn

PROGRAMS = Path(noop.__file__).parent
ROWS = drawn(20, seed=7)


@pytest.fixture(scope="module")
def forest(tmp_path_factory):
    """The pickle, and what scikit-learn says of ROWS."""
    model = tmp_path_factory.mktemp("forest") / "model.pickle"
    done = run([sys.executable, PROGRAMS / "forest.py", model], json.dumps(ROWS))
    return model, Predicted(**json.loads(done.output))


def test_the_recipe_says_what_scikit_learn_says(forest, monkeypatch):
    model, expected = forest
    monkeypatch.setenv("MODEL", str(model))
    client = runpy.run_path(str(PROGRAMS / "recipe.py"))["app"].test_client()
    assert client.get("/ping").status_code == 200
    answer = client.post("/invocations", json=INSTANCES.body(ROWS))
    check(INSTANCES.read(answer.get_json()), expected)


def test_the_forest_is_the_one_that_our_artifact_is_trained_as(forest):
    from container.training.hyperparameters import Hyperparameters

    constants = runpy.run_path(str(PROGRAMS / "forest.py"))
    ours = Hyperparameters()
    assert (constants["TREES"], constants["SEED"]) == (ours.trees, ours.seed)


def test_the_no_op_reads_all_of_a_request_and_answers_a_prediction():
    parts = [{"body": b"a", "more_body": True}, {"body": b"b", "more_body": False}]
    sent = []

    async def receive():
        return parts.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(noop.app({"type": "http"}, receive, send))
    assert parts == []
    start, body = sent
    assert start["status"] == 200
    assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
    assert INSTANCES.read(json.loads(body["body"])).labels == ["setosa"]
