"""What the forest learns from: scikit-learn's iris, or CSV files that are refused by line."""

import re

import numpy as np
import pytest
from sklearn.datasets import load_iris

from container.training.dataset import COLUMNS, FEATURES, LABELS, iris, read_dataset
from container.training.table import DatasetError

HEADER = "sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm,species\n"
ONE_OF_EACH = "5.1,3.5,1.4,0.2,setosa\n6.7,3.1,4.4,1.4,versicolor\n6.3,3.3,6,2.5,virginica\n"


def test_names_of_features_and_species_are_those_of_the_data_set():
    data = load_iris()
    assert list(FEATURES) == [
        re.sub(r"[^a-z]+", "_", name).strip("_") for name in data.feature_names
    ]
    assert list(LABELS) == list(data.target_names)


def test_files_give_the_rows_of_scikit_learn_when_they_hold_them(tmp_path):
    own = iris()
    lines = [
        ",".join([*map(str, row), label])
        for row, label in zip(map(own.as_sent, range(150)), own.labels, strict=True)
    ]
    (tmp_path / "a.csv").write_text(HEADER + "\n".join(lines[:60]))
    (tmp_path / "b.csv").write_text((HEADER + "\n".join(lines[60:]) + "\n").replace("\n", "\r\n"))
    (tmp_path / "README").write_text("not read")
    read = read_dataset(tmp_path)
    assert read.rows.dtype == own.rows.dtype == np.float32
    assert (read.rows == own.rows).all()
    assert (read.labels == own.labels).all()
    assert read.features == own.features


BROKEN = [
    ("", f'the first line is "". Write {",".join(COLUMNS)}.'),
    (ONE_OF_EACH, f'the first line is "5.1,3.5,1.4,0.2,setosa". Write {",".join(COLUMNS)}.'),
    (HEADER + "1,2,3,setosa\n", "line 2: 4 values. Write 5."),
    (HEADER + ONE_OF_EACH + "\n", "line 5: 0 values. Write 5."),
    (HEADER + "1,2,3,4,Setosa\n",
     'line 2: "Setosa" is no species. Write one of setosa, versicolor, virginica.'),
    (HEADER + "1,nan,3,4,setosa\n",
     'line 2: "nan" is not a number. Write a decimal number such as 5.1.'),
    (HEADER + "1,2,3,1e39,setosa\n",
     'line 2: "1e39" is beyond float32. Write one within +-3.4e38.'),
    (HEADER + '1,2,3,4,"setosa', "not CSV in UTF-8 (unexpected end of data). Mend the file."),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), BROKEN)
def test_the_first_mistake_in_a_file_is_named_by_its_line(tmp_path, content, said):
    path = tmp_path / "iris.csv"
    path.write_text(content)
    with pytest.raises(DatasetError) as error:
        read_dataset(tmp_path)
    assert str(error.value) == f"{path}: {said}"


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "iris.csv").write_bytes(b"\xff")
    with pytest.raises(DatasetError, match=r"iris\.csv: not CSV in UTF-8 \('utf-8' codec"):
        read_dataset(tmp_path)


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "iris.csv").mkdir()
    with pytest.raises(DatasetError) as error:
        read_dataset(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'iris.csv'}: not readable (Is a directory). Replace it."
    )


def test_a_channel_without_files_is_refused(tmp_path):
    with pytest.raises(DatasetError) as error:
        read_dataset(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: no *.csv in it. Put at least one CSV file into the channel."
    )


def test_a_species_without_a_row_is_named(tmp_path):
    (tmp_path / "iris.csv").write_text(HEADER + "5.1,3.5,1.4,0.2,setosa\n")
    with pytest.raises(DatasetError) as error:
        read_dataset(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: no row of versicolor, virginica among 1. "
        "Add some: the model has to tell all species apart."
    )
