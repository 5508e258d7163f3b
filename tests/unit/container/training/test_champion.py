"""A candidate meets the champion on rows that neither has learnt from."""

import hashlib

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from container.manifest import ManifestError
from container.training import champion
from container.training.champion import BETTER, UNDECIDED, WORSE, Comparison, compare
from container.training.dataset import iris
from container.training.evaluation import evaluate
from container.training.hyperparameters import Hyperparameters
from container.training.metrics import Estimate, hits, log_losses
from container.training.table import DatasetError, table
from container.training.train import untrained
from container.training.writer import write_artifact


@pytest.fixture(scope="module")
def forest():
    return evaluate(untrained(Hyperparameters()), iris())


@pytest.fixture(scope="module")
def guess():
    """Knows how frequent each label is, and nothing else."""
    return evaluate(DummyClassifier(), iris())


@pytest.fixture(scope="module")
def many():
    """Rows of which more than 100 are held out."""
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(700, 2))
    return table(["x", "y"], rows, np.where(rows[:, 0] + generator.normal(size=700) > 0, "a", "b"))


def test_the_champion_against_itself_is_undecided(artifact, forest):
    comparison = compare(artifact, iris(), forest)
    assert comparison.verdict == UNDECIDED
    assert comparison.rows == forest.held_out.sum() == 30
    manifest = (artifact / "manifest.json").read_bytes()
    assert comparison.champion == hashlib.sha256(manifest).hexdigest()
    for gain in comparison.gains.values():
        assert gain == pytest.approx((0, 0, 0), abs=1e-4)


def test_gains_are_means_of_paired_differences(artifact, forest, guess):
    comparison = compare(artifact, iris(), guess)
    assert set(comparison.gains) == {"accuracy", "logLoss", "brier"}
    for gain in comparison.gains.values():
        assert gain.low <= gain.value <= gain.high < 0
    rows = forest.held_out
    theirs, truth = forest.probabilities[rows], forest.truth[rows]
    ours = guess.probabilities[rows]
    accuracy, loss = comparison.gains["accuracy"].value, comparison.gains["logLoss"].value
    assert accuracy == pytest.approx((hits(ours, truth) - hits(theirs, truth)).mean())
    assert loss == pytest.approx((log_losses(theirs, truth) - log_losses(ours, truth)).mean())


def test_a_better_and_a_worse_candidate_are_called_so(tmp_path, many):
    weak, strong = LogisticRegression(C=1e-6), LogisticRegression()
    for first, second, verdict in [(weak, strong, BETTER), (strong, weak, WORSE)]:
        write_artifact(tmp_path / verdict, first, many)
        comparison = compare(tmp_path / verdict, many, evaluate(second, many))
        assert comparison.rows > 100
        assert comparison.verdict == verdict


def test_a_champion_that_is_asked_in_blocks_says_the_same(artifact, guess, monkeypatch):
    whole = compare(artifact, iris(), guess)
    monkeypatch.setattr(champion, "BLOCK_ROWS", 7)
    assert compare(artifact, iris(), guess) == whole


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.002, 0.3, BETTER),
        (0.0005, 0.3, UNDECIDED),
        (-0.1, 0.3, UNDECIDED),
        (-0.3, -0.0005, UNDECIDED),
        (-0.3, -0.002, WORSE),
    ],
)
def test_the_verdict_takes_the_whole_interval_of_the_log_loss(low, high, verdict):
    gains = {"accuracy": Estimate(1, 1, 1), "logLoss": Estimate(0, low, high)}
    assert Comparison("", 100, gains).verdict == verdict


@pytest.mark.parametrize("rows", [1, 30, 99])
def test_few_rows_decide_nothing(rows):
    """Of one row the interval is a point, whatever the models are."""
    assert Comparison("", rows, {"logLoss": Estimate(1, 1, 1)}).verdict == UNDECIDED


def test_a_champion_of_other_features_or_labels_is_refused(artifact, forest):
    dataset = iris()
    other = table(["a", "b", "c", "d"], dataset.rows, dataset.labels)
    with pytest.raises(DatasetError) as error:
        compare(artifact, other, forest)
    assert str(error.value) == (
        f"champion {artifact}: predicts setosa, versicolor, virginica from sepal_length_cm, "
        "sepal_width_cm, petal_length_cm, petal_width_cm. Expected setosa, versicolor, virginica "
        "from a, b, c, d, as the candidate, with the same categories. "
        "Leave it out: there is nothing to compare."
    )


def test_without_held_out_rows_there_is_no_comparison(artifact):
    dataset = iris()
    learnt = ~evaluate(DummyClassifier(), dataset).held_out
    few = table([f.name for f in dataset.features], dataset.rows[learnt], dataset.labels[learnt])
    with pytest.raises(DatasetError, match=r"none of 120 rows is held out to compare by\. Add"):
        compare(artifact, few, evaluate(RandomForestClassifier(2), few))


def test_what_is_no_artifact_is_no_champion(tmp_path, forest):
    with pytest.raises(ManifestError):
        compare(tmp_path, iris(), forest)
