"""validation_error.vtl: what a client sees of SageMaker's 400."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.openapi.answers import integration_responses
from components.openapi.errors import RETRY_AFTER_SECONDS
from tests.unit.components.templates.conftest import IRIS, answer

VALIDATION_ERROR = integration_responses(IRIS, None)["400"]
CONSTRAINT = "1 validation error detected: Value at 'inferenceId' failed to satisfy constraint: {}"


def code(body):
    response = answer(VALIDATION_ERROR, body)
    assert response.headers["content-type"] == "application/json"
    return response.status, json.loads(response.body)["error"]["code"]


def refused(message):
    return json.dumps({"Message": message}).encode()


@pytest.mark.parametrize(
    "message",
    [
        CONSTRAINT.format("Member must have length less than or equal to 64"),
        CONSTRAINT.format("two\nlines"),
        "Variant(s) boosting not found in endpoint.",
    ],
)
@pytest.mark.parametrize("key", ["Message", "message"])
def test_a_header_that_sagemaker_refuses_is_the_clients_to_change(message, key):
    assert code(json.dumps({key: message}).encode()) == (400, "InvalidHeader")


@pytest.mark.parametrize(
    "message",
    [
        "1 validation error detected: Value at 'body' failed to satisfy constraint: Member",
        "Request 6b2f6a3c-9f5b-4c0e-9d59-0f2f3a6d7f10 has oversize body.",  # serverless
    ],
)
def test_a_body_that_is_too_large_is_413(message):
    assert code(refused(message)) == (413, "PayloadTooLarge")


def test_too_many_requests_are_429_with_a_time_to_wait():
    response = answer(VALIDATION_ERROR, refused("Rate exceeded"))
    assert response.status == 429
    assert response.headers["retry-after"] == str(RETRY_AFTER_SECONDS)
    assert json.loads(response.body)["error"]["code"] == "TooManyRequests"


@pytest.mark.parametrize(
    "message",
    ["Endpoint p-variant of account 123456789012 not found.", "Something else.", "", None, 5],
)
def test_what_is_not_known_to_be_the_clients_doing_is_a_failure(message):
    assert code(refused(message)) == (502, "ModelFailed")


@given(st.binary() | st.text().map(refused))
def test_nothing_of_sagemakers_words_leaves(body):
    response = answer(VALIDATION_ERROR, body)
    assert json.loads(response.body)["error"]["code"] in {
        *("InvalidHeader", "PayloadTooLarge", "TooManyRequests", "ModelFailed")
    }
    assert len(response.body) < 200
