import asyncio
import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.process import run
from bench.serving.places import learnt
from bench.serving.programs import noop
from bench.serving.rows import INSTANCES, Predicted, check, drawn
from container.model import Model
from container.training import train
from container.training.hyperparameters import Algorithm

PROGRAMS = Path(noop.__file__).parent
ROWS = drawn(20, seed=7)


@pytest.fixture(scope="module")
def forest(tmp_path_factory):
    """The pickle, and what scikit-learn says of ROWS."""
    model = tmp_path_factory.mktemp("forest") / "model.pickle"
    done = run(
        [sys.executable, PROGRAMS / "forest.py", model], json.dumps(learnt() | {"predict": ROWS})
    )
    return model, Predicted(**json.loads(done.output))


def test_the_recipe_says_what_scikit_learn_says(forest, monkeypatch):
    model, expected = forest
    monkeypatch.setenv("MODEL", str(model))
    client = runpy.run_path(str(PROGRAMS / "recipe.py"))["app"].test_client()
    assert client.get("/ping").status_code == 200
    answer = client.post("/invocations", json=INSTANCES.body(ROWS))
    check(INSTANCES.read(answer.get_json()), expected)


def test_the_forest_is_the_one_that_our_artifact_holds(forest, tmp_path):
    assert train.main(tmp_path / "iris", Algorithm.FOREST, None) == 0
    ours = Model.load(tmp_path / "iris")
    winners, probabilities = ours.predict(np.array(ROWS, np.float32).tolist())
    _, expected = forest
    assert [ours.labels[winner] for winner in winners] == expected.labels
    assert np.abs(np.subtract(probabilities, expected.probabilities)).max() < 1e-5


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
