"""The proof itself: it compares the rows that matter, and finds what differs in one of them."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from container.artifact import SAMPLE_FILE, Sample
from container.explain.explained_trees import ExplainedTrees
from container.explain.explanations import BOOSTING_TREES_FILE, FOREST_TREES_FILE
from container.explain.trees import LEAF, write_nodes
from container.forest.export import flatten
from container.forest.flat import FOREST_FILE
from container.manifest import write_manifest
from container.predictions import Predictions
from container.signature import NEVER_SEEN, Signature
from container.training.dataset import iris
from container.training.evaluation import evaluate
from container.training.table import BLOCK_ROWS, table
from container.training.tree_nodes import explained_trees
from container.training.verification import (
    DRAWN_ROWS,
    ParityError,
    check_explanations,
    check_parity,
    rows_to_compare,
    verify_model,
)
from container.training.writer import write_artifact

DATASET = iris()
SIGNATURE = Signature(DATASET.features, ("setosa", "versicolor", "virginica"))


class Said:
    """A predictor that says what it is told to."""

    def __init__(self, probabilities):
        self.probabilities = np.asarray(probabilities)

    def predict(self, rows):
        return Predictions(self.probabilities.argmax(axis=1).tolist(), self.probabilities.tolist())


class Fixed:
    """A classifier that does."""

    def __init__(self, probabilities):
        self.probabilities = np.asarray(probabilities)

    def predict_proba(self, rows):
        return self.probabilities


ROWS = np.array([[1.0], [2.0]], np.float32)


def test_the_first_row_that_differs_is_named_with_both_answers():
    with pytest.raises(ParityError) as error:
        check_parity(Said([[0.5, 0.5], [0.4, 0.6]]), Fixed([[0.5, 0.5], [0.3, 0.7]]), ROWS, 1e-5)
    assert str(error.value) == (
        "row 1 of 2: [2.0] gets [0.4, 0.6] from Said, [0.3, 0.7] from scikit-learn. Allowed "
        "difference: 1e-05 and no other label. No artifact was written. Usual causes: a scaler "
        "before trees, which need none, or categorical_features of histogram boosting. Leave them "
        "out: docs/models.md."
    )


def test_many_rows_are_compared_in_blocks_and_a_row_is_counted_from_the_first_of_all():
    """As Python's lists a million rows of 30 would take more than a gigabyte."""

    class Cell:
        """Classifier and predictor in one, which differ in the row of the cell `other`."""

        def __init__(self):
            self.blocks = []
            self.other = -1.0

        def predict_proba(self, rows):
            return np.array([[1 - row[0] % 2, row[0] % 2] for row in rows])

        def predict(self, rows):
            self.blocks.append(len(rows))
            seen = self.predict_proba(rows)
            seen[[row == [self.other] for row in rows]] = 0.5
            return Predictions(seen.argmax(axis=1).tolist(), seen.tolist())

    rows = np.arange(2.5 * BLOCK_ROWS, dtype=np.float32)[:, np.newaxis]
    cell = Cell()
    check_parity(cell, cell, rows, 0)
    assert cell.blocks == [BLOCK_ROWS, BLOCK_ROWS, BLOCK_ROWS // 2]
    cell.other = BLOCK_ROWS + 7.0
    with pytest.raises(ParityError, match=rf"^row {BLOCK_ROWS + 7} of {len(rows)}: \[10007\.0\] "):
        check_parity(cell, cell, rows, 0)


def test_of_two_labels_as_likely_either_may_win_and_otherwise_none_but_the_likeliest():
    tie, nearly = [[0.5, 0.5]] * 2, [[0.5, 0.5], [0.4999999, 0.5000001]]
    check_parity(Said(nearly), Fixed(tie), ROWS, 1e-5)
    with pytest.raises(ParityError):
        check_parity(Said(nearly), Fixed(tie), ROWS, 0)

    class Swapped(Said):
        def predict(self, rows):
            return Predictions([1, 1], self.probabilities.tolist())

    sure = [[0.6, 0.4]] * 2
    with pytest.raises(ParityError, match="row 0 of 2"):
        check_parity(Swapped(sure), Fixed(sure), ROWS, 1e-5)


def test_rows_lie_on_the_thresholds_of_trees_and_just_above():
    model = RandomForestClassifier(5, random_state=0).fit(DATASET.rows, DATASET.labels)
    rows = rows_to_compare(DATASET, model)
    assert len(rows) == len(DATASET.rows) + 2 * DRAWN_ROWS
    assert np.array_equal(rows[: len(DATASET.rows)], DATASET.rows)
    trees = explained_trees(model)
    assert trees is not None
    for column in range(4):
        at = trees[1]["threshold"][trees[1]["feature"] == column]
        above = np.nextafter(at, np.float32(np.inf))
        assert set(at) | set(above) == set(rows[-DRAWN_ROWS:, column])


def test_rows_have_every_text_and_one_never_seen():
    dataset = table(["n", "t"], [[1.0, "a"], [2.0, "b"]] * 5, ["x", "y"] * 5)
    rows = rows_to_compare(dataset, LogisticRegression().fit(dataset.rows, dataset.labels))
    assert len(rows) == 10 + DRAWN_ROWS
    assert set(rows[:, 1]) == {NEVER_SEEN, 0, 1}
    assert rows[:, 0].min() >= 1
    assert rows[:, 0].max() <= 2


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (RandomForestClassifier, FOREST_TREES_FILE),
        (GradientBoostingClassifier, BOOSTING_TREES_FILE),
    ],
)
def test_trees_that_explain_another_model_are_refused(tmp_path, kind, name):
    model, other = (
        kind(n_estimators=5, random_state=seed, max_features=1).fit(DATASET.rows, DATASET.labels)
        for seed in (0, 1)
    )
    trees = explained_trees(model)
    assert trees is not None
    write_nodes(tmp_path / name, trees[1])
    forest = name == FOREST_TREES_FILE
    read = ExplainedTrees(tmp_path / name, SIGNATURE, mean=forest)
    check_explanations(read, model, DATASET.rows, log_odds=not forest)
    with pytest.raises(ParityError, match=r"^row \d+ of 150: .* is explained as .* and predicted"):
        check_explanations(read, other, DATASET.rows, log_odds=not forest)


def fitted(**parameters):
    """The artifact's model, but for these parameters."""
    kind = RandomForestClassifier(n_estimators=100, random_state=0, **parameters)
    return evaluate(kind, DATASET).model


def test_an_artifact_is_verified_whole(artifact_copy):
    verify_model(artifact_copy, SIGNATURE, fitted(), DATASET)
    with pytest.raises(ParityError, match="from OnnxModel"):
        verify_model(artifact_copy, SIGNATURE, fitted(max_depth=3), DATASET)


def test_each_file_of_an_artifact_is_compared(artifact, artifact_copy):
    other = fitted(max_depth=3)
    flatten(other).write(artifact_copy / FOREST_FILE)
    with pytest.raises(ParityError, match="from ReferenceForest"):
        verify_model(artifact_copy, SIGNATURE, fitted(), DATASET)
    (artifact_copy / FOREST_FILE).write_bytes((artifact / FOREST_FILE).read_bytes())
    trees = explained_trees(other)
    assert trees is not None
    write_nodes(artifact_copy / FOREST_TREES_FILE, trees[1])
    with pytest.raises(ParityError, match="is explained as"):
        verify_model(artifact_copy, SIGNATURE, fitted(), DATASET)


def test_a_wrong_leaf_is_found_wherever_its_rows_are(tmp_path):
    """Rows are sorted by label, and of the third there are so few that only drawn ones tell."""
    rows = [[float(number), 1000.0 * (505 <= number < 512)] for number in range(1_000)]
    labels = ["a"] * 505 + ["c"] * 7 + ["b"] * 488
    dataset = table(["x", "y"], rows, labels)
    tree = RandomForestClassifier(1, bootstrap=False, max_features=None)
    write_artifact(tmp_path / "tree", tree, dataset)
    model = evaluate(tree, dataset).model
    path, signature = (
        tmp_path / "tree" / FOREST_TREES_FILE,
        Signature(dataset.features, ("a", "b", "c")),
    )
    nodes = np.load(path)
    verify_model(path.parent, signature, model, dataset)
    leaves = np.flatnonzero(nodes["feature"] == LEAF)
    assert len(leaves) == 3
    for leaf in leaves:
        wrong = nodes.copy()
        wrong["value"][leaf] = [0.4, 0.3, 0.3]
        write_nodes(path, wrong)
        with pytest.raises(ParityError, match="is explained as"):
            verify_model(path.parent, signature, model, dataset)


def test_a_sample_that_the_model_fails_is_refused(artifact_copy):
    sample = Sample([[5.1, 3.5, 1.4, 0.2]], ("virginica",))
    (artifact_copy / SAMPLE_FILE).write_text(sample.to_json())
    write_manifest(artifact_copy)
    with pytest.raises(ParityError) as error:
        verify_model(artifact_copy, SIGNATURE, fitted(), DATASET)
    assert str(error.value) == "sample row 0: predicted setosa, expected virginica"
