"""The trainer: the same bytes each time, by either algorithm, and a word on how good it is."""

import filecmp
import os
import subprocess
import sys
from pathlib import Path

import pytest

from container.model import Model
from container.training import writer
from container.training.dataset import iris
from container.training.hyperparameters import Algorithm, Hyperparameters
from container.training.train import SAMPLE, main, train
from container.training.verification import ParityError
from tests.unit.container.training.test_training_job import FOREST_FILES

REPOSITORY = Path(__file__).parents[4]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_two_processes_write_identical_artifacts(tmp_path, algorithm):
    outputs = [tmp_path / "first", tmp_path / "second"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "container", "train", "--output", str(output),
             "--algorithm", algorithm],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONHASHSEED": seed},
            stdout=subprocess.DEVNULL,
        )
        for seed, output in zip(["1", "2"], outputs, strict=True)
    ]  # fmt: skip
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    names = sorted(path.name for path in outputs[0].iterdir())
    if algorithm == Algorithm.FOREST:
        assert names == FOREST_FILES
    assert filecmp.cmpfiles(outputs[0], outputs[1], names, shallow=False) == (names, [], [])
    assert sorted(path.name for path in outputs[1].iterdir()) == names


@pytest.mark.parametrize("algorithm", Algorithm)
def test_either_algorithm_gives_the_sample_its_labels(tmp_path, algorithm):
    metrics = train(tmp_path, iris(), Hyperparameters(algorithm, trees=30, seed=3))
    model = Model.load(tmp_path)
    assert model.sample == SAMPLE
    assert model.sample_mistakes() == []
    assert metrics["model"]["parameters"]["random_state"] == 3
    assert metrics["model"]["parameters"]["n_estimators"] == 30


def test_the_metrics_and_the_champions_verdict_are_said(artifact, tmp_path, capsys):
    assert main(tmp_path / "iris", Algorithm.BOOSTING, artifact) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(", ")[0].split(" 0.")[0].split(" -")[0] for line in lines] == [
        "Over all 150 rows",
        "  accuracy",
        "  logLoss",
        "  brier",
        "Against the champion",
        "  gain in accuracy",
        "  gain in logLoss",
        "  gain in brier",
        "  candidate is undecided; 100 or more decide",
    ]


def test_no_artifact_is_written_of_a_model_that_was_converted_wrongly(
    tmp_path, capsys, monkeypatch
):
    def refused(*_):
        raise ParityError("row 3")

    monkeypatch.setattr(writer, "verify_model", refused)
    assert main(tmp_path / "iris", Algorithm.FOREST, None) == 1
    assert capsys.readouterr().err.endswith("\nrow 3\n")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_refused_in_one_sentence(tmp_path, capsys):
    (tmp_path / "thesis.tex").touch()
    assert main(tmp_path, Algorithm.FOREST, None) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path}: a folder without manifest.json. Only a model artifact or an empty folder is "
        "replaced. Choose another folder, or remove this one.\n"
    )
