"""The models that are fuzzed: as artifacts, and as a server has them in memory."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from container.model import Model
from container.training.dataset import iris
from container.training.hyperparameters import Algorithm, Hyperparameters
from container.training.table import table
from container.training.train import train
from container.training.writer import write_artifact

TOWNS = ("Ulm", 'say "x"', "a,b[{", "Zürich")


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Folders by name: numbers alone or texts too, and every way to predict and to explain."""
    root = tmp_path_factory.mktemp("artifacts")
    train(root / "forest", iris(), Hyperparameters())
    train(root / "boosting", iris(), Hyperparameters(algorithm=Algorithm.BOOSTING))
    generator = np.random.default_rng(0)
    rows = [[float(size), str(generator.choice(TOWNS))] for size in range(200)]
    towns = table(["size", "town"], rows, ["early"] * 100 + ["late"] * 100)
    encoder = ColumnTransformer(
        [("town", OneHotEncoder(handle_unknown="ignore"), [1])], remainder="passthrough"
    )
    linear = make_pipeline(encoder, LogisticRegression(max_iter=9_999))
    write_artifact(root / "texts", linear, towns)
    write_artifact(root / "text forest", RandomForestClassifier(20, random_state=0), towns)
    return {folder.name: folder for folder in root.iterdir()}


@pytest.fixture(scope="session")
def models(artifacts: Mapping[str, Path]) -> Mapping[str, Model]:
    """The same, loaded."""
    return {name: Model.load(folder) for name, folder in artifacts.items()}
