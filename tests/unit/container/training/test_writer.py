"""One function makes a whole artifact of a classifier, or leaves the output as it was."""

import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from container.artifact import Sample, read_signature
from container.explain.conformal import Conformal
from container.explain.explanations import Explanations
from container.model import Model
from container.predictions import Extra
from container.training.baseline import baseline
from container.training.dataset import iris
from container.training.estimator import EstimatorError
from container.training.evaluation import evaluate
from container.training.folder import FolderError
from container.training.table import DatasetError, table
from container.training.verification import ParityError
from container.training.writer import write_artifact

ALWAYS = {
    "baseline.json",
    "conformal.json",
    "manifest.json",
    "metrics.json",
    "model.onnx",
    "sample.json",
    "signature.json",
}


def files(folder):
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def towns():
    generator = np.random.default_rng(0)
    names = generator.choice(["Bonn", "Ulm"], 200)
    rows = [[float(number), str(name)] for number, name in enumerate(names)]
    return table(["number", "town"], rows, ["early"] * 100 + ["late"] * 100)


def test_a_forest_can_be_explained_in_every_way(tmp_path):
    dataset = iris()
    write_artifact(tmp_path, RandomForestClassifier(10), dataset)
    assert files(tmp_path) == ALWAYS | {"forest.bin", "forest_trees.npy"}
    model = Model.load(tmp_path)
    explanations = Explanations.load(tmp_path, model.signature)
    assert explanations.available == set(Extra)
    rows = dataset.rows[:3].tolist()
    [first, *_] = explanations.of(frozenset(Extra), rows, model.predict(rows))
    assert set(first) == {"set", "intervals", "contributions"}


def test_a_pipeline_over_texts_is_served_as_it_was_trained(tmp_path, towns):
    columns = ColumnTransformer(
        [("town", OneHotEncoder(handle_unknown="ignore"), [1])], remainder="passthrough"
    )
    write_artifact(tmp_path, make_pipeline(columns, LogisticRegression(max_iter=9_999)), towns)
    assert files(tmp_path) == ALWAYS
    model = Model.load(tmp_path)
    assert model.signature.features == towns.features
    assert model.sample.labels == ("early", "late")
    assert {type(cell) for row in model.sample.rows for cell in row} == {float, str}
    assert model.sample_mistakes() == []
    assert Explanations.load(tmp_path, model.signature).available == {Extra.SET}


def test_the_classifier_that_is_handed_over_is_not_fitted_itself(tmp_path):
    classifier = RandomForestClassifier(5)
    write_artifact(tmp_path, classifier, iris())
    assert not hasattr(classifier, "estimators_")
    assert classifier.random_state is None


def test_sets_are_calibrated_on_the_held_out_rows(tmp_path):
    dataset = iris()
    classifier = RandomForestClassifier(10, random_state=0)
    write_artifact(tmp_path, classifier, dataset)
    evaluation = evaluate(clone(classifier), dataset)
    rows = np.flatnonzero(evaluation.held_out)
    scores = sorted(1 - evaluation.probabilities[rows, evaluation.truth[rows]])
    conformal = Conformal.read(tmp_path)
    assert conformal.coverage == 0.9
    assert conformal.quantile == pytest.approx(scores[27] + 1e-5)  # (30 + 1) * 0.9 is the 28th


def test_baseline_and_metrics_are_written_as_they_are_returned(tmp_path):
    dataset = iris()
    metrics = write_artifact(tmp_path, RandomForestClassifier(5), dataset)
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics
    seen = json.loads((tmp_path / "baseline.json").read_text())
    assert seen == baseline(dataset, evaluate(RandomForestClassifier(5), dataset))
    assert read_signature(tmp_path).labels == ("setosa", "versicolor", "virginica")


def test_a_sample_of_ones_own_is_kept_and_must_be_right(tmp_path):
    right = Sample([[5.1, 3.5, 1.4, 0.2]], ("setosa",))
    write_artifact(tmp_path / "a", LogisticRegression(max_iter=9_999), iris(), sample=right)
    assert Model.load(tmp_path / "a").sample == right
    wrong = Sample(right.rows, ("virginica",))
    with pytest.raises(ParityError, match="predicted setosa, expected virginica"):
        write_artifact(tmp_path / "b", LogisticRegression(max_iter=9_999), iris(), sample=wrong)
    assert files(tmp_path) == {"a"}


def test_a_model_that_would_be_served_differently_leaves_the_old_artifact(tmp_path, towns):
    write_artifact(tmp_path, RandomForestClassifier(5), towns)
    before = (tmp_path / "manifest.json").read_bytes()
    with pytest.raises(ParityError):
        write_artifact(tmp_path, HistGradientBoostingClassifier(categorical_features=[1]), towns)
    assert (tmp_path / "manifest.json").read_bytes() == before
    Model.load(tmp_path)


def test_every_step_is_said_on_stderr_alone_before_it_begins(tmp_path, capsys):
    write_artifact(tmp_path, RandomForestClassifier(5), iris())
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "Fitting 1 of 5: on 120 of 150 rows",
        "Fitting 2 of 5: on 113 of 150 rows",
        "Fitting 3 of 5: on 124 of 150 rows",
        "Fitting 4 of 5: on 125 of 150 rows",
        "Fitting 5 of 5: on 118 of 150 rows",
        "Computing metrics, and what sets and drift are measured by",
        "Converting to ONNX",
        "Comparing model.onnx with scikit-learn: 20,150 rows",
        "Comparing forest.bin with scikit-learn: 20,150 rows",
        "Comparing forest_trees.npy with scikit-learn: 200 rows",
    ]
    with pytest.raises(DatasetError):
        write_artifact(tmp_path / "b", RandomForestClassifier(5), table(["x"], [[1]], ["a"]))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["output", "champion"])
def test_a_path_given_as_a_text_is_refused_before_anything_is_fitted(tmp_path, name):
    paths = {"output": tmp_path / "new", name: "build/wine"}
    with pytest.raises(FolderError) as error:
        write_artifact(classifier=None, dataset=iris(), **paths)
    assert str(error.value) == (
        f"{name}: 'build/wine'. Allowed: a pathlib.Path. Write Path('build/wine')."
    )


def test_an_output_that_is_something_else_is_refused_before_anything_is_fitted(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(FolderError, match="a folder without manifest"):
        write_artifact(tmp_path, None, iris())


def test_what_is_no_classifier_leaves_nothing_behind(tmp_path):
    with pytest.raises(EstimatorError, match="^RandomForestRegressor: no classifier"):
        write_artifact(tmp_path / "new", RandomForestRegressor(), iris())
    assert files(tmp_path) == set()


def test_a_champion_is_compared_and_its_verdict_kept(tmp_path, artifact):
    metrics = write_artifact(tmp_path, RandomForestClassifier(5), iris(), champion=artifact)
    assert json.loads((tmp_path / "metrics.json").read_text())["champion"] == metrics["champion"]
