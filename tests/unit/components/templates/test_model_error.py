"""model_error.vtl: what a client sees of SageMaker's 424."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.openapi.answers import integration_responses
from components.openapi.errors import RETRY_AFTER_SECONDS
from container.errors import STATUS, Code, RequestError
from tests.unit.components.templates.conftest import IRIS, answer

LOG_STREAM = "arn:aws:logs:eu-central-1:123456789012:log-group:iris:log-stream:forest"
MODEL_ERROR = integration_responses(IRIS, None)["424"]

FAILED = {"error": {"code": "ModelFailed", "message": "The model failed on this request."}}
UNAVAILABLE = {
    "error": {
        "code": "ModelUnavailable",
        "message": "The model cannot answer now. Try again.",
    }
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TRICKY = st.text(st.sampled_from("\"'\\/{}[]$#!u0e9é😀\n\t\r\x00\x1f\x7f\u2028 a"))
PLACES = st.none() | st.integers(0, 10**6)


def model_error(status, message):
    """The body of SageMaker's 424.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    """
    return json.dumps(
        {
            "Message": "Received an error from forest.",
            "OriginalStatusCode": status,
            "OriginalMessage": message,
            "LogStreamArn": LOG_STREAM,
        }
    ).encode()


def assert_failed(response):
    assert response.status == 502
    assert json.loads(response.body) == FAILED
    assert "retry-after" not in response.headers


@given(st.sampled_from(Code), TRICKY | st.text(), PLACES, PLACES)
def test_a_refusal_of_ours_passes_as_the_container_wrote_it(code, message, row, column):
    error = RequestError(code, message, row=row, column=column)
    written = error.to_json().decode()
    response = answer(MODEL_ERROR, model_error(error.status, written))
    if STATUS[code] == 503:
        assert response.status == 503
        assert response.headers["retry-after"] == "2"
    elif STATUS[code] < 500:
        assert response.status == error.status
        assert json.loads(response.body) == json.loads(written)
        assert response.headers["content-type"] == "application/json"
    else:
        assert_failed(response)


@pytest.mark.parametrize("message", [UNAVAILABLE, "<html>", "", None])
def test_an_unavailable_model_is_503_with_a_time_to_wait(message):
    response = answer(MODEL_ERROR, model_error(503, message))
    assert response.status == 503
    assert json.loads(response.body) == UNAVAILABLE
    assert response.headers["retry-after"] == str(RETRY_AFTER_SECONDS)


OURS = '{"error":{"code":"InvalidCell","message":"The cell is no number.","row":1,"column":2}}'

NOT_OURS = [
    "<html><body>502 Bad Gateway</body></html>",
    "",
    "null",
    "Traceback (most recent call last):\n  File ...",
    OURS[:-1],
    OURS[:40],
    f"{OURS} ",
    f" {OURS}",
    f"{OURS}{OURS}",
    OURS.replace('"row":1', '"row":"1"'),
    OURS.replace('"row":1', '"row":01'),
    OURS.replace('"row":1', '"row":-1'),
    OURS.replace('"row":1', '"trace":"File ..."'),
    OURS.replace("cell", 'cell" oops "'),
    OURS.replace("cell", "cell\\"),
    OURS.replace("cell", "cell\n"),
    OURS.replace("cell", "\\x41"),
    OURS.replace("cell", "\\u00g0"),
    OURS.replace("InvalidCell", ""),
    '{"error":{"code":"x" oops}}',
    '{"error":{"code":"InvalidCell"}}',
    '{"error":{"code":"InvalidCell","message":5}}',
    json.dumps(json.loads(OURS)),
    {"error": {"code": "InvalidCell", "message": "m"}},
    [OURS],
    5,
    None,
]


@pytest.mark.parametrize("message", NOT_OURS)
def test_anything_else_of_a_container_is_the_models_failure(message):
    assert_failed(answer(MODEL_ERROR, model_error(400, message)))


@pytest.mark.parametrize("cut", range(len(OURS)))
def test_an_error_that_was_cut_off_is_the_models_failure(cut):
    assert_failed(answer(MODEL_ERROR, model_error(400, OURS[:cut])))


@pytest.mark.parametrize("status", [500, 502, 504, 399, 40, 4000, "4xx", "", None, [400], {}])
def test_a_status_that_is_no_refusal_is_the_models_failure(status):
    assert_failed(answer(MODEL_ERROR, model_error(status, OURS)))


def test_a_message_at_the_bound_of_sagemaker_is_answered():
    long = RequestError(Code.INVALID_CELL, "\\" * 980).to_json().decode()
    assert len(long) > 1990
    response = answer(MODEL_ERROR, model_error(400, long[:2048]))
    assert json.loads(response.body) == json.loads(long)
    assert_failed(answer(MODEL_ERROR, model_error(400, f"<html>{'x' * 10_000}"[:2048])))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"<html>", b"\xff", b'"x"'])
def test_a_424_that_says_nothing_is_the_models_failure(body):
    assert_failed(answer(MODEL_ERROR, body))


@given(st.integers() | JSON, JSON | st.text().map('{{"error":{{"code":"{}"}}}}'.format))
def test_nothing_internal_ever_leaves_and_the_answer_is_always_json(status, message):
    response = answer(MODEL_ERROR, model_error(status, message))
    assert response.status in {502, 503, *range(400, 500)}
    assert json.loads(response.body) in (FAILED, UNAVAILABLE)
    assert "arn:" not in response.body
