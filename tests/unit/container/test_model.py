"""Loading an artifact and predicting with it."""

import os
import subprocess
import sys

import numpy as np
import pytest

from container.artifact import ArtifactError
from container.forest.kernel import CompiledForest
from container.manifest import ManifestError, write_manifest
from container.model import Model
from container.onnx_model import OnnxModel

COUNT_THREADS = """
import os, pathlib, sys
from container.artifact import read_signature
from container.onnx_model import OnnxModel
folder = pathlib.Path(sys.argv[1])
OnnxModel(folder / "model.onnx", read_signature(folder))
print(len(os.listdir("/proc/self/task")))
"""


@pytest.fixture
def no_kernel(monkeypatch):
    monkeypatch.setattr("container.model.load_kernel", lambda: None)


def test_a_model_gives_a_probability_for_each_label_and_the_likeliest(model):
    winners, probabilities = model.predict(model.sample.rows)
    assert model.labels == ("setosa", "versicolor", "virginica")
    assert [len(row) for row in probabilities] == [3, 3, 3]
    assert [model.labels[index] for index in winners] == list(model.labels)
    assert model.sample_mistakes() == []


def test_a_forest_is_predicted_by_the_kernel_where_there_is_one(artifact, kernel, monkeypatch):
    monkeypatch.setattr("container.model.load_kernel", lambda: kernel)
    assert isinstance(Model.load(artifact).predictor, CompiledForest)


def test_a_forest_is_predicted_by_onnx_runtime_where_there_is_no_kernel(artifact, no_kernel):
    assert isinstance(Model.load(artifact).predictor, OnnxModel)


def test_an_artifact_without_a_forest_is_predicted_by_onnx_runtime(artifact_copy):
    (artifact_copy / "forest.bin").unlink()
    write_manifest(artifact_copy)
    assert isinstance(Model.load(artifact_copy).predictor, OnnxModel)


def test_both_ways_agree_within_float32(artifact, kernel, monkeypatch, no_kernel):
    rows = np.random.default_rng(0).uniform(0, 8, (1_000, 4)).astype(np.float32).tolist()
    by_onnx = Model.load(artifact).predict(rows)
    monkeypatch.setattr("container.model.load_kernel", lambda: kernel)
    compiled = Model.load(artifact).predict(rows)
    assert compiled.winners == by_onnx.winners
    assert np.abs(np.subtract(compiled.probabilities, by_onnx.probabilities)).max() < 1e-6


def test_a_probability_of_onnx_runtime_is_the_shortest_text_of_its_float32(artifact, no_kernel):
    _, probabilities = Model.load(artifact).predict([[5.9, 3.0, 4.9, 1.7]])
    assert all(len(repr(probability)) <= 10 for probability in probabilities[0])
    assert 0 < probabilities[0][1] < 1


def test_a_cell_beyond_float32_is_never_answered(artifact, kernel, monkeypatch):
    monkeypatch.setattr("container.model.load_kernel", lambda: kernel)
    with pytest.raises(ArithmeticError, match="row 1: a cell is beyond float32"):
        Model.load(artifact).predict([[1, 2, 3, 4], [1, 2, 1e39, 4]])


def test_a_forest_that_does_not_fit_the_signature_is_named(artifact_copy, kernel, monkeypatch):
    monkeypatch.setattr("container.model.load_kernel", lambda: kernel)
    path = artifact_copy / "signature.json"
    path.write_text(
        path.read_text().replace(', {"name": "petal_width_cm", "range": [0.1, 2.5]}', "")
    )
    (artifact_copy / "sample.json").write_text('{"instances": [[1, 2, 3]], "labels": ["setosa"]}')
    write_manifest(artifact_copy)
    with pytest.raises(ArtifactError) as error:
        Model.load(artifact_copy)
    assert str(error.value) == (
        f"{artifact_copy / 'forest.bin'}: a forest of 4 features and 3 classes. "
        "Expected 3 and 3 by the signature. Make the artifact again: docs/models.md."
    )


def test_a_changed_model_is_refused_before_it_is_loaded(artifact_copy):
    path = artifact_copy / "model.onnx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=r"model\.onnx: SHA-256 is "):
        Model.load(artifact_copy)


def test_a_model_that_onnx_runtime_cannot_load_is_named(artifact_copy, no_kernel):
    (artifact_copy / "model.onnx").write_bytes(b"not a model")
    write_manifest(artifact_copy)
    with pytest.raises(ArtifactError, match=r"model\.onnx: ONNX Runtime cannot load it \(.+\)"):
        Model.load(artifact_copy)


def test_a_model_that_does_not_fit_its_signature_is_named(artifact_copy, no_kernel):
    path = artifact_copy / "signature.json"
    path.write_text(
        path.read_text().replace(', {"name": "petal_width_cm", "range": [0.1, 2.5]}', "")
    )
    sample = artifact_copy / "sample.json"
    sample.write_text('{"instances": [[1, 2, 3]], "labels": ["setosa"]}')
    write_manifest(artifact_copy)
    with pytest.raises(ArtifactError) as error:
        Model.load(artifact_copy)
    assert str(error.value) == (
        f"{artifact_copy / 'model.onnx'}: holds features tensor(float) [None, 4]. "
        "Expected features tensor(float) [rows, 3] by the signature. "
        "Make the artifact again: docs/models.md."
    )


def test_onnx_runtime_starts_no_thread_and_so_reports_to_nobody(artifact):
    # A variable named CI would switch its reports off as well, and hide that ours does not.
    unwanted = {"CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS"}
    # OMP_NUM_THREADS keeps numpy from starting threads of its own.
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    result = subprocess.run(
        [sys.executable, "-c", COUNT_THREADS, str(artifact)],
        env=environment | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stdout == "1\n"
