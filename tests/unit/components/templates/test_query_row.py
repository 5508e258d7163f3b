"""query_row.vtl: the query's parameters as one row in JSON."""

import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.openapi.api import Route
from components.openapi.invocation import request_template
from container.errors import RequestError
from container.formats.media_types import Format
from container.formats.request import parse_request
from container.signature import Feature, Signature
from local.api_gateway.vtl import MappingTemplate, TemplateInput

FEATURES = ("length", "width_2")
SIGNATURE = Signature(tuple(map(Feature, FEATURES)), ("yes", "no"))
TEMPLATE = MappingTemplate(request_template(Route("/iris", "p-iris", query=FEATURES)))

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
TRICKY = st.text(st.sampled_from("\"'\\/{}[],$#!()0159.-+eEu\n\t\x00\x7fé😀\u2028 "))
VALUES = TRICKY | st.text() | st.floats().map(repr) | st.integers().map(str)


def body(*values):
    query = dict(zip(FEATURES, values, strict=True))
    return TEMPLATE.render(TemplateInput(query=query)).text


@given(VALUES, VALUES)
def test_a_plain_number_stays_a_number_and_all_else_is_the_text_that_it_was(first, second):
    expected = [float(v) if NUMBER.fullmatch(v) else v for v in (first, second)]
    written = json.loads(body(first, second), parse_int=float)
    assert written == {"instances": [expected]}


@given(st.tuples(VALUES, VALUES), st.tuples(VALUES, VALUES))
def test_two_different_queries_never_give_one_body(first, second):
    assert (body(*first) == body(*second)) == (first == second)


@given(st.floats(-1e38, 1e38))
def test_a_number_reaches_the_model_as_it_was_sent(value):
    [row], _ = parse_request(Format.JSON, body(repr(value), "1").encode(), SIGNATURE, None)
    assert row[0] == value
    assert math.copysign(1, row[0]) == math.copysign(1, value)


NO_NUMBERS = ["", "x", "05", "+1", ".5", "1.", "1,2", "1],[2", "NaN", "Infinity", "0x1", "1\n"]


@pytest.mark.parametrize("value", [*NO_NUMBERS, "\uff11"])
def test_the_container_names_the_column_of_what_is_no_number(value):
    with pytest.raises(RequestError) as error:
        parse_request(Format.JSON, body("1", value).encode(), SIGNATURE, None)
    assert (error.value.code, error.value.column) == ("InvalidCell", 1)


def test_the_row_has_the_models_order_whatever_the_querys():
    rendered = TEMPLATE.render(TemplateInput(query={"width_2": "2", "length": "1"}))
    assert json.loads(rendered.text) == {"instances": [[1, 2]]}


def test_a_header_or_another_parameter_is_never_taken_for_a_feature():
    for query, row in (({"length": "1", "width_2": "2"}, [1, 2]), ({"width_2": "2"}, ["", 2])):
        inputs = TemplateInput(
            query=query | {"more": "3"}, headers={"length": "7"}, path={"length": "8"}
        )
        assert json.loads(TEMPLATE.render(inputs).text) == {"instances": [row]}


def test_a_hundred_features_are_written():
    names = [f"f{index}" for index in range(100)]
    template = MappingTemplate(request_template(Route("/wide", "p-wide", query=names)))
    query = {name: str(index) for index, name in enumerate(names)}
    rendered = template.render(TemplateInput(query=query)).text
    assert json.loads(rendered) == {"instances": [list(range(100))]}
