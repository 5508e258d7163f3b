"""A request that cannot be answered is refused in the declared form, without internals."""

import json

import pytest

from tests.acceptance.answers import CSV, assert_error, encoded
from tests.acceptance.caller import JSON

TOO_MANY_BYTES = 6 * 1024 * 1024 + 1
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html"""


@pytest.mark.parametrize(
    "body",
    ['{"instances": [[', '{"rows": []}', '{"instances": []}', ""],
    ids=["cut off", "not rows", "no rows", "empty"],
)
def test_a_broken_body_is_refused(row_route, caller, body):
    assert_error(caller.call(row_route, {"content-type": JSON}, body), 400, "InvalidRequest")


def test_a_row_of_the_wrong_width_is_named(row_route, caller):
    good = row_route.rows[0]
    body = json.dumps({"instances": [good, [*good, 0]]})
    error = assert_error(caller.call(row_route, {"content-type": JSON}, body), 400, "InvalidRow")
    assert error["row"] == 1


def test_a_cell_that_is_no_number_is_named(row_route, caller):
    good = row_route.rows[0]
    body = json.dumps({"instances": [good, [*good[:-1], "x"]]})
    error = assert_error(caller.call(row_route, {"content-type": JSON}, body), 400, "InvalidCell")
    assert (error["row"], error["column"]) == (1, len(good) - 1)


def test_another_content_type_is_refused(row_route, caller):
    answer = caller.call(row_route, {"content-type": "application/xml"}, "<rows/>")
    assert_error(answer, 415, "UnsupportedMediaType")


def test_another_format_of_the_answer_is_refused(row_route, caller):
    assert_error(caller.example(row_route, accept="application/xml"), 406, "NotAcceptable")


def test_a_body_over_6_mib_is_refused(row_route, caller):
    body = encoded(row_route.rows[:1], CSV).ljust(TOO_MANY_BYTES)
    assert_error(caller.call(row_route, {"content-type": CSV}, body), 413, "PayloadTooLarge")


def test_a_parameter_that_is_missing_is_refused(query_route, caller):
    query = dict(list(query_route.query.items())[1:])
    assert_error(caller.call(query_route, {}, query=query), 400, "InvalidParameters")


def test_a_parameter_that_is_no_number_is_named(query_route, caller):
    query = {**query_route.query, next(iter(query_route.query)): "x"}
    assert_error(caller.call(query_route, {}, query=query), 400, "InvalidCell")


def test_a_queued_request_without_its_input_is_refused(queued_route, caller):
    assert_error(caller.call(queued_route, {}), 400, "InvalidParameters")


def test_an_unknown_path_is_refused(any_route, caller):
    assert_error(caller.call(any_route, {}, below="/no-such-path"), 403, "UnknownRoute")
