"""What an artifact's files offer, and the answers' keys."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from container.artifact import ArtifactError
from container.errors import Code, RequestError
from container.explain import explained_trees
from container.explain.conformal import Conformal
from container.explain.explanations import (
    BOOSTING_TREES_FILE,
    FOREST_TREES_FILE,
    MAX_EXPLAINED_ROWS,
    Explanations,
)
from container.explain.trees import read_nodes, write_nodes
from container.predictions import Extra, Predictions
from container.signature import Feature, Signature
from tests.unit.container.explain.random_trees import as_nodes

SIGNATURE = Signature(tuple(map(Feature, "wxyz")), ("no", "yes"))
STUMP = (1, 0.5, (3, [0.75, 0.25]), (1, [0.0, 1.0]))
FLAT = (4, [0.25, 0.75])
ROWS = [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
PREDICTIONS = Predictions(winners=[1, 0], probabilities=[[0.125, 0.875], [0.5, 0.5]])


def load(folder, file=None, conformal=None):
    if file:
        write_nodes(folder / file, as_nodes([STUMP, FLAT]))
    if conformal:
        (folder / "conformal.json").write_text(conformal.to_json())
    return Explanations.load(folder, SIGNATURE)


@pytest.fixture
def complete(tmp_path):
    return load(tmp_path, FOREST_TREES_FILE, Conformal(coverage=0.9, quantile=0.5))


def test_what_is_available_follows_from_the_files(tmp_path):
    assert load(tmp_path).available == set()
    assert load(tmp_path, conformal=Conformal(0.9, 0.5)).available == {Extra.SET}
    assert load(tmp_path, BOOSTING_TREES_FILE).available == {Extra.SET, Extra.CONTRIBUTIONS}
    assert load(tmp_path, FOREST_TREES_FILE).available == set(Extra)


def test_a_row_gets_what_is_asked_for_and_nothing_else(complete):
    assert complete.of(frozenset(), ROWS, PREDICTIONS) == [{}, {}]
    first, second = complete.of(frozenset({Extra.SET}), ROWS, PREDICTIONS)
    assert (first, second) == ({"set": ["yes"]}, {"set": ["no", "yes"]})
    [first, _] = complete.of(frozenset({Extra.INTERVALS}), ROWS, PREDICTIONS)
    assert first == {"intervals": {"no": [0.0125, 0.2375], "yes": [0.7625, 0.9875]}}


def test_a_forests_contributions_and_base_are_its_probabilities(complete):
    [answer, _] = complete.of(frozenset({Extra.CONTRIBUTIONS}), ROWS, PREDICTIONS)
    nothing = {"no": 0.0, "yes": 0.0}
    assert answer == {
        "contributions": {
            "unit": "probability",
            "base": {"no": 0.40625, "yes": 0.59375},
            "features": {
                "w": nothing,
                "x": {"no": -0.28125, "yes": 0.28125},
                "y": nothing,
                "z": nothing,
            },
        }
    }


def test_boosting_adds_its_trees_up(tmp_path):
    boosting = load(tmp_path, BOOSTING_TREES_FILE)
    [answer, _] = boosting.of(frozenset({Extra.CONTRIBUTIONS}), ROWS, PREDICTIONS)
    assert answer["contributions"]["base"] == {"no": 0.8125, "yes": 1.1875}
    assert answer["contributions"]["unit"] == "logOdds"


def test_the_answers_are_plain_json_values(complete):
    [answer, _] = complete.of(frozenset(Extra), ROWS, PREDICTIONS)
    seen = [answer]
    for value in seen:
        assert type(value) in (dict, list, str, float)
        if isinstance(value, dict):
            assert {type(key) for key in value} == {str}
            seen.extend(value.values())
        elif isinstance(value, list):
            seen.extend(value)
    assert list(answer) == ["set", "intervals", "contributions"]


def test_what_is_not_available_is_refused_with_what_is(tmp_path):
    boosting = load(tmp_path, BOOSTING_TREES_FILE)
    with pytest.raises(RequestError) as error:
        boosting.of(frozenset(Extra), ROWS, PREDICTIONS)
    assert error.value.code == Code.INVALID_REQUEST
    assert error.value.message == (
        "include: this model cannot give intervals, set. It offers contributions. "
        "Leave out what it does not."
    )
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(RequestError, match=r"cannot give set\. It offers nothing\."):
        load(tmp_path).of(frozenset({Extra.SET}), ROWS, PREDICTIONS)


@pytest.mark.parametrize("extra", [Extra.CONTRIBUTIONS, Extra.INTERVALS])
def test_more_rows_than_can_be_explained_in_time_are_refused(complete, extra):
    rows = ROWS[:1] * (MAX_EXPLAINED_ROWS + 1)
    many = Predictions([1] * len(rows), [[0.125, 0.875]] * len(rows))
    with pytest.raises(RequestError) as error:
        complete.of(frozenset({extra}), rows, many)
    assert error.value.code == Code.PAYLOAD_TOO_LARGE
    assert error.value.message == (
        "1001 rows. At most 1000 of this model are explained at once. "
        "Send them in several requests."
    )
    assert len(complete.of(frozenset({Extra.SET}), rows, many)) == len(rows)
    allowed = Predictions(many.winners[1:], many.probabilities[1:])
    assert len(complete.of(frozenset({extra}), rows[1:], allowed)) == MAX_EXPLAINED_ROWS


@pytest.mark.parametrize(
    ("features", "megabytes", "rows"),
    [(4, 0.1, 1000), (4, 8.0, 200), (4, 5_000.0, 1), (500, 0.1, 249)],
)
def test_large_models_are_explained_for_fewer_rows(tmp_path, features, megabytes, rows):
    trees = tmp_path / FOREST_TREES_FILE
    with trees.open("wb") as file:
        file.truncate(int(megabytes * 1e6))
    signature = Signature(tuple(Feature(f"f{i}") for i in range(features)), ("a", "b"))
    explanations = Explanations(signature, None, trees)
    many = Predictions([0] * (rows + 1), [[1.0, 0.0]] * (rows + 1))
    with pytest.raises(RequestError, match=rf"^{rows + 1} rows\. At most {rows} of this model"):
        explanations.of(frozenset({Extra.INTERVALS}), [[0.0] * features] * (rows + 1), many)


def test_trees_that_are_none_are_named_when_they_are_asked(tmp_path):
    explanations = load(tmp_path, FOREST_TREES_FILE)
    (tmp_path / FOREST_TREES_FILE).write_bytes(b"no trees")
    with pytest.raises(ArtifactError, match=r"forest_trees\.npy: not an array"):
        explanations.of(frozenset({Extra.INTERVALS}), ROWS, PREDICTIONS)


def test_the_trees_are_read_once_by_however_many_threads(complete, monkeypatch):
    read = []

    def slowly(*arguments):
        read.append(arguments)
        time.sleep(0.05)  # others come meanwhile
        return read_nodes(*arguments)

    monkeypatch.setattr(explained_trees, "read_nodes", slowly)

    def ask(_):
        return complete.of(frozenset({Extra.INTERVALS}), ROWS, PREDICTIONS)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(50)))
    assert len(read) == 1
    assert all(answer == answers[0] for answer in answers)


SETS_WITHOUT_NUMPY = """
import sys, pathlib
from container.signature import Feature, Signature
from container.explain.explanations import Explanations
from container.predictions import Extra, Predictions
explanations = Explanations.load(
    pathlib.Path(sys.argv[1]), Signature(tuple(map(Feature, "wxyz")), ("no", "yes"))
)
explanations.of(frozenset({Extra.SET}), [[0.0] * 4], Predictions([0], [[0.5, 0.5]]))
assert "numpy" not in sys.modules
explanations.of(frozenset({Extra.CONTRIBUTIONS}), [[0.0] * 4], Predictions([0], [[0.5, 0.5]]))
assert "numpy" in sys.modules and "sklearn" not in sys.modules
"""


def test_numpy_is_loaded_only_once_trees_are_asked(complete, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SETS_WITHOUT_NUMPY, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
