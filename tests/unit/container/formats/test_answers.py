"""Answers in each format, and how much of a prediction they disclose."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.errors import RequestError
from container.formats.answers import check_extras, format_answer
from container.formats.media_types import Format
from container.predictions import Disclosure, Extra, Predictions

LABELS = ("setosa", "versicolor", "virginica")
PREDICTIONS = Predictions([0, 2], [[0.987, 0.013, 0.0], [0.1, 0.2, 0.7]])
EXTRAS = [
    {"set": ["setosa"], "intervals": {"setosa": [0.9, 1.0]}},
    {"set": [], "outOfRange": ["a"], "neverSeen": ["b"], "contributions": {"base": {}}},
]


def answered(answer, disclose=Disclosure.ALL, extras=None, predictions=PREDICTIONS) -> bytes:
    return format_answer(answer, LABELS, predictions, extras, disclose)


def test_json_names_label_and_probabilities():
    assert answered(Format.JSON) == (
        b'{"predictions":['
        b'{"label":"setosa","probabilities":{"setosa":0.987,"versicolor":0.013,"virginica":0.0}},'
        b'{"label":"virginica","probabilities":{"setosa":0.1,"versicolor":0.2,"virginica":0.7}}]}'
    )


def test_json_lines_are_an_object_per_line():
    assert answered(Format.JSON_LINES) == (
        b'{"label":"setosa","probabilities":{"setosa":0.987,"versicolor":0.013,"virginica":0.0}}\n'
        b'{"label":"virginica","probabilities":{"setosa":0.1,"versicolor":0.2,"virginica":0.7}}\n'
    )


def test_csv_is_a_line_per_row():
    assert answered(Format.CSV) == b"setosa,0.987,0.013,0.0\nvirginica,0.1,0.2,0.7\n"


def test_npy_is_the_probabilities():
    loaded = np.load(io.BytesIO(answered(Format.NPY)))
    assert loaded.dtype == np.float64
    assert loaded.tolist() == PREDICTIONS.probabilities


def test_extras_stand_beside_the_label_of_their_row():
    objects = json.loads(answered(Format.JSON, extras=EXTRAS))["predictions"]
    assert objects[0].items() > EXTRAS[0].items()
    assert objects[1].items() > EXTRAS[1].items()
    assert objects[0].keys() == {"label", "probabilities", "set", "intervals"}
    lines = answered(Format.JSON_LINES, extras=EXTRAS).splitlines()
    assert list(map(json.loads, lines)) == objects


@pytest.mark.parametrize("answer", [Format.CSV, Format.NPY])
def test_formats_without_room_leave_out_what_nobody_asked_for(answer):
    assert answered(answer, extras=EXTRAS) == answered(answer)


def test_rounded_probabilities_have_two_decimals_and_no_extra_but_the_set():
    rounded = Disclosure.ROUNDED
    assert answered(Format.JSON_LINES, rounded, EXTRAS) == (
        b'{"label":"setosa","probabilities":{"setosa":0.99,"versicolor":0.01,"virginica":0.0},'
        b'"set":["setosa"]}\n'
        b'{"label":"virginica","probabilities":{"setosa":0.1,"versicolor":0.2,"virginica":0.7},'
        b'"set":[]}\n'
    )
    assert answered(Format.CSV, rounded) == b"setosa,0.99,0.01,0.0\nvirginica,0.1,0.2,0.7\n"
    assert np.load(io.BytesIO(answered(Format.NPY, rounded)))[0].tolist() == [0.99, 0.01, 0.0]


def test_labels_alone_come_without_probabilities_and_extras_but_the_set():
    label = Disclosure.LABEL
    assert answered(Format.JSON, label, EXTRAS) == (
        b'{"predictions":[{"label":"setosa","set":["setosa"]},{"label":"virginica","set":[]}]}'
    )
    assert answered(Format.JSON_LINES, label) == b'{"label":"setosa"}\n{"label":"virginica"}\n'
    assert answered(Format.CSV, label) == b"setosa\nvirginica\n"
    with pytest.raises(RequestError) as error:
        answered(Format.NPY, label)
    assert error.value.status == 406
    assert error.value.message == (
        "Accept: application/x-npy holds probabilities, which this endpoint does not disclose. "
        "Accept application/json, application/jsonlines or text/csv."
    )


@pytest.mark.parametrize("label", ["a,b", 'a"b', "a\rb", "a\nb"])
def test_a_label_that_would_end_a_cell_is_quoted_in_csv(label):
    written = format_answer(
        Format.CSV, [label], Predictions([0], [[1.0]]), None, Disclosure.ALL
    ).decode()
    assert written == '"{}",1.0\n'.format(label.replace('"', '""'))


LABEL_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.lists(LABEL_TEXTS, min_size=1, max_size=4, unique=True), st.data())
def test_json_json_lines_and_csv_carry_every_label_and_every_double(labels, data):
    row = st.lists(st.floats(0, 1), min_size=len(labels), max_size=len(labels))
    probabilities = data.draw(st.lists(row, min_size=1, max_size=5))
    winners = [max(range(len(labels)), key=cells.__getitem__) for cells in probabilities]
    predictions = Predictions(winners, probabilities)
    texts = {
        answer: format_answer(answer, labels, predictions, None, Disclosure.ALL).decode()
        for answer in (Format.JSON, Format.JSON_LINES, Format.CSV)
    }
    expected = [
        {"label": labels[winner], "probabilities": dict(zip(labels, cells, strict=True))}
        for winner, cells in zip(winners, probabilities, strict=True)
    ]
    assert json.loads(texts[Format.JSON])["predictions"] == expected
    lines = texts[Format.JSON_LINES].removesuffix("\n").split("\n")
    assert list(map(json.loads, lines)) == expected
    table = list(csv.reader(io.StringIO(texts[Format.CSV], newline="")))
    assert [label for label, *_ in table] == [labels[winner] for winner in winners]
    assert [list(map(float, cells)) for _, *cells in table] == probabilities


SET = frozenset([Extra.SET])
MORE = frozenset([Extra.SET, Extra.CONTRIBUTIONS])


@pytest.mark.parametrize(
    ("include", "answer", "disclose"),
    [
        (frozenset(), Format.CSV, Disclosure.LABEL),
        (frozenset(), Format.NPY, Disclosure.ALL),
        (MORE, Format.JSON, Disclosure.ALL),
        (MORE, Format.JSON_LINES, Disclosure.ALL),
        (SET, Format.JSON, Disclosure.ROUNDED),
        (SET, Format.JSON_LINES, Disclosure.LABEL),
    ],
)
def test_extras_that_an_answer_can_hold_are_let_through(include, answer, disclose):
    check_extras(include, answer, disclose)


@pytest.mark.parametrize("answer", [Format.CSV, Format.NPY])
def test_extras_in_a_format_without_room_are_refused(answer):
    with pytest.raises(RequestError) as error:
        check_extras(MORE, answer, Disclosure.ALL)
    assert error.value.status == 406
    assert error.value.message == (
        f"Accept: {answer} has no room for contributions, set. "
        "Accept application/json or application/jsonlines, or include nothing."
    )


@pytest.mark.parametrize("disclose", [Disclosure.ROUNDED, Disclosure.LABEL])
def test_extras_that_are_not_disclosed_are_refused(disclose):
    with pytest.raises(RequestError) as error:
        check_extras(MORE, Format.JSON, disclose)
    assert error.value.status == 400
    assert error.value.message == (
        "include: contributions is not disclosed by this endpoint. "
        "The only one that it discloses is set."
    )
