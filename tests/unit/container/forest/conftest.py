"""Forests of several kinds, as scikit-learn grows them."""

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_classification
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier


def _grown(forest, features, labels):
    return forest.fit(features.astype(np.float32), labels)


def _iris():
    return load_iris(return_X_y=True)


def _many():
    return make_classification(400, 20, n_informative=12, n_classes=4, random_state=1)


GROWN = {
    "random forest": lambda: _grown(RandomForestClassifier(25, random_state=0), *_iris()),
    "extra trees": lambda: _grown(ExtraTreesClassifier(25, random_state=0), *_iris()),
    "stumps": lambda: _grown(RandomForestClassifier(9, max_depth=1, random_state=0), *_iris()),
    "one tree": lambda: _grown(RandomForestClassifier(1, random_state=0), *_many()),
    "no split": lambda: _grown(RandomForestClassifier(3, max_depth=1), *_constant()),
    "deep": lambda: _grown(RandomForestClassifier(15, random_state=0), *_many()),
    "unpure leaves": lambda: _grown(
        RandomForestClassifier(15, min_samples_leaf=9, class_weight="balanced", random_state=0),
        *_many(),
    ),
}


def _constant():
    return np.ones((6, 2)), ["a", "b"] * 3


@pytest.fixture(scope="session", params=GROWN)
def grown(request):
    """A fitted forest."""
    return GROWN[request.param]()
