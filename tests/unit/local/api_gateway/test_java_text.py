import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.java_text import (
    MAX_JSON_DEPTH,
    Entry,
    JsonArray,
    parse_json,
    to_json,
    to_text,
)

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (7, "7"),
        ([1, "a"], "[1, a]"),
        (range(1, 3), "[1, 2]"),
        ({"a": {"b": 1}}, "{a={b=1}}"),
        (Entry("k", 1), "k=1"),
        (JsonArray([1, {"a": "b"}]), '[1,{"a":"b"}]'),
    ],
)
def test_a_value_prints_as_its_java_class_does(value, text):
    assert to_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2.0"),
        (-0.0, "-0.0"),
        (0.001, "0.001"),
        (0.00025, "2.5E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (-123456789.0, "-1.23456789E8"),
        (1e300, "1.0E300"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
    ],
)
def test_a_double_prints_as_double_to_string_does(value, text):
    assert to_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_double_reads_back_as_itself(value):
    assert float(to_text(value)) == value


@given(JSON_VALUES)
def test_json_written_reads_back_as_the_same_value(value):
    assert json.loads(to_json(parse_json(json.dumps(value)))) == value


def test_lists_out_of_json_print_as_json_at_every_depth():
    assert to_text(parse_json('{"a": [[1], {"b": []}]}')) == '{a=[[1],{"b":[]}]}'


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_is_read_to_the_same_depth_wherever_it_is_read(opening):
    closing = "]" if opening == "[" else "}"

    def text(levels):
        return opening * levels + "1" + closing * levels

    def deep(frames, levels):
        return deep(frames - 1, levels) if frames else to_json(parse_json(text(levels)))

    assert deep(0, MAX_JSON_DEPTH) == deep(300, MAX_JSON_DEPTH) == text(MAX_JSON_DEPTH)
    for frames, levels in ((0, MAX_JSON_DEPTH + 1), (300, MAX_JSON_DEPTH + 1), (0, 100_000)):
        with pytest.raises(ValueError, match=r"^JSON of more than 200 levels$"):
            deep(frames, levels)


@pytest.mark.parametrize("text", ["", "{", "NaN", "[Infinity]", "{'a': 1}"])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the parser's own words
        parse_json(text)
