"""The same rows have the same answers through scikit-learn, the server, and one among others."""

import http.client
import io
import json
import re
import shutil
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier
from sklearn.ensemble import RandomForestClassifier as RandomForest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from container.forest.flat import FOREST_FILE
from container.forest.kernel import load_kernel
from container.manifest import write_manifest
from container.training.dataset import iris
from container.training.evaluation import evaluate
from container.training.table import Dataset, shortest, table
from container.training.writer import write_artifact
from tests.unit.container.server.processes import running

ONNX_TOLERANCE = 1e-5
"""ONNX Runtime computes in float32."""

ROWS = 400


def towns() -> Dataset:
    """A column of numbers, one of texts."""
    generator = np.random.default_rng(0)
    names = generator.choice(["Bonn", "Köln", "Ulm"], ROWS)
    rows = [[float(number), str(name)] for number, name in enumerate(names)]
    return table(["number", "town"], rows, ["early"] * 200 + ["late"] * 200)


def linear() -> Any:
    """A pipeline that no kernel computes."""
    texts = [("town", OneHotEncoder(handle_unknown="ignore"), [1])]
    columns = ColumnTransformer(texts, remainder="passthrough")
    return make_pipeline(columns, LogisticRegression(max_iter=9_999))


MODELS = {
    "random forest": (RandomForest(30, random_state=0), iris, True),
    "extra trees of texts": (ExtraTreesClassifier(30, random_state=0), towns, True),
    "boosting": (GradientBoostingClassifier(n_estimators=10, random_state=0), iris, False),
    "linear, of texts": (linear(), towns, False),
}
"""Classifier, what it learns from, and whether there is a compiled kernel for it."""


class Case(NamedTuple):
    """What is asked, and what scikit-learn says."""

    rows: list[list[float | str]]
    labels: list[str]
    probabilities: list[list[float]]
    forest: bool


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Artifacts, and of those with a forest for the kernel one without, by name."""
    root = tmp_path_factory.mktemp("artifacts")
    for name, (classifier, dataset, forest) in MODELS.items():
        write_artifact(root / name, classifier, dataset())
        if forest:
            without = shutil.copytree(root / name, root / f"{name}, without the kernel")
            (without / FOREST_FILE).unlink()
            write_manifest(without)
    return {folder.name: folder for folder in root.iterdir()}


@pytest.fixture(scope="module")
def cases():
    """Rows of the data set and others within its ranges, as clients send them."""
    return {name: _case(*parts) for name, parts in MODELS.items()}


def _case(classifier, dataset, forest):
    data = dataset()
    low, high = data.rows.min(axis=0), data.rows.max(axis=0)
    drawn = np.random.default_rng(1).uniform(low, high, (ROWS, len(low))).astype(np.float32)
    categorical = [feature.categories is not None for feature in data.features]
    drawn[:, categorical] = drawn[:, categorical].round()
    rows = np.vstack([data.rows, drawn])
    model = evaluate(classifier, data).model
    probabilities = model.predict_proba(rows)
    labels = [str(label) for label in model.classes_[probabilities.argmax(axis=1)]]
    sent = [
        [
            shortest(cell) if feature.categories is None else feature.categories[int(cell)]
            for feature, cell in zip(data.features, row, strict=True)
        ]
        for row in rows
    ]
    return Case(sent, labels, probabilities.tolist(), forest)


@pytest.fixture(scope="module")
def several(folders, tmp_path_factory):
    """Port of a server that has all of them."""
    log = tmp_path_factory.mktemp("several") / "log"
    variables = {"SAGEMAKER_MULTI_MODEL": "true"}
    with running(log.parent, log, workers=1, **variables) as (_, port):
        for name, folder in folders.items():
            load = json.dumps({"model_name": called(name), "url": str(folder)}).encode()
            assert post(port, "/models", load)[0] == 200
        yield port


def called(name: str) -> str:
    """What the server that has all of them calls a model."""
    return "-".join(re.findall(r"\w+", name))


def post(
    port: int, path: str, body: bytes, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path.replace(" ", "%20"), body, dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def bodies(case: Case, folder) -> dict[str, bytes]:
    """The rows in every format that takes them as people have them, by its media type."""
    lines = "\n".join(map(json.dumps, case.rows)).encode()
    csv = "".join(",".join(map(str, row)) + "\n" for row in case.rows).encode()
    document = json.dumps({"instances": case.rows}).encode()
    formats = {"application/json": document, "application/jsonlines": lines, "text/csv": csv}
    if all(isinstance(cell, float) for row in case.rows for cell in row):
        saved = io.BytesIO()
        np.save(saved, np.array(case.rows, np.float32))
        formats["application/x-npy"] = saved.getvalue()
    return formats


NAMES = [
    *MODELS,
    *(f"{name}, without the kernel" for name, (_, _, forest) in MODELS.items() if forest),
]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_rows_have_the_same_answers(name, folders, cases, several, tmp_path):
    case = cases[name.removesuffix(", without the kernel")]
    exact = case.forest and name in cases and load_kernel() is not None
    with running(folders[name], tmp_path / "log", workers=1) as (_, port):
        for media_type, body in bodies(case, folders[name]).items():
            headers = {"content-type": media_type, "accept": "application/json"}
            alone = post(port, "/invocations", body, headers)
            assert post(several, f"/models/{called(name)}/invoke", body, headers) == alone
            status, content = alone
            assert status == 200, content
            predictions = json.loads(content)["predictions"]
            assert [prediction["label"] for prediction in predictions] == case.labels
            found = [list(prediction["probabilities"].values()) for prediction in predictions]
            if exact:
                assert found == case.probabilities
            else:
                assert np.abs(np.array(found) - case.probabilities).max() < ONNX_TOLERANCE
