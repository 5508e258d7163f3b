import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.serving.rows import (
    INSTANCES,
    RANGES,
    ROWS,
    TENSORS,
    TOLERANCE,
    Predicted,
    WrongAnswerError,
    bodies,
    check,
    drawn,
    including,
)

CLASSES = ("setosa", "versicolor", "virginica")
EXPECTED = Predicted(["setosa", "virginica"], [[0.9, 0.1, 0.0], [0.0, 0.4, 0.6]])


def record(label, row):
    # Not in the order of the alphabet: JSON objects have none.
    return {"label": label, "probabilities": dict(zip(CLASSES[::-1], row[::-1], strict=True))}


RECORDS = [record(*pair) for pair in zip(EXPECTED.labels, EXPECTED.probabilities, strict=True)]
TENSORS_OF = {
    "outputs": [
        {"name": "predict_proba", "shape": [2, 3], "data": [0.9, 0.1, 0.0, 0.0, 0.4, 0.6]},
        {"name": "predict", "shape": [2, 1], "data": ["setosa", "virginica"]},
    ]
}


def test_rows_lie_within_the_ranges_and_are_the_same_each_time():
    rows = drawn(200, seed=3)
    assert rows == drawn(200, seed=3) != drawn(200, seed=4)
    for row in rows:
        assert all(low <= cell <= high for cell, (low, high) in zip(row, RANGES, strict=True))


@pytest.mark.parametrize("rows", [1, 10, 100, 1_000])
def test_the_requests_of_a_size_are_many_and_each_is_a_line(rows):
    found = bodies(INSTANCES, rows)
    assert len(set(found)) == len(found) >= 16
    assert all(b"\n" not in body for body in found)
    assert {len(json.loads(body)["instances"]) for body in found} == {rows}


@pytest.mark.parametrize(
    ("form", "answer"),
    [(INSTANCES, {"predictions": RECORDS}), (ROWS, RECORDS), (TENSORS, TENSORS_OF)],
)
def test_every_way_of_answering_is_read_alike(form, answer):
    assert form.read(answer) == EXPECTED


def test_tensors_are_flat():
    assert TENSORS.body([[1, 2, 3, 4], [5, 6, 7, 8]])["inputs"] == [
        {"name": "rows", "shape": [2, 4], "datatype": "FP64", "data": [1, 2, 3, 4, 5, 6, 7, 8]}
    ]


def test_an_extra_is_asked_for_and_has_to_be_there():
    form = including("set")
    assert form.body([[1, 2, 3, 4]]) == {"instances": [[1, 2, 3, 4]], "include": ["set"]}
    assert form.read({"predictions": [one | {"set": []} for one in RECORDS]}) == EXPECTED
    with pytest.raises(WrongAnswerError, match='no set in {"label": "setosa"'):
        form.read({"predictions": RECORDS})


@given(st.floats(-2 * TOLERANCE, 2 * TOLERANCE))
def test_a_probability_may_differ_by_what_float32_cannot_hold(difference):
    row = [0.9 + difference, 0.1, 0.0]
    seen = Predicted(EXPECTED.labels, [row, EXPECTED.probabilities[1]])
    if abs(row[0] - 0.9) <= TOLERANCE:
        check(seen, EXPECTED)
    else:
        with pytest.raises(WrongAnswerError, match="row 0: setosa .* scikit-learn says setosa"):
            check(seen, EXPECTED)


def test_another_label_is_wrong_unless_two_classes_are_as_likely():
    swapped = Predicted(["setosa", "versicolor"], EXPECTED.probabilities)
    with pytest.raises(WrongAnswerError, match="row 1: versicolor"):
        check(swapped, EXPECTED)
    equal = [[0.0, 0.5, 0.5]]
    check(Predicted(["versicolor"], equal), Predicted(["virginica"], equal))


def test_a_row_without_an_answer_is_wrong():
    with pytest.raises(WrongAnswerError, match="1 predictions for 2 rows"):
        check(Predicted(["setosa"], [[0.9, 0.1, 0.0]]), EXPECTED)
