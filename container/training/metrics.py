"""How good predictions are, and how sure that is: each figure with its confidence interval."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
"""Of every interval."""

NORMAL_QUANTILE = 1.959963984540054
"""Of CONFIDENCE, two-sided."""

RESAMPLES = 2_000
"""Of a bootstrap; its interval's ends are then sure to some 1 % of its width."""

SEED = 0
"""Of a bootstrap's draws."""

SMALLEST_PROBABILITY = 1e-4
"""What the log loss takes less for: a forest says 0 of a label that none of its trees has seen,
and what little float32 makes of that must not decide between two models."""

DRAWN_AT_ONCE = 1_000_000
"""Rows of a bootstrap in memory, 8 bytes each."""

Losses = NDArray[np.float64]
"""(rows,), of each row by itself."""


class Estimate(NamedTuple):
    """A figure of the rows at hand, and where that of all rows like them lies."""

    value: float
    low: float
    high: float


def hits(probabilities: NDArray[np.float64], truth: NDArray[np.intp]) -> Losses:
    """1 where the likeliest label, the first of equals, is the true one, else 0."""
    right: Losses = (probabilities.argmax(axis=1) == truth).astype(np.float64)
    return right


def log_losses(probabilities: NDArray[np.float64], truth: NDArray[np.intp]) -> Losses:
    """-log of the true label's probability, natural; 0 is best."""
    of_truth = probabilities[np.arange(len(truth)), truth]
    losses: Losses = -np.log(np.maximum(of_truth, SMALLEST_PROBABILITY))
    return losses


def brier_scores(probabilities: NDArray[np.float64], truth: NDArray[np.intp]) -> Losses:
    """Squared distance to certainty of the true label, over all labels: 0 (best) to 2.

    Brier, "Verification of forecasts expressed in terms of probability" (1950).
    """
    certain = np.eye(probabilities.shape[1])[truth]
    squares: Losses = ((probabilities - certain) ** 2).sum(axis=1)
    return squares


def wilson(hits: int, rows: int) -> Estimate:
    """A share with Wilson's score interval, which holds for few rows and shares near 0 and 1.

    https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    share, z2 = hits / rows, NORMAL_QUANTILE**2
    center = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    spread = math.sqrt(share * (1 - share) / rows + z2 / (4 * rows**2))
    half = NORMAL_QUANTILE / (1 + z2 / rows) * spread
    # Of none or all the bound is exactly 0 or 1, which rounding misses.
    return Estimate(share, max(0.0, min(share, center - half)), min(1.0, max(share, center + half)))


def bootstrapped(losses: Losses) -> Estimate:
    """A mean with its percentile bootstrap interval over rows, drawn with a seed.

    Of paired differences it is the interval of a paired comparison.
    Efron, Tibshirani, "An introduction to the bootstrap" (1993), chapter 13.
    """
    generator = np.random.default_rng(SEED)
    rows, means = len(losses), np.empty(RESAMPLES)
    at_once = max(1, DRAWN_AT_ONCE // rows)
    for start in range(0, RESAMPLES, at_once):
        block = means[start : start + at_once]
        block[:] = losses[generator.integers(rows, size=(len(block), rows))].mean(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(losses.mean()), float(low), float(high))


def metrics(probabilities: NDArray[np.float64], truth: NDArray[np.intp]) -> dict[str, Estimate]:
    """Accuracy, log loss and Brier score of predictions, (rows, labels), by name."""
    right = hits(probabilities, truth)
    return {
        "accuracy": wilson(int(right.sum()), len(right)),
        "logLoss": bootstrapped(log_losses(probabilities, truth)),
        "brier": bootstrapped(brier_scores(probabilities, truth)),
    }
