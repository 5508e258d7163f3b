"""One trained artifact, and the model loaded from it, for all tests of the container."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import pytest

from container.forest.kernel import load_kernel
from container.model import Model
from container.training.dataset import iris
from container.training.hyperparameters import Hyperparameters
from container.training.train import train

BUILD = Path(__file__).parents[3] / "container/forest/build.sh"


@pytest.fixture(scope="session")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("artifact")
    train(folder, iris(), Hyperparameters())
    return folder


@pytest.fixture(scope="session")
def model(artifact: Path) -> Model:
    return Model.load(artifact)


@pytest.fixture
def artifact_copy(artifact: Path, tmp_path: Path) -> Path:
    """An artifact of the test's own, to break."""
    return Path(shutil.copytree(artifact, tmp_path / "copy"))


@pytest.fixture(scope="session")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The kernel of this source, whatever the tree has built."""
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    library = tmp_path_factory.mktemp("kernel") / "libforest.so"
    subprocess.run([BUILD, library, compiler], check=True, timeout=60)
    kernel = load_kernel(library)
    assert kernel
    return kernel
