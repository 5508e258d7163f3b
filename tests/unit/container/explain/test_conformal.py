"""Sets hold the true label as often as they say, and are never empty."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.artifact import ArtifactError
from container.explain.conformal import Conformal

LABELS = ("a", "b", "c")
scores = st.lists(st.floats(0, 1), min_size=1, max_size=200)
coverages = st.sampled_from([0.5, 0.8, 0.9, 0.95])


@given(scores=scores, coverage=coverages)
def test_enough_of_the_held_out_rows_are_within_the_quantile_and_no_more_than_needed(
    scores, coverage
):
    quantile = Conformal.calibrated(scores, coverage).quantile
    needed = coverage * (len(scores) + 1)
    assert sum(score <= quantile for score in scores) >= min(needed - 1e-9, len(scores))
    assert sum(score < quantile for score in scores) < needed


def test_the_quantile_is_the_score_of_a_rank():
    """Of 9 scores 0.9 needs the 9th, of 19 the 18th: (n + 1) * coverage."""
    nine, nineteen = [number / 10 for number in range(9)], [number / 20 for number in range(19)]
    assert Conformal.calibrated(nine, 0.9).quantile == 0.8
    assert Conformal.calibrated(nineteen[::-1], 0.9).quantile == 0.85
    assert Conformal.calibrated(nineteen, 0.9, tolerance=0.01).quantile == 0.86
    assert Conformal.calibrated([1.0] * 9, 0.9, tolerance=0.01).quantile == 1.0


def test_with_too_few_rows_every_label_is_in_the_set():
    conformal = Conformal.calibrated([0.0] * 8, 0.9)
    assert conformal.label_set(LABELS, [1.0, 0.0, 0.0], 0) == ["a", "b", "c"]


def test_a_set_holds_what_would_not_surprise_more_and_always_the_winner():
    conformal = Conformal(coverage=0.9, quantile=0.75)
    assert conformal.label_set(LABELS, [0.25, 0.5, 0.24], 1) == ["a", "b"]
    certain = Conformal(coverage=0.9, quantile=0.0)
    assert certain.label_set(LABELS, [0.3, 0.3, 0.4], 2) == ["c"]


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_the_coverage_is_what_is_promised_and_little_more(coverage):
    """Over 2,000 draws of 99 held-out rows and 50 others, by a model that is wrong on purpose.

    The theorem puts the mean coverage of sets that may be empty between `coverage` and
    `coverage` + 1 / 100; allowed is what chance adds to that in so many draws: 4 standard errors.
    """
    generator = np.random.default_rng(0)
    within = []
    for _ in range(2_000):
        truth = generator.dirichlet([0.5, 0.5, 0.5], 149)
        labels = (truth.cumsum(axis=1) > generator.random((149, 1))).argmax(axis=1)
        said = truth**2 / (truth**2).sum(axis=1, keepdims=True)  # too sure of itself
        surprise = 1 - said[np.arange(149), labels]
        conformal = Conformal.calibrated(surprise[:99].tolist(), coverage)
        within.append(np.mean(surprise[99:] <= conformal.quantile))
    error = 4 * np.std(within) / math.sqrt(len(within))
    assert coverage - error <= np.mean(within) <= coverage + 0.01 + error


def test_the_winner_in_every_set_only_raises_the_coverage():
    generator = np.random.default_rng(0)
    said = generator.dirichlet([0.2, 0.2, 0.2], 5_000)
    labels = np.array([generator.choice(3, p=row) for row in said])
    scores = 1 - said[np.arange(5_000), labels]
    conformal = Conformal.calibrated(scores[:2_500].tolist(), 0.6)
    sets = [conformal.label_set(LABELS, row.tolist(), int(row.argmax())) for row in said[2_500:]]
    held = [LABELS[label] in labels_ for label, labels_ in zip(labels[2_500:], sets, strict=True)]
    assert all(sets)
    assert np.mean(held) >= np.mean(scores[2_500:] <= conformal.quantile) >= 0.57


def test_it_is_read_back_as_written(tmp_path):
    conformal = Conformal(coverage=0.9, quantile=0.123456789)
    (tmp_path / "conformal.json").write_text(conformal.to_json())
    assert Conformal.read(tmp_path) == conformal


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"coverage": 0.9}, "holds coverage. Expected the keys coverage, quantile."),
        ({"coverage": 0.9, "quantile": 1.5}, "quantile is 1.5. Expected a number from 0 to 1."),
        ({"coverage": "0.9", "quantile": 0}, 'coverage is "0.9". Expected a number from 0 to 1.'),
        ({"coverage": True, "quantile": 0}, "coverage is true. Expected a number from 0 to 1."),
        ({"coverage": math.nan, "quantile": 0}, "coverage is NaN. Expected a number from 0 to 1."),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, document, said):
    (tmp_path / "conformal.json").write_text(json.dumps(document))
    with pytest.raises(ArtifactError) as error:
        Conformal.read(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'conformal.json'}: {said} Make the artifact again: docs/models.md."
    )
