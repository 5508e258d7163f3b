"""The baseline counts every row once, and by its bins drift shows and the lack of it does not."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from container.training.baseline import baseline
from container.training.evaluation import Evaluation
from container.training.table import table

GENERATOR = np.random.default_rng(0)


def document(rows):
    """Of rows of which every other one is an a, predicted as somebody may."""
    truth = np.arange(len(rows)) % 2
    labels = ["ab"[label] for label in truth]
    said = GENERATOR.dirichlet([1, 1], len(rows))
    evaluation = Evaluation(None, ("a", "b"), said, truth, held_out=truth == 0)
    return baseline(table(["x", "town"], rows, labels), evaluation)


def psi(counts, others):
    p, q = np.array(counts) / sum(counts), np.array(others) / sum(others)
    return float(((q - p) * np.log(q / p)).sum())


def counted(edges, values):
    """As whoever reads baseline.json is told to count."""
    bins = [-np.inf, *edges, np.inf]
    return [
        sum(low < value <= high for value in values)
        for low, high in zip(bins[:-1], bins[1:], strict=True)
    ]


@given(
    cells=st.lists(st.sampled_from([0.0, 1.5, 2.0, 7.0]), min_size=60, max_size=80),
)
def test_bins_hold_every_row_once_even_where_many_are_equal(cells):
    spread = [cell + index / 1024 for index, cell in enumerate(cells[:30])] + cells[30:]
    seen = document([[cell, "Ulm"] for cell in spread])
    feature = seen["features"]["x"]
    assert len(feature["counts"]) == len(feature["edges"]) + 1
    assert sum(feature["counts"]) == len(cells) == seen["rows"]
    assert feature["counts"] == counted(feature["edges"], spread)
    assert feature["edges"] == sorted(set(feature["edges"]))


def test_a_feature_of_numbers_is_described_and_parted_into_tenths():
    cells = GENERATOR.normal(size=1_000).astype(np.float32).astype(float)
    feature = document([[cell, "Ulm"] for cell in cells])["features"]["x"]
    assert (feature["min"], feature["max"]) == (cells.min(), cells.max())
    assert (feature["mean"], feature["std"]) == (cells.mean(), cells.std())
    assert feature["counts"] == [100] * 10


def test_texts_labels_and_predictions_are_counted():
    towns = ["Ulm"] * 70 + ["Bonn"] * 30
    seen = document([[float(cell), town] for cell, town in enumerate(towns)])
    assert seen["features"]["town"] == {"categories": {"Bonn": 30, "Ulm": 70}}
    assert seen["labels"] == {"a": 50, "b": 50}
    assert list(seen["predictions"]) == ["a", "b"]
    for bins in seen["predictions"].values():
        assert bins["edges"] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
        assert sum(bins["counts"]) == 100
    assert json.loads(json.dumps(seen)) == seen


def test_a_bin_that_no_row_is_in_is_counted_too():
    seen = document([[1.0, "Ulm"], [2.0, "Ulm"]])
    assert [len(bins["counts"]) for bins in seen["predictions"].values()] == [10, 10]


def test_the_index_of_a_window_shows_a_shift_and_no_more_than_chance_without_one():
    feature = document([[cell, "Ulm"] for cell in GENERATOR.normal(size=2_000)])["features"]["x"]
    same, shifted = GENERATOR.normal(size=5_000), GENERATOR.normal(0.5, size=5_000)
    by_chance = 9 * (1 / 2_000 + 1 / 5_000)
    assert psi(feature["counts"], counted(feature["edges"], same)) < 3 * by_chance < 0.1
    assert 0.15 < psi(feature["counts"], counted(feature["edges"], shifted)) < 0.35
