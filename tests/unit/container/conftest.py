"""One trained artifact, and the model loaded from it, for all tests of the container."""

import shutil
from pathlib import Path

import pytest

from container.model import Model
from container.training.dataset import iris
from container.training.hyperparameters import Hyperparameters
from container.training.train import write_artifact


@pytest.fixture(scope="session")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("artifact")
    write_artifact(folder, iris(), Hyperparameters())
    return folder


@pytest.fixture(scope="session")
def model(artifact: Path) -> Model:
    return Model.load(artifact)


@pytest.fixture
def artifact_copy(artifact: Path, tmp_path: Path) -> Path:
    """An artifact of the test's own, to break."""
    return Path(shutil.copytree(artifact, tmp_path / "copy"))
