"""From SageMaker's answer to the client's."""

import json
import re

import pytest

from components.openapi.answers import ERRORS, integration_responses, method_responses
from components.openapi.api import JSON
from components.openapi.errors import RETRY_AFTER_SECONDS
from local.api_gateway.vtl import MappingTemplate, TemplateInput
from tests.unit.components.openapi.conftest import CORS, IRIS, ONE, QUEUED, ROUTES

HEADER = "method.response.header."


@pytest.mark.parametrize("route", [IRIS, ONE])
def test_a_prediction_passes_with_its_type_and_variant(route):
    assert integration_responses(route, None)[r"2\d{2}"] == {
        "statusCode": "200",
        "responseParameters": {
            f"{HEADER}{name}": f"integration.response.header.{name}"
            for name in ("Content-Type", "x-amzn-Invoked-Production-Variant")
        },
    }


def test_an_accepted_request_says_where_its_result_will_be():
    accepted = integration_responses(QUEUED, None)[r"2\d{2}"]
    assert accepted["statusCode"] == "202"
    assert accepted["responseParameters"] == {
        f"{HEADER}Content-Type": "'application/json'",
        f"{HEADER}X-Amzn-SageMaker-OutputLocation": (
            "integration.response.header.X-Amzn-SageMaker-OutputLocation"
        ),
        f"{HEADER}X-Amzn-SageMaker-FailureLocation": (
            "integration.response.header.X-Amzn-SageMaker-FailureLocation"
        ),
    }
    template = MappingTemplate(accepted["responseTemplates"][JSON])
    body = template.render(TemplateInput(body='{"InferenceId": "1f-\\"2"}')).text
    assert json.loads(body) == {"inferenceId": '1f-"2'}


@pytest.mark.parametrize("pattern", ["400", "413", "424", "429", "503", "default"])
def test_an_error_is_json_and_keeps_its_status_out_of_200(pattern):
    response = integration_responses(IRIS, None)[pattern]
    expected = {"413": "413", "429": "429", "503": "503"}.get(pattern, "502")
    assert response["statusCode"] == expected
    parameters = response["responseParameters"]
    assert parameters[f"{HEADER}Content-Type"] == "'application/json'"
    retry_after = {"429": "'2'", "503": "'2'"}.get(pattern)
    assert parameters.get(f"{HEADER}Retry-After") == retry_after
    if pattern not in {"400", "424"}:  # templates, rendered in tests/unit/components/templates
        error = json.loads(response["responseTemplates"][JSON])["error"]
        assert set(error) == {"code", "message"}


def test_a_status_that_nothing_names_falls_to_the_default_not_to_a_prediction():
    patterns = set(integration_responses(IRIS, None)) - {"default"}
    for status in ("403", "404", "500", "530"):
        assert not [pattern for pattern in patterns if re.fullmatch(pattern, status)]


@pytest.mark.parametrize("cors", [None, CORS])
@pytest.mark.parametrize("route", ROUTES)
def test_every_status_and_header_that_is_used_is_declared(route, cors):
    declared = method_responses(route, cors)
    for response in integration_responses(route, cors).values():
        headers = declared[response["statusCode"]]["headers"]
        for name in response["responseParameters"]:
            assert name.removeprefix(HEADER) in headers


def test_a_client_reads_in_the_document_what_may_come():
    declared = method_responses(IRIS, None)
    assert list(declared) == ["200", *ERRORS]
    schema = declared["200"]["content"][JSON]["schema"]
    assert schema == {"$ref": "#/components/schemas/Predictions"}
    for status in ERRORS:
        schema = declared[status]["content"][JSON]["schema"]
        assert schema == {"$ref": "#/components/schemas/Error"}
    assert declared["200"]["description"] == "Predictions"
    assert len({response["description"] for response in declared.values()}) == len(declared)
    assert next(iter(method_responses(QUEUED, None))) == "202"


@pytest.mark.parametrize("route", ROUTES)
def test_with_cors_every_answer_names_the_one_origin(route):
    for response in integration_responses(route, CORS).values():
        allowed = response["responseParameters"][f"{HEADER}Access-Control-Allow-Origin"]
        assert allowed == "'https://console.example.com'"
        readable = response["responseParameters"][f"{HEADER}Access-Control-Expose-Headers"]
        for name in response["responseParameters"]:
            plain = name.removeprefix(HEADER)
            # A script may read Content-Type anyway.
            assert plain in readable or plain.startswith(("Access-Control", "Content-Type"))
    without = integration_responses(route, None)
    assert "Access-Control" not in json.dumps(without)


@pytest.mark.parametrize("pattern", ["400", "424"])
def test_the_wait_before_a_retry_is_told_in_one_voice(pattern):
    template = integration_responses(IRIS, None)[pattern]["responseTemplates"][JSON]
    assert f'Retry-After = "{RETRY_AFTER_SECONDS}"' in template
