"""Trains the iris model, by either of two algorithms, and writes it as an artifact."""

import sys
from pathlib import Path

from sklearn.base import ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from container.artifact import ArtifactError, Sample
from container.manifest import ManifestError
from container.training.conversion import ConversionError
from container.training.dataset import iris
from container.training.estimator import EstimatorError
from container.training.folder import FolderError
from container.training.hyperparameters import Algorithm, Hyperparameters
from container.training.report import Json, summary
from container.training.table import Dataset, DatasetError
from container.training.verification import ParityError
from container.training.writer import write_artifact

SAMPLE = Sample(
    rows=[[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]],
    labels=("setosa", "versicolor", "virginica"),
)

MISTAKES = (
    ArtifactError,
    ConversionError,
    DatasetError,
    EstimatorError,
    FolderError,
    ManifestError,
    OSError,
    ParityError,
)
"""What ends a training and a user can mend, by a sentence that says how."""


def main(output: Path, algorithm: Algorithm, champion: Path | None) -> int:
    """Train on scikit-learn's iris and write the artifact; returns the exit code.

    The metrics are on stdout and the code is 0, whatever the champion's verdict; or a sentence
    is on stderr and the code is 1.
    """
    try:
        metrics = train(output, iris(), Hyperparameters(algorithm=algorithm), champion)
    except MISTAKES as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(summary(metrics))
    return 0


def train(
    output: Path, dataset: Dataset, hyperparameters: Hyperparameters, champion: Path | None = None
) -> Json:
    """Train on rows of iris and write the artifact `output`; returns its metrics.

    Raises MISTAKES.
    """
    classifier = untrained(hyperparameters)
    return write_artifact(output, classifier, dataset, sample=SAMPLE, champion=champion)


def untrained(hyperparameters: Hyperparameters) -> ClassifierMixin:
    """The classifier that is to be fitted."""
    kind = {
        Algorithm.FOREST: RandomForestClassifier,
        Algorithm.BOOSTING: GradientBoostingClassifier,
    }[hyperparameters.algorithm]
    return kind(n_estimators=hyperparameters.trees, random_state=hyperparameters.seed)
