"""SageMaker's contract of a training job: where its input lies and where its output goes.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
"""

import shutil
import sys
import tempfile
import traceback
from pathlib import Path

from container.artifact import ArtifactError
from container.training.dataset import Dataset, DatasetError, iris, read_dataset
from container.training.folder import FolderError
from container.training.hyperparameters import HyperparameterError, read_hyperparameters
from container.training.train import ParityError, write_artifact

ROOT = Path("/opt/ml")
"""Where SageMaker mounts a job's folders."""

CHANNEL = "training"
"""The only channel; scikit-learn's own iris is learnt without it."""

MAX_REASON_CHARACTERS = 1024
"""What DescribeTrainingJob shows of the failure file, as FailureReason.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

MISTAKES = (
    ArtifactError,
    DatasetError,
    FolderError,
    HyperparameterError,
    OSError,
    ParityError,
)
"""What a user can mend, by a sentence that says how."""


def main(root: Path = ROOT) -> int:
    """Run the job whose folders are below `root`; returns the exit code.

    The artifact is in `model` and the code 0; or the reason is in `output/failure` and on stderr,
    the code 1, and `model` as it was.
    """
    try:
        _run(root)
    except MISTAKES as error:
        return _failed(root, str(error))
    except Exception as error:
        # FailureReason is for the user, the trace in the job's log for whoever mends this code.
        traceback.print_exc()
        return _failed(root, f"Internal error, see the job's log. {type(error).__name__}: {error}")
    return 0


def _run(root: Path) -> None:
    hyperparameters = read_hyperparameters(root / "input/config/hyperparameters.json")
    dataset = _dataset(root / "input/data")
    model = root / "model"
    model.mkdir(parents=True, exist_ok=True)
    if any(model.iterdir()):
        raise FolderError(f"{model}: not empty. Give the job an empty folder for its model.")
    # Checked before any of it is in the model folder, which cannot be replaced: it is a mount.
    with tempfile.TemporaryDirectory() as name:
        artifact = Path(name) / "artifact"
        artifact.mkdir()
        write_artifact(artifact, dataset, hyperparameters)
        shutil.copytree(artifact, model, dirs_exist_ok=True)


def _dataset(data: Path) -> Dataset:
    # Beside the channels' folders SageMaker may put files of its own.
    channels = (
        sorted(path.name for path in data.iterdir() if path.is_dir()) if data.is_dir() else []
    )
    for name in channels:
        if name != CHANNEL:
            raise DatasetError(
                f"channel {name}: unknown. Allowed: {CHANNEL}, or none for scikit-learn's iris. "
                "Rename or remove it."
            )
    return read_dataset(data / CHANNEL) if channels else iris()


def _failed(root: Path, reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    output = root / "output"
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / "failure").write_text(reason[:MAX_REASON_CHARACTERS], encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"{output / 'failure'}: not written ({error.strerror}).\n")
    return 1
