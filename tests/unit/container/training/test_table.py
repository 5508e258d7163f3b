"""Rows become float32 and texts their indexes; what cannot be learnt from is refused by place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.signature import Feature
from container.training.table import DatasetError, shortest, table


def test_numbers_have_a_range_and_texts_are_numbered_in_the_order_of_the_alphabet():
    dataset = table(
        ["age", "city"], [[0.1, "Ulm"], [5, "Bonn"], [np.float64(3), "Ulm"]], ["no", "yes", "no"]
    )
    assert dataset.features == (
        Feature("age", range=(0.1, 5.0)),
        Feature("city", categories=("Bonn", "Ulm")),
    )
    assert dataset.rows.dtype == np.float32
    assert dataset.rows.tolist() == [[float(np.float32(0.1)), 1], [5, 0], [3, 1]]
    assert dataset.labels.tolist() == ["no", "yes", "no"]
    assert [dataset.as_sent(row) for row in range(3)] == [[0.1, "Ulm"], [5, "Bonn"], [3, "Ulm"]]


@given(cells=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_a_row_as_sent_is_the_same_float32_again(cells):
    dataset = table(["x"], [[cell] for cell in cells], ["a"] * len(cells))
    sent = [dataset.as_sent(row) for row in range(len(cells))]
    assert np.array_equal(np.array(sent, np.float32), dataset.rows)
    low, high = dataset.features[0].range or (0, 0)
    assert np.float32(low) == min(cells)
    assert np.float32(high) == max(cells)


def test_a_float32_is_written_by_its_shortest_decimal():
    assert shortest(np.float32(0.1)) == 0.1
    assert shortest(np.float32(16777216)) == 16777216.0


def test_an_array_is_as_good_as_lists():
    rows = np.array([[1.5, 2], [3, 4]])
    dataset = table(("a", "b"), rows, np.array(["x", "y"]))
    assert dataset.rows.tolist() == rows.tolist()


class Frame:
    """What pandas' data frames and series are to `table`: going through one gives its columns."""

    def __init__(self, cells, columns=()):
        self.cells = np.array(cells, object)
        self.columns = columns

    def to_numpy(self):
        return self.cells

    def __len__(self):
        return len(self.cells)

    def __iter__(self):
        return iter(self.columns)


def test_a_frame_of_numbers_and_texts_is_as_good_as_lists():
    cells: list[list[object]] = [[39, "Ulm", True], [2.5, "Bonn", False]]
    frame = Frame(cells, ["age", "city", "member"])
    labels = ["no", "yes"]
    dataset = table(list(frame), frame, Frame(labels))
    expected = table(["age", "city", "member"], cells, labels)
    assert dataset.features == expected.features
    assert dataset.features[1].categories == ("Bonn", "Ulm")
    assert dataset.rows.tolist() == expected.rows.tolist()
    assert dataset.labels.tolist() == labels
    assert dataset.sha256() == expected.sha256()


def test_a_frame_of_truth_values_alone_is_one_of_numbers():
    """As pandas makes of categories, where no other column makes them Python's."""
    assert table(["a"], np.array([[True], [False]]), ["x", "y"]).rows.tolist() == [[1], [0]]


def test_one_column_is_no_rows_and_a_frame_no_labels():
    with pytest.raises(DatasetError) as error:
        table(["x"], Frame([1.0, 2.0]), ["a", "b"])
    assert str(error.value) == (
        "rows: shape (2,). Give rows of cells, (rows, features), and one label for each row, "
        "(rows,)."
    )
    with pytest.raises(DatasetError, match=r"^labels: shape \(2, 1\)\. Give"):
        table(["x"], [[1.0], [2.0]], Frame([["a"], ["b"]], ["y"]))


@pytest.mark.parametrize("names", [["a", 0], ["a", ""]])
def test_a_column_without_a_name_of_its_own_is_refused(names):
    """As of a frame that was read from a file without a header."""
    with pytest.raises(DatasetError, match=r"^names: (0|'')\. Give each column a text of its own"):
        table(names, [[1.0] * len(names)], ["x"])


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(DatasetError, match=r"^names: 'a'\. Give each column a text of its own"):
        table(["a", "b", "a"], [[1.0] * 3], ["x"])


BROKEN = [
    ([], [], "0 rows and 0 labels. Give at least one, and as many of both."),
    ([[1, "a"]], [], "1 rows and 0 labels. Give at least one, and as many of both."),
    ([[1, "a"], [1]], ["x", "y"], "row 1: 1 values. Give 2."),
    ([[1, "a"], ["1", "a"]], ["x", "y"],
     "column n, row 1: '1' is no finite number of float32. "
     "Mend or remove the row: the API refuses such a cell too."),
    ([[float("nan"), "a"]], ["x"],
     "column n, row 0: nan is no finite number of float32. "
     "Mend or remove the row: the API refuses such a cell too."),
    ([[1e39, "a"]], ["x"],
     "column n, row 0: 1e+39 is no finite number of float32. "
     "Mend or remove the row: the API refuses such a cell too."),
    ([[1, "a"], [1, None]], ["x", "y"],
     "column t, row 1: None among texts. Write all as texts."),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "labels", "said"), BROKEN)
def test_a_mistake_is_named_by_its_place(rows, labels, said):
    with pytest.raises(DatasetError) as error:
        table(["n", "t"], rows, labels)
    assert str(error.value) == said


def test_the_hash_is_of_all_that_is_learnt_from():
    rows: list[list[object]] = [[1.0, "a"], [2.0, "b"]]
    variants = [
        table(["n", "t"], rows, ["x", "y"]),
        table(["m", "t"], rows, ["x", "y"]),
        table(["n", "t"], rows[::-1], ["x", "y"]),
        table(["n", "t"], [[1.0, "a"], [2.0, "c"]], ["x", "y"]),
        table(["n", "t"], rows, ["y", "x"]),
        table(["n", "t"], rows, ["x", "yy"]),
    ]
    assert len({dataset.sha256() for dataset in variants}) == len(variants)
    assert variants[0].sha256() == table(["n", "t"], rows, ["x", "y"]).sha256()
