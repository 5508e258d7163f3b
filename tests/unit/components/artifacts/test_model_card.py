"""What an artifact says of its model."""

import json

import pytest

from components.artifacts.model_card import METRICS_FILE, model_card
from container.artifact import ArtifactError
from container.explain.conformal import CONFORMAL_FILE, Conformal

ACCURACY = {"value": 0.95, "interval": [0.9, 0.97]}
LOG_LOSS = {"value": 0.13, "interval": [0.06, 0.2]}
METRICS = {
    "model": {"algorithm": "RandomForestClassifier"},
    "data": {"rows": 150, "heldOut": 30},
    "metrics": {"accuracy": ACCURACY, "logLoss": LOG_LOSS, "brier": LOG_LOSS},
}
FEATURES = [{"name": "length", "range": [1.0, 2.0]}, {"name": "soil", "categories": ["clay"]}]


def card(folder, files=()):
    signature = {"features": FEATURES, "classes": ["a", "b"]}
    (folder / "signature.json").write_text(json.dumps(signature))
    (folder / CONFORMAL_FILE).write_text(Conformal(0.8, 0.1).to_json())
    return model_card(folder, files)


def test_features_and_labels_are_those_of_the_signature(tmp_path):
    assert card(tmp_path) == {"features": FEATURES, "labels": ["a", "b"], "include": []}


@pytest.mark.parametrize(
    ("files", "include"),
    [
        (["model.onnx"], []),
        (["conformal.json"], ["set"]),
        (["boosting_trees.npy"], ["contributions"]),
        (["forest_trees.npy", "conformal.json"], ["contributions", "set", "intervals"]),
    ],
)
def test_what_a_request_may_include_follows_from_the_files(tmp_path, files, include):
    assert card(tmp_path, files)["include"] == include


def test_the_coverage_is_that_of_the_sets(tmp_path):
    assert card(tmp_path, ["conformal.json"])["coverage"] == 0.8
    assert "coverage" not in card(tmp_path)


def test_of_the_metrics_it_has_accuracy_log_loss_and_of_how_many_rows(tmp_path):
    (tmp_path / METRICS_FILE).write_text(json.dumps(METRICS))
    assert card(tmp_path, [METRICS_FILE])["metrics"] == {
        "rows": 150,
        "accuracy": ACCURACY,
        "logLoss": LOG_LOSS,
    }
    assert "metrics" not in card(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        "{}",
        json.dumps(METRICS | {"data": {}}),
        json.dumps(METRICS | {"metrics": {"accuracy": ACCURACY}}),
        json.dumps(METRICS | {"metrics": {"accuracy": ACCURACY, "logLoss": 0.1}}),
        json.dumps(METRICS | {"metrics": {"accuracy": ACCURACY | {"interval": [1]}}}),
    ],
)
def test_metrics_of_another_form_are_refused_in_a_sentence(tmp_path, text):
    (tmp_path / METRICS_FILE).write_text(text)
    with pytest.raises(ArtifactError, match=r"metrics\.json: not the metrics of a training\. Exp"):
        card(tmp_path, [METRICS_FILE])
