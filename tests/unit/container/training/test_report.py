"""metrics.json says what was learnt from, by what, and how good it is."""

import json
import math
from importlib.metadata import version

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from container.training.champion import Comparison
from container.training.dataset import iris
from container.training.evaluation import evaluate
from container.training.metrics import Estimate, metrics
from container.training.report import report, summary

CLASSIFIER = make_pipeline(StandardScaler(), LogisticRegression(C=math.inf, max_iter=9_999))


@pytest.fixture(scope="module")
def evaluation():
    return evaluate(CLASSIFIER, iris())


def test_what_the_model_is_a_function_of_is_recorded(evaluation):
    document = report(iris(), evaluation, None)
    assert document["data"] == {"rows": 150, "heldOut": 30, "sha256": iris().sha256()}
    model = document["model"]
    assert model["algorithm"] == "Pipeline of StandardScaler, LogisticRegression"
    assert model["parameters"]["logisticregression__random_state"] == 0
    assert model["parameters"]["logisticregression__C"] == "inf"
    assert model["versions"]["scikit-learn"] == version("scikit-learn")
    json.dumps(document, allow_nan=False)


def test_figures_are_over_all_rows_by_models_that_had_not_seen_them(evaluation):
    document = report(iris(), evaluation, None)
    for name, (value, low, high) in metrics(evaluation.probabilities, evaluation.truth).items():
        assert document["metrics"][name] == {"value": value, "interval": [low, high]}
    assert "champion" not in document


def test_the_comparison_is_part_of_it_and_every_figure_has_its_line(evaluation):
    gains = {"accuracy": Estimate(0.1, -0.05, 0.2), "logLoss": Estimate(0.3, 0.2, 0.4)}
    document = report(iris(), evaluation, Comparison("abc", 100, gains))
    assert document["champion"] == {
        "manifest": "abc",
        "rows": 100,
        "gains": {
            "accuracy": {"value": 0.1, "interval": [-0.05, 0.2]},
            "logLoss": {"value": 0.3, "interval": [0.2, 0.4]},
        },
        "verdict": "better",
    }
    assert summary(document).splitlines()[4:] == [
        "Against the champion, over the 100 held-out rows, which neither has learnt from; "
        "in brackets the 95% interval:",
        "  gain in accuracy 0.1000 (-0.0500 to 0.2000)",
        "  gain in logLoss 0.3000 (0.2000 to 0.4000)",
        "  candidate is better",
    ]


def test_figures_say_of_which_rows_they_are_and_how_sure():
    figure = {"value": 0.5, "interval": [0.25, 0.75]}
    document = {
        "data": {"rows": 20_000, "heldOut": 4_000},
        "confidence": 0.95,
        "folds": 5,
        "metrics": {"accuracy": figure},
    }
    assert summary(document).splitlines() == [
        "Over all 20,000 rows, each predicted by a model that had not learnt from it (5-fold "
        "cross-validation); in brackets the 95% interval:",
        "  accuracy 0.5000 (0.2500 to 0.7500)",
    ]


def test_of_too_few_rows_the_verdict_says_how_many_would_do(evaluation):
    gains = {"logLoss": Estimate(0.3, 0.2, 0.4)}
    lines = summary(report(iris(), evaluation, Comparison("abc", 99, gains))).splitlines()
    assert lines[-1] == "  candidate is undecided; 100 or more decide"
