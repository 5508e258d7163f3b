"""Metrics are those of scikit-learn; their intervals hold as often as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, t  # type: ignore[import-untyped]
from sklearn.metrics import accuracy_score, log_loss

from container.training.metrics import (
    SMALLEST_PROBABILITY,
    bootstrapped,
    brier_scores,
    hits,
    log_losses,
    metrics,
    paired,
    wilson,
)


@pytest.fixture
def predictions():
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet([1, 1, 1], 200)
    truth = np.array([generator.choice(3, p=row) for row in probabilities])
    return probabilities, truth


def test_the_means_are_those_of_scikit_learn(predictions):
    probabilities, truth = predictions
    assert hits(probabilities, truth).mean() == accuracy_score(truth, probabilities.argmax(axis=1))
    assert log_losses(probabilities, truth).mean() == pytest.approx(log_loss(truth, probabilities))
    certain = np.eye(3)[truth]
    assert brier_scores(probabilities, truth) == pytest.approx(
        np.linalg.norm(probabilities - certain, axis=1) ** 2
    )


def test_a_label_that_was_ruled_out_costs_much_and_not_everything():
    [loss] = log_losses(np.array([[1.0, 0.0]]), np.array([1]))
    assert loss == -np.log(SMALLEST_PROBABILITY)
    assert brier_scores(np.array([[1.0, 0.0]]), np.array([1])).tolist() == [2.0]


@given(data=st.data(), rows=st.integers(1, 10_000))
def test_wilsons_interval_is_that_of_scipy(data, rows):
    right = data.draw(st.integers(0, rows))
    estimate = wilson(right, rows)
    low, high = binomtest(right, rows).proportion_ci(0.95, "wilson")
    assert estimate == pytest.approx((right / rows, low, high), abs=1e-12)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@given(losses=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30))
def test_a_bootstrapped_interval_lies_within_the_losses_and_is_always_the_same(losses):
    estimate = bootstrapped(np.array(losses))
    assert min(losses) - 1e-9 <= estimate.low <= estimate.high <= max(losses) + 1e-9
    assert estimate.value == pytest.approx(np.mean(losses))
    assert estimate == bootstrapped(np.array(losses))


def test_of_many_rows_a_bootstrapped_interval_is_that_of_the_normal_distribution():
    losses = np.random.default_rng(0).exponential(size=5_000)
    estimate, half = bootstrapped(losses), 1.96 * losses.std() / np.sqrt(5_000)
    assert estimate.low == pytest.approx(estimate.value - half, abs=0.1 * half)
    assert estimate.high == pytest.approx(estimate.value + half, abs=0.1 * half)


def test_a_bootstrapped_interval_holds_the_mean_as_often_as_it_says():
    """Of 400 draws of 100 skewed losses; the percentile interval is known to be a little short."""
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        estimate = bootstrapped(generator.exponential(size=100))
        held += estimate.low <= 1 <= estimate.high
    assert 0.90 < held / 400 < 0.98


def rare_misses(generator, shape):
    """Nine rows in ten gain a little, one loses much; nothing in the mean."""
    misses = generator.random(shape) < 0.1
    return np.where(misses, -generator.exponential(size=shape), 1 / 9)


WITHOUT_A_DIFFERENCE = {
    "symmetric": lambda generator, shape: generator.normal(size=shape),
    "skewed": lambda generator, shape: generator.exponential(size=shape) - 1,
    "skewed to the other side": lambda generator, shape: 1 - generator.normal(size=shape) ** 2,
    "rare misses": rare_misses,
}


@pytest.mark.parametrize("rows", [100, 300])
@pytest.mark.parametrize("kind", WITHOUT_A_DIFFERENCE)
def test_a_paired_interval_leaves_out_0_in_one_case_of_20_without_a_difference(kind, rows):
    draws = WITHOUT_A_DIFFERENCE[kind](np.random.default_rng(0), (3_000, rows))
    estimates = [paired(draw) for draw in draws]
    false = np.mean([not each.low <= 0 <= each.high for each in estimates])
    assert 0.03 < false <= 0.06


@given(differences=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30))
def test_a_paired_interval_is_around_the_mean_and_mirrors_with_its_rows(differences):
    estimate, mirrored = paired(np.array(differences)), paired(-np.array(differences))
    assert estimate.low <= estimate.value <= estimate.high
    assert estimate.value == pytest.approx(np.mean(differences))
    assert mirrored == pytest.approx((-estimate.value, -estimate.high, -estimate.low))


def test_a_paired_interval_of_symmetric_rows_is_that_of_students_t():
    estimate = paired(np.array([-1.0, 1.0] * 50))
    half = t.ppf(0.975, 99) / np.sqrt(99)
    assert estimate == pytest.approx((0, -half, half), abs=1e-4)


def test_the_three_metrics_have_their_intervals(predictions):
    named = metrics(*predictions)
    assert list(named) == ["accuracy", "logLoss", "brier"]
    assert named["accuracy"] == wilson(int(hits(*predictions).sum()), 200)
    assert named["logLoss"] == bootstrapped(log_losses(*predictions))
    assert named["brier"] == bootstrapped(brier_scores(*predictions))
