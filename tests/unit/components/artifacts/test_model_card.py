"""What an artifact says of its model."""

import json

import pytest

from components.artifacts.model_card import model_card

FEATURES = [{"name": "length", "range": [1.0, 2.0]}, {"name": "soil", "categories": ["clay"]}]


def card(folder, files=()):
    signature = {"features": FEATURES, "classes": ["a", "b"]}
    (folder / "signature.json").write_text(json.dumps(signature))
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
