"""Media types and answers."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from container.errors import RequestError
from container.formats.media_types import (
    Format,
    answer_format,
    format_answer,
    parse_rows,
    request_format,
)
from container.predictions import Predictions

LABELS = ("setosa", "versicolor", "virginica")
PREDICTIONS = Predictions([0, 2], [[0.99, 0.01, 0.0], [0.1, 0.2, 0.7]])


def accept(header: str) -> MIMEAccept:
    return parse_accept_header(header, MIMEAccept)


@pytest.mark.parametrize(
    ("media_type", "charset", "expected"),
    [
        ("application/json", None, Format.JSON),
        ("application/json", "UTF-8", Format.JSON),
        ("text/csv", "utf-8", Format.CSV),
        ("application/jsonlines", None, Format.JSON_LINES),
        ("", None, Format.JSON),
    ],
)
def test_a_request_is_read_as_its_content_type_says(media_type, charset, expected):
    assert request_format(media_type, charset) is expected


def test_an_unknown_media_type_is_refused_with_those_that_are_known():
    with pytest.raises(RequestError) as error:
        request_format("application/x-npy", None)
    assert error.value.status == 415
    assert error.value.message == (
        'Content-Type: "application/x-npy" is not supported. '
        "Send application/json, text/csv or application/jsonlines."
    )


def test_another_charset_is_refused_rather_than_misread():
    with pytest.raises(RequestError) as error:
        request_format("text/csv", "utf-16")
    assert error.value.status == 415
    assert error.value.message == ('Content-Type: charset "utf-16" is not supported. Send UTF-8.')


@pytest.mark.parametrize("requested", Format)
@pytest.mark.parametrize(
    "header", ["", "*/*", "text/csv, application/json, application/jsonlines", "*/*;q=0.1"]
)
def test_between_equals_the_answer_follows_the_request(header, requested):
    assert answer_format(accept(header), requested) is requested


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/csv", Format.CSV),
        ("TEXT/CSV; charset=utf-8", Format.CSV),
        ("text/*", Format.CSV),
        ("application/jsonlines", Format.JSON_LINES),
        ("application/json;q=0.5, text/csv;q=0.9", Format.CSV),
        ("text/csv;q=0, application/jsonlines;q=0, */*", Format.JSON),
        ("text/html, application/json;q=0.1", Format.JSON),
    ],
)
@pytest.mark.parametrize("requested", Format)
def test_the_answer_is_what_the_client_accepts_most(header, expected, requested):
    assert answer_format(accept(header), requested) is expected


@pytest.mark.parametrize("header", ["text/html", "*/*;q=0"])
def test_an_accept_that_allows_no_answer_is_refused(header):
    with pytest.raises(RequestError) as error:
        answer_format(accept(header), Format.JSON)
    assert error.value.status == 406
    assert error.value.message == (
        f'Accept: "{header.partition(";")[0]}" allows no answer. '
        "Accept application/json, text/csv or application/jsonlines."
    )


def test_an_answer_in_json_names_label_and_probabilities():
    assert format_answer(Format.JSON, LABELS, PREDICTIONS) == (
        b'{"predictions":['
        b'{"label":"setosa","probabilities":{"setosa":0.99,"versicolor":0.01,"virginica":0.0}},'
        b'{"label":"virginica","probabilities":{"setosa":0.1,"versicolor":0.2,"virginica":0.7}}]}'
    )


def test_an_answer_in_csv_is_a_line_per_row():
    assert format_answer(Format.CSV, LABELS, PREDICTIONS) == (
        b"setosa,0.99,0.01,0.0\nvirginica,0.1,0.2,0.7\n"
    )


def test_an_answer_in_json_lines_is_an_object_per_line():
    assert format_answer(Format.JSON_LINES, LABELS, PREDICTIONS) == (
        b'{"label":"setosa","probabilities":{"setosa":0.99,"versicolor":0.01,"virginica":0.0}}\n'
        b'{"label":"virginica","probabilities":{"setosa":0.1,"versicolor":0.2,"virginica":0.7}}\n'
    )


@pytest.mark.parametrize(
    ("requested", "body"),
    [
        (Format.JSON, b'{"instances": [[1, 2], [3, 4]]}'),
        (Format.CSV, b"1,2\n3,4\n"),
        (Format.JSON_LINES, b'[1, 2]\n{"b": 4, "a": 3}\n'),
    ],
)
def test_rows_are_the_same_in_every_format(requested, body):
    assert parse_rows(requested, body, ("a", "b")) == [[1, 2], [3, 4]]


def test_a_label_with_a_comma_is_quoted_in_csv():
    one = Predictions([0], [[1.0]])
    assert format_answer(Format.CSV, ["a,b"], one) == b'"a,b",1.0\n'


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=3))
def test_all_formats_carry_every_number_unchanged(probabilities):
    predictions = Predictions([0] * len(probabilities), probabilities)
    in_json = json.loads(format_answer(Format.JSON, LABELS, predictions))["predictions"]
    in_lines = format_answer(Format.JSON_LINES, LABELS, predictions).splitlines()
    assert list(map(json.loads, in_lines)) == in_json
    assert [list(prediction["probabilities"].values()) for prediction in in_json] == probabilities
    in_csv = format_answer(Format.CSV, LABELS, predictions).decode()
    lines = list(csv.reader(io.StringIO(in_csv)))
    assert [list(map(float, cells)) for _, *cells in lines] == probabilities
    assert [label for label, *_ in lines] == ["setosa"] * len(probabilities)
