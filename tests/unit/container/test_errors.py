"""The shape of refusals that API Gateway's template relies on."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.errors import MAX_BODY_BYTES, STATUS, Code, RequestError, shown


def test_an_error_of_a_cell_has_exactly_this_body():
    error = RequestError(Code.INVALID_CELL, "wrong", row=1, column=2)
    assert error.to_json() == (
        b'{"error":{"code":"InvalidCell","message":"wrong","row":1,"column":2}}'
    )
    assert error.status == 400


def test_row_and_column_appear_only_where_they_apply():
    assert RequestError(Code.INVALID_ROW, "wrong", row=0).to_json() == (
        b'{"error":{"code":"InvalidRow","message":"wrong","row":0}}'
    )
    assert RequestError(Code.INTERNAL, "wrong").to_json() == (
        b'{"error":{"code":"Internal","message":"wrong"}}'
    )


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_status_of_an_error(code):
    assert 400 <= STATUS[code] < 600


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("abc", '"abc"'),
        ("a" * 41, '"' + "a" * 40 + '"...'),
        ('"\n\u00e9', r'"\"\n\u00e9"'),
        (True, "true"),
        (None, "null"),
        (5.5, "5.5"),
        ([1, 2], "an array of 2"),
        ({"a": 1}, "an object"),
    ],
)
def test_a_value_is_shown_in_the_words_of_json(value, text):
    assert shown(value) == text


@given(st.text())
def test_a_message_with_any_shown_value_stays_small_and_ascii(value):
    message = "m" * 300 + shown(value)
    body = RequestError(Code.INVALID_CELL, message, row=10_000, column=10_000).to_json()
    assert len(body) < MAX_BODY_BYTES
    assert json.loads(body.decode("ascii"))["error"]["message"] == message


def test_the_longest_escapes_stay_within_the_bound():
    body = RequestError(Code.INVALID_CELL, "m" * 300 + shown("\U0001f600" * 50)).to_json()
    assert len(body) < MAX_BODY_BYTES
