"""A SageMaker training job, in a folder that stands for /opt/ml."""

import filecmp
import json
import shutil
import tarfile

import pytest

from container.model import Model
from container.training.dataset import iris
from container.training.hyperparameters import Algorithm
from container.training.training_job import main
from tests.unit.container.training.test_dataset import HEADER

FOREST_FILES = [
    "baseline.json",
    "conformal.json",
    "forest.bin",
    "forest_trees.npy",
    "manifest.json",
    "metrics.json",
    "model.onnx",
    "sample.json",
    "signature.json",
]


@pytest.fixture
def job(tmp_path):
    """The folders as SageMaker makes them."""
    for folder in ("input/config", "input/data", "model", "output"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def set_hyperparameters(job, **values):
    (job / "input/config/hyperparameters.json").write_text(json.dumps(values))


def channel(job, name="training"):
    folder = job / "input/data" / name
    folder.mkdir()
    return folder


def some_of_each(renamed=lambda species: species):
    """Every third row of iris, as lines of CSV."""
    dataset = iris()
    return "".join(
        ",".join([*map(str, dataset.as_sent(row)), renamed(dataset.labels[row])]) + "\n"
        for row in range(0, 150, 3)
    )


def failure(job, code):
    """The reason of a job that failed; nothing else has been written."""
    assert code == 1
    assert list((job / "model").iterdir()) == []
    return (job / "output/failure").read_text()


def test_a_job_without_input_writes_the_artifact_that_make_writes(job, artifact):
    assert main(job) == 0
    assert sorted(path.name for path in (job / "model").iterdir()) == FOREST_FILES
    compared = filecmp.cmpfiles(artifact, job / "model", FOREST_FILES, shallow=False)
    assert compared == (FOREST_FILES, [], [])
    assert list((job / "output").iterdir()) == []


def test_folders_that_are_not_there_are_made(tmp_path):
    assert main(tmp_path / "ml") == 0
    assert Model.load(tmp_path / "ml/model").labels == ("setosa", "versicolor", "virginica")


def test_hyperparameters_and_the_channel_decide_what_is_learnt(job, artifact):
    set_hyperparameters(job, trees="20", seed="7")
    (channel(job) / "iris.csv").write_text(HEADER + some_of_each())
    (job / "input/data/training-manifest").touch()  # one of SageMaker's own
    assert main(job) == 0
    model = Model.load(job / "model")
    assert model.sample_mistakes() == []
    assert not filecmp.cmp(artifact / "model.onnx", job / "model/model.onnx", shallow=False)


def test_the_algorithm_is_a_hyperparameter(job):
    set_hyperparameters(job, algorithm="boosting", trees="5")
    assert main(job) == 0
    assert (job / "model/boosting_trees.npy").exists()


@pytest.mark.parametrize("packed", [False, True])
def test_a_champion_is_compared_whether_packed_or_not(job, artifact, packed, capsys):
    folder = channel(job, "champion")
    if packed:
        with tarfile.open(folder / "model.tar.gz", "w:gz") as archive:
            for path in artifact.iterdir():
                archive.add(path, path.name)
    else:
        shutil.copytree(artifact, folder, dirs_exist_ok=True)
    assert main(job) == 0
    assert json.loads((job / "model/metrics.json").read_text())["champion"]["rows"] == 30
    assert capsys.readouterr().out.endswith("  candidate is undecided; 100 or more decide\n")


def test_an_archive_that_is_none_or_leads_out_of_its_folder_is_refused(job, tmp_path):
    path = channel(job, "champion") / "model.tar.gz"
    path.write_bytes(b"not packed")
    assert failure(job, main(job)).startswith(f"{path}: not an archive of an artifact (")
    (tmp_path / "outside").touch()
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tmp_path / "outside", "../../outside")
    assert failure(job, main(job)).startswith(f"{path}: not an archive of an artifact (")


@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_most_trees_are_converted_within_the_tolerance(job, algorithm):
    set_hyperparameters(job, trees="1000", algorithm=algorithm)
    assert main(job) == 0


def test_mistakes_end_in_the_failure_file_and_on_stderr(job, capsys):
    set_hyperparameters(job, trees=0, depth="3")
    reason = failure(job, main(job))
    assert capsys.readouterr().err == f"{reason}\n"
    assert [line.split(":")[0] for line in reason.splitlines()] == [
        "hyperparameter trees",
        'hyperparameter "depth"',
    ]


@pytest.mark.parametrize("name", ["train", "validation"])
def test_a_channel_that_nobody_reads_is_refused(job, name):
    channel(job)
    channel(job, name)
    assert failure(job, main(job)) == (
        f"channel {name}: unknown. Allowed: training, or none for scikit-learn's iris, and "
        "champion. Rename or remove it."
    )


def test_a_model_that_fails_its_sample_is_not_handed_over(job):
    swapped = {"setosa": "virginica", "virginica": "setosa", "versicolor": "versicolor"}
    (channel(job) / "iris.csv").write_text(HEADER + some_of_each(swapped.__getitem__))
    assert failure(job, main(job)) == (
        "sample row 0: predicted virginica, expected setosa; "
        "sample row 2: predicted setosa, expected virginica"
    )


def test_a_model_folder_with_something_in_it_is_left_alone(job):
    (job / "model/thesis.tex").touch()
    assert main(job) == 1
    assert (job / "output/failure").read_text() == (
        f"{job / 'model'}: not empty. Give the job an empty folder for its model."
    )
    assert [path.name for path in (job / "model").iterdir()] == ["thesis.tex"]


def test_a_reason_is_no_longer_than_sagemaker_shows(job):
    set_hyperparameters(job, **{f"unknown{number}": "" for number in range(50)})
    assert len(failure(job, main(job))) == 1024


def test_an_error_of_our_own_is_named_and_its_trace_is_in_the_log(job, capsys, monkeypatch):
    def broken(*_):
        raise KeyError("forest")

    monkeypatch.setattr("container.training.training_job.train", broken)
    assert failure(job, main(job)) == ("Internal error, see the job's log. KeyError: 'forest'")
    assert "Traceback" in capsys.readouterr().err


def test_a_failure_file_that_cannot_be_written_is_told_to_the_log(job, capsys):
    set_hyperparameters(job, trees="0")
    (job / "output/failure").mkdir()
    assert main(job) == 1
    assert capsys.readouterr().err.endswith(
        f"{job / 'output/failure'}: not written (Is a directory).\n"
    )
