"""SageMaker's contract of a training job: where its input lies and where its output goes.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
"""

import shutil
import sys
import tarfile
import tempfile
import traceback
import zlib
from pathlib import Path

from container.training.dataset import iris, read_dataset
from container.training.folder import FolderError
from container.training.hyperparameters import HyperparameterError, read_hyperparameters
from container.training.report import summary
from container.training.table import DatasetError
from container.training.train import MISTAKES, train

ROOT = Path("/opt/ml")
"""Where SageMaker mounts a job's folders."""

TRAINING = "training"
"""Channel of the rows; without it scikit-learn's own iris is learnt."""

CHAMPION = "champion"
"""Channel of an artifact to compare with, as a folder or as the archive of a training job."""

ARCHIVE = "model.tar.gz"
"""What SageMaker packs a job's model into.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html
"""

MAX_REASON_CHARACTERS = 1024
"""What DescribeTrainingJob shows of the failure file, as FailureReason.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""


def main(root: Path = ROOT) -> int:
    """Run the job whose folders are below `root`; returns the exit code.

    The artifact is in `model` and the code 0; or the reason is in `output/failure` and on stderr,
    the code 1, and `model` as it was.
    """
    try:
        _run(root)
    except (HyperparameterError, *MISTAKES) as error:
        return _failed(root, str(error))
    except Exception as error:
        # FailureReason is for the user, the trace in the job's log for whoever mends this code.
        traceback.print_exc()
        return _failed(root, f"Internal error, see the job's log. {type(error).__name__}: {error}")
    return 0


def _run(root: Path) -> None:
    hyperparameters = read_hyperparameters(root / "input/config/hyperparameters.json")
    channels = _channels(root / "input/data")
    dataset = read_dataset(channels[TRAINING]) if TRAINING in channels else iris()
    model = root / "model"
    model.mkdir(parents=True, exist_ok=True)
    if any(model.iterdir()):
        raise FolderError(f"{model}: not empty. Give the job an empty folder for its model.")
    # Checked before any of it is in the model folder, which cannot be replaced: it is a mount.
    with tempfile.TemporaryDirectory() as name:
        artifact = Path(name) / "artifact"
        champion = None
        if CHAMPION in channels:
            champion = _unpacked(channels[CHAMPION], Path(name) / "champion")
        metrics = train(artifact, dataset, hyperparameters, champion)
        shutil.copytree(artifact, model, dirs_exist_ok=True)
    sys.stdout.write(summary(metrics))


def _channels(data: Path) -> dict[str, Path]:
    """The channels' folders by name; SageMaker may put files of its own beside them."""
    folders = sorted(path for path in data.iterdir() if path.is_dir()) if data.is_dir() else []
    for folder in folders:
        if folder.name not in (TRAINING, CHAMPION):
            raise DatasetError(
                f"channel {folder.name}: unknown. Allowed: {TRAINING}, or none for scikit-learn's "
                f"iris, and {CHAMPION}. Rename or remove it."
            )
    return {folder.name: folder for folder in folders}


def _unpacked(channel: Path, scratch: Path) -> Path:
    """The folder of a champion's artifact; an archive is unpacked into `scratch`."""
    archive = channel / ARCHIVE
    if not archive.exists():
        return channel
    try:
        with tarfile.open(archive, "r:gz") as packed:
            packed.extractall(scratch, filter="data")
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"{archive}: not an archive of an artifact ({error}). Name the one of a training job."
        ) from error
    return scratch


def _failed(root: Path, reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    output = root / "output"
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / "failure").write_text(reason[:MAX_REASON_CHARACTERS], encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"{output / 'failure'}: not written ({error.strerror}).\n")
    return 1
