"""What API Gateway answers itself."""

import json
import re

import pytest

from components.openapi.api import JSON
from components.openapi.gateway_responses import RESPONSES, gateway_responses
from local.api_gateway.gateway_responses import ResponseType
from tests.unit.components.openapi.conftest import CORS

OWN_WORDS = 'Missing "a"'


def said(kind):
    template = gateway_responses(None)[kind]["responseTemplates"][JSON]
    filled = template.replace("$context.error.messageString", json.dumps(OWN_WORDS))
    return json.loads(filled)["error"]


def test_every_type_that_can_be_shaped_is():
    assert set(RESPONSES) == set(ResponseType) - {ResponseType.REQUEST_TOO_LARGE}


@pytest.mark.parametrize("kind", RESPONSES)
def test_each_has_the_shape_of_every_other_error_and_a_code_to_branch_on(kind):
    error = said(kind)
    assert set(error) == {"code", "message"}
    assert re.fullmatch("[A-Za-z]+", error["code"])
    assert error["message"]


@pytest.mark.parametrize("kind", ["BAD_REQUEST_PARAMETERS", "DEFAULT_4XX"])
def test_api_gateways_own_words_pass_where_they_name_the_fault(kind):
    assert said(kind)["message"] == OWN_WORDS


@pytest.mark.parametrize("kind", sorted(set(RESPONSES) - {"BAD_REQUEST_PARAMETERS", "DEFAULT_4XX"}))
def test_the_words_are_ours_everywhere_else(kind):
    assert OWN_WORDS not in said(kind)["message"]


def test_a_wrong_envelope_is_told_what_a_right_one_is():
    assert said("BAD_REQUEST_BODY") == {
        "code": "InvalidRequest",
        "message": 'The body is not {"instances": [[...], ...]} with 1 to 10000 rows, and '
        "include, if it is there, a list of contributions, set, intervals.",
    }


def test_an_unknown_media_type_is_told_those_that_are_known():
    assert said("UNSUPPORTED_MEDIA_TYPE") == {
        "code": "UnsupportedMediaType",
        "message": "Content-Type: send application/json, text/csv or application/jsonlines.",
    }


def test_a_client_that_sends_too_much_is_told_when_to_come_back():
    waits = {
        kind: response["responseParameters"].get("gatewayresponse.header.Retry-After")
        for kind, response in gateway_responses(None).items()
    }
    assert {kind: wait for kind, wait in waits.items() if wait} == {
        "THROTTLED": "'2'",
        "QUOTA_EXCEEDED": "'3600'",
    }


def test_a_page_of_the_origin_can_read_every_refusal():
    name = "gatewayresponse.header.Access-Control-Allow-Origin"
    for response in gateway_responses(CORS).values():
        assert response["responseParameters"][name] == "'https://console.example.com'"
    assert "Access-Control" not in json.dumps(gateway_responses(None))
