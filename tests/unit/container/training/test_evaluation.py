"""Who has learnt from which rows: nobody from the ones that he is judged by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from container.training.dataset import iris
from container.training.evaluation import FOLDS, HELD_OUT, evaluate, folds_of
from container.training.table import DatasetError, table


class Memory(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Sure of rows that it has learnt, and knows nothing of others."""

    def fit(self, rows, labels):
        self.classes_ = np.unique(labels)
        self.learnt_ = {row.tobytes(): label for row, label in zip(rows, labels, strict=True)}
        return self

    def predict_proba(self, rows):
        known = [self.learnt_.get(row.tobytes()) for row in rows]
        return np.array([(self.classes_ == label) for label in known], np.float64)


def test_no_row_is_predicted_by_a_model_that_has_learnt_it():
    dataset = iris()
    evaluation = evaluate(Memory(), dataset)
    assert evaluation.probabilities.sum() == 0
    learnt = evaluation.model.predict_proba(dataset.rows).sum(axis=1)
    assert np.array_equal(learnt == 0, evaluation.held_out)


def test_the_held_out_rows_are_predicted_by_the_model_itself():
    dataset = iris()
    evaluation = evaluate(RandomForestClassifier(5), dataset)
    held_out = evaluation.held_out
    assert 0.1 < held_out.mean() < 0.3
    expected = evaluation.model.predict_proba(dataset.rows[held_out])
    assert np.array_equal(evaluation.probabilities[held_out], expected)
    assert evaluation.labels == tuple(evaluation.model.classes_)
    assert [evaluation.labels[index] for index in evaluation.truth] == dataset.labels.tolist()


def unlabelled(rows):
    return table([f"column {index}" for index in range(len(rows[0]))], rows, ["a"] * len(rows))


rows = st.lists(
    st.tuples(st.floats(-9, 9, width=32), st.text("abc", max_size=2)), min_size=1, max_size=20
)


@given(rows=rows, others=rows)
def test_a_row_stays_in_its_fold_whatever_rows_come_or_go(rows, others):
    both = folds_of(unlabelled(others + rows))[len(others) :]
    assert np.array_equal(both, folds_of(unlabelled(rows)))


@given(row=st.lists(st.sampled_from([0.0, -0.0, 1.0]), min_size=3, max_size=3))
def test_equal_rows_are_in_one_fold(row):
    same = [[abs(cell) for cell in row], row]
    assert len(set(folds_of(unlabelled(same)))) == 1


def test_rows_that_differ_in_a_text_alone_are_dealt_out_too():
    folds = folds_of(unlabelled([[1.0, f"town {number}"] for number in range(100)]))
    assert set(folds) == set(range(FOLDS))


def test_rows_are_dealt_out_evenly():
    drawn = np.random.default_rng(0).normal(size=(10_000, 3)).astype(np.float32)
    shares = np.bincount(folds_of(unlabelled(drawn)), minlength=FOLDS) / 10_000
    assert np.abs(shares - 1 / FOLDS).max() < 0.02  # 5 standard errors


def test_the_fold_of_a_row_is_the_same_in_every_version():
    """Otherwise a champion would be judged by rows that it has learnt."""
    folds = folds_of(iris())
    assert HELD_OUT == 0
    assert np.flatnonzero(folds == HELD_OUT)[:8].tolist() == [4, 19, 20, 22, 29, 38, 48, 49]
    assert folds[:10].tolist() == [3, 3, 1, 4, 0, 1, 2, 4, 2, 3]
    texts = [[number, text] for number in range(2) for text in ("", "Bonn", "Köln", "Ulm")]
    assert folds_of(unlabelled(texts)).tolist() == [4, 0, 3, 2, 3, 2, 3, 2]


def test_estimators_without_a_seed_are_given_one_and_others_keep_theirs():
    unset = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_features=1))
    models = [evaluate(unset, iris()).model for _ in range(2)]
    assert models[0][-1].random_state == models[1][-1].random_state == 0
    assert unset[-1].random_state is None
    assert evaluate(DecisionTreeClassifier(random_state=7), iris()).model.random_state == 7


def test_of_one_label_there_is_nothing_to_learn():
    with pytest.raises(DatasetError, match=r"^a: the only label\. Add rows of another one\.$"):
        evaluate(Memory(), table(["x"], [[1.0], [2.0]], ["a", "a"]))


def test_a_label_that_only_one_fold_has_is_named():
    rows = [[float(number), 0.0] for number in range(40)] + [[99.0, 99.0]] * 9
    dataset = table(["x", "y"], rows, ["a", "b"] * 20 + ["rare"] * 9)
    with pytest.raises(DatasetError) as error:
        evaluate(Memory(), dataset)
    assert str(error.value) == (
        "rare: all rows are equal, or too few. Of 5 parts one is not learnt from, and equal rows "
        "are in one part. Add other rows."
    )
