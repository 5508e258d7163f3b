"""What is handed over in the place of a classifier is named in a sentence, with what will do."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor, StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from container.training.dataset import iris
from container.training.estimator import (
    EstimatorError,
    check_classifier,
    first_line,
    fitted,
    probabilities_of,
)

DATASET = iris()

ALLOWED = "Allowed: a classifier of scikit-learn with predict_proba, or a pipeline that ends in one"

NO_CLASSIFIERS = [
    ("forest", f"'forest': no estimator. {ALLOWED}."),
    (None, f"None: no estimator. {ALLOWED}."),
    (LogisticRegression, "<class 'sklearn.linear_model._logistic.LogisticRegression'>: "
     f"no estimator. {ALLOWED}."),
    (RandomForestRegressor(),
     f"RandomForestRegressor: no classifier. {ALLOWED}. Regression is not served."),
    (KMeans(3), f"KMeans: no classifier. {ALLOWED}. Regression is not served."),
    (make_pipeline(StandardScaler()),
     f"Pipeline: no classifier. {ALLOWED}. Regression is not served."),
    (GridSearchCV(RandomForestRegressor(), {}),
     f"GridSearchCV: no classifier. {ALLOWED}. Regression is not served."),
    (make_pipeline(StandardScaler(), FrozenEstimator(LogisticRegression())),
     "Pipeline: FrozenEstimator keeps what it has learnt, of rows to judge it by too. Give the "
     "estimator that it holds: it is fitted anew."),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), NO_CLASSIFIERS)
def test_what_is_no_classifier_is_named_before_anything_is_fitted(given, said):
    with pytest.raises(EstimatorError) as error:
        check_classifier(given)
    assert str(error.value) == said


@pytest.mark.parametrize(
    "given", [GridSearchCV(LogisticRegression, {}), make_pipeline(LogisticRegression)]
)
def test_a_class_in_the_place_of_an_estimator_is_named(given):
    with pytest.raises(EstimatorError) as error:
        check_classifier(given)
    assert str(error.value).startswith(f"{type(given).__name__}: is put together wrongly (")
    assert str(error.value).endswith(f"). {ALLOWED}.")


@pytest.mark.parametrize(
    "given",
    [
        RidgeClassifier(),
        LinearSVC(),
        make_pipeline(StandardScaler(), RidgeClassifier()),
        GridSearchCV(RidgeClassifier(), {"alpha": [1]}),
        VotingClassifier([("a", LogisticRegression(max_iter=9_999))]),
    ],
)
def test_a_classifier_without_probabilities_is_named_with_what_makes_them(given):
    check_classifier(given)
    with pytest.raises(EstimatorError) as error:
        fitted(given, DATASET.rows, DATASET.labels)
    assert str(error.value) == (
        f"{type(given).__name__}: gives no probabilities. {ALLOWED}. CalibratedClassifierCV around "
        "it makes one of it."
    )


def test_a_meta_estimator_that_gives_probabilities_only_once_it_is_fitted_will_do():
    stacked = StackingClassifier([("a", LogisticRegression(max_iter=9_999))])
    assert not hasattr(stacked, "predict_proba")
    check_classifier(stacked)
    model = fitted(stacked, DATASET.rows, DATASET.labels)
    assert probabilities_of(model, DATASET.rows).shape == (150, 3)


@pytest.mark.parametrize(
    "given",
    [
        LogisticRegression(C=-1),
        VotingClassifier([]),
        StackingClassifier([("a", LogisticRegression())], cv="prefit"),
    ],
)
def test_what_scikit_learn_does_not_fit_is_said_in_its_words(given):
    with pytest.raises(EstimatorError) as error:
        fitted(given, DATASET.rows, DATASET.labels)
    assert str(error.value).startswith(f"{type(given).__name__}: cannot be fitted (")
    assert str(error.value).endswith("). Mend its parameters, or the data.")
    assert error.value.__cause__ is not None


def test_an_encoder_that_knows_all_texts_already_is_told_how_not_to():
    rows = np.array([[0], [1]] * 5, np.float32)
    encoder = ColumnTransformer([("towns", OneHotEncoder(), [0])])
    model = fitted(make_pipeline(encoder, LogisticRegression()), rows, np.array(["a", "b"] * 5))
    with pytest.raises(EstimatorError) as error:
        probabilities_of(model, rows - 1)
    assert str(error.value).startswith("Pipeline: cannot predict (Found unknown categories [")
    assert str(error.value).endswith(
        "). Rows may hold a text that it has not learnt from: tell encoders "
        'handle_unknown="ignore".'
    )


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("No.\n\nSee the manual."), "No"),
        (ValueError("\n no"), "no"),
        (ValueError("x" * 999), "x" * 300),
        (NotImplementedError(), "NotImplementedError"),
    ],
)
def test_of_another_librarys_reason_one_line_at_most_is_said(error, line):
    assert first_line(error) == line
