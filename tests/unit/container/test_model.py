"""Loading an artifact and predicting with it."""

import os
import subprocess
import sys

import numpy as np
import pytest

from container.artifact import ArtifactError
from container.manifest import ManifestError, write_manifest
from container.model import Model

COUNT_THREADS = """
import os, pathlib, sys
from container.model import Model
Model.load(pathlib.Path(sys.argv[1]))
print(len(os.listdir("/proc/self/task")))
"""


def test_probabilities_are_float32_a_column_for_each_label(model):
    probabilities = model.predict(model.sample.rows)
    assert model.labels == ("setosa", "versicolor", "virginica")
    assert probabilities.shape == (3, 3)
    assert probabilities.dtype == np.float32
    assert [model.labels[index] for index in probabilities.argmax(axis=1)] == list(model.labels)
    assert model.sample_mistakes() == []


def test_a_changed_model_is_refused_before_it_is_loaded(artifact_copy):
    path = artifact_copy / "model.onnx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=r"model\.onnx: SHA-256 is "):
        Model.load(artifact_copy)


def test_a_model_that_onnx_runtime_cannot_load_is_named(artifact_copy):
    (artifact_copy / "model.onnx").write_bytes(b"not a model")
    write_manifest(artifact_copy)
    with pytest.raises(ArtifactError, match=r"model\.onnx: ONNX Runtime cannot load it \(.+\)"):
        Model.load(artifact_copy)


def test_a_model_that_does_not_fit_its_signature_is_named(artifact_copy):
    path = artifact_copy / "signature.json"
    path.write_text(path.read_text().replace(', {"name": "petal_width_cm"}', ""))
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
