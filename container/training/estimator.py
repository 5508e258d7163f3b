"""scikit-learn's classifiers as the trainer calls them: what they refuse becomes one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.frozen import FrozenEstimator

ALLOWED = "Allowed: a classifier of scikit-learn with predict_proba, or a pipeline that ends in one"


class EstimatorError(Exception):
    """A model cannot be trained and served; the text says what was given and what is allowed."""


def check_classifier(estimator: object) -> None:
    """Refuse what cannot be a classifier, before any time is spent on it.

    Raises EstimatorError.
    """
    if not isinstance(estimator, BaseEstimator):
        raise EstimatorError(f"{repr(estimator)[:80]}: no estimator. {ALLOWED}.")
    with _in_one_sentence(estimator, "is put together wrongly", f"{ALLOWED}."):
        parts = [estimator, *estimator.get_params().values()]
        classifies = is_classifier(estimator)
    if not classifies:
        raise EstimatorError(
            f"{_name(estimator)}: no classifier. {ALLOWED}. Regression is not served."
        )
    if any(isinstance(part, FrozenEstimator) for part in parts):
        raise EstimatorError(
            f"{_name(estimator)}: FrozenEstimator keeps what it has learnt, of rows to judge it by "
            "too. Give the estimator that it holds: it is fitted anew."
        )


def fitted(estimator: Any, rows: NDArray[np.float32], labels: NDArray[np.str_]) -> Any:
    """A copy that has learnt from rows, (rows, features), and the label of each.

    Raises EstimatorError where it cannot learn, or learns no probabilities.
    """
    with _in_one_sentence(estimator, "cannot be fitted", "Mend its parameters, or the data."):
        model = clone(estimator).fit(rows, labels)
    # Of a meta-estimator it is only known now.
    if not hasattr(model, "predict_proba"):
        raise EstimatorError(
            f"{_name(model)}: gives no probabilities. {ALLOWED}. CalibratedClassifierCV around it "
            "makes one of it."
        )
    return model


def probabilities_of(model: Any, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """What a fitted classifier predicts, (rows, labels); raises EstimatorError where it cannot."""
    with _in_one_sentence(
        model,
        "cannot predict",
        'Rows may hold a text that it has not learnt from: tell encoders handle_unknown="ignore".',
    ):
        probabilities: NDArray[np.float64] = model.predict_proba(rows)
    return probabilities


@contextmanager
def _in_one_sentence(estimator: object, what: str, fix: str) -> Iterator[None]:
    """What scikit-learn raises for parameters and values that it does not take."""
    try:
        yield
    except (AttributeError, TypeError, ValueError) as error:
        reason = first_line(error)
        raise EstimatorError(f"{_name(estimator)}: {what} ({reason}). {fix}") from error


def first_line(error: Exception) -> str:
    """Why another library has refused something, without the lines of advice below it."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300].removesuffix(".")


def _name(estimator: object) -> str:
    return type(estimator).__name__
