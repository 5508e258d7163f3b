"""The trainer: the same bytes each time, and no model that differs from scikit-learn's."""

import filecmp
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from container.training import train
from container.training.train import ParityError, check_parity, main, to_onnx_bytes

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def other_forest() -> RandomForestClassifier:
    iris = load_iris()
    forest = RandomForestClassifier(n_estimators=10, random_state=7)
    return forest.fit(iris.data.astype(np.float32), iris.target_names[iris.target])


def test_two_processes_write_identical_artifacts(tmp_path):
    outputs = [tmp_path / "first", tmp_path / "second"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "container", "train", "--output", str(output)],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        for seed, output in zip(["1", "2"], outputs, strict=True)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    names = sorted(path.name for path in outputs[0].iterdir())
    assert names == [
        "forest.bin",
        "manifest.json",
        "model.onnx",
        "sample.json",
        "signature.json",
    ]
    assert filecmp.cmpfiles(outputs[0], outputs[1], names, shallow=False) == (names, [], [])
    assert sorted(path.name for path in outputs[1].iterdir()) == names


def test_a_model_that_differs_from_scikit_learn_is_refused_by_row(model, other_forest):
    features = load_iris().data.astype(np.float32)
    expected = other_forest.predict_proba(features)
    seen = np.array(model.predict(features.tolist()).probabilities)
    row = int((np.abs(seen - expected).max(axis=1) > 1e-5).argmax())
    with pytest.raises(ParityError) as error:
        check_parity(model, other_forest, features, 1e-5)
    assert str(error.value) == (
        f"row {row} of 150: {features[row].tolist()} gets {seen[row].tolist()} "
        f"from Model, {expected[row].tolist()} from scikit-learn. "
        "Allowed difference: 1e-05 and no other label. "
        "No artifact was written; check the conversion."
    )


def test_no_artifact_is_written_of_a_model_that_was_converted_wrongly(
    other_forest, tmp_path, capsys, monkeypatch
):
    wrong = to_onnx_bytes(other_forest, 4)
    monkeypatch.setattr(train, "to_onnx_bytes", lambda forest, width: wrong)
    assert main(tmp_path / "iris") == 1
    assert capsys.readouterr().err.startswith("row ")
    assert list(tmp_path.iterdir()) == []


def test_the_model_is_written_in_one_operator_set_whatever_the_converter_knows(artifact):
    model = onnx.load(artifact / "model.onnx")
    assert {entry.version for entry in model.opset_import if not entry.domain} == {21}


def test_a_folder_of_something_else_is_refused_in_one_sentence(tmp_path, capsys):
    (tmp_path / "thesis.tex").touch()
    assert main(tmp_path) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path}: a folder without manifest.json. Only a model artifact or an empty folder is "
        "replaced. Choose another folder, or remove this one.\n"
    )
