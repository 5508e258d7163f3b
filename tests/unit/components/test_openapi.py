"""The OpenAPI document, part by part."""

import json
import re

import pytest

from components.openapi import (
    CONTENT_TYPES,
    INTEGRATION_TIMEOUT_MS,
    RETRY_AFTER_SECONDS,
    Route,
    build_document,
    gateway_responses,
    integration,
    integration_responses,
    method_responses,
    operation,
)
from local.api_gateway.document import parse_document

IRIS = Route(
    name="iris",
    path="/iris",
    integration_uri=(
        "arn:aws:apigateway:eu-central-1:runtime.sagemaker:path/endpoints/p-iris/invocations"
    ),
    role_arn="arn:aws:iam::123456789012:role/p-direct-invoke",
)
CHURN = Route("v1_churn", "/v1/churn", IRIS.integration_uri, IRIS.role_arn)


def test_a_document_has_a_post_for_each_route_and_asks_for_a_key():
    document = build_document("gateway", [IRIS, CHURN])
    assert {path: list(methods) for path, methods in document["paths"].items()} == {
        "/iris": ["post"],
        "/v1/churn": ["post"],
    }
    assert document["info"] == {"title": "gateway", "version": "1"}
    assert document["x-amazon-apigateway-api-key-source"] == "HEADER"
    assert document["components"]["securitySchemes"] == {
        "api-key": {"type": "apiKey", "name": "x-api-key", "in": "header"}
    }
    for route in (IRIS, CHURN):
        method = document["paths"][route.path]["post"]
        assert method["security"] == [{"api-key": []}]
        assert method["operationId"] == route.name


def test_the_integration_invokes_the_endpoint_as_the_role_with_the_text_as_it_came():
    assert {k: v for k, v in integration(IRIS).items() if k != "responses"} == {
        "type": "aws",
        "httpMethod": "POST",
        "uri": IRIS.integration_uri,
        "credentials": IRIS.role_arn,
        "passthroughBehavior": "never",
        "timeoutInMillis": INTEGRATION_TIMEOUT_MS,
        "requestParameters": {
            "integration.request.header.Accept": "method.request.header.Accept",
            "integration.request.header.Content-Type": "method.request.header.Content-Type",
        },
        "requestTemplates": dict.fromkeys(CONTENT_TYPES, "$input.body"),
    }


def test_every_header_that_goes_on_is_a_declared_parameter():
    declared = {f"method.request.{p['in']}.{p['name']}" for p in operation(IRIS)["parameters"]}
    assert set(integration(IRIS)["requestParameters"].values()) == declared


def test_a_prediction_passes_with_its_type_and_variant():
    assert integration_responses()[r"2\d{2}"] == {
        "statusCode": "200",
        "responseParameters": {
            "method.response.header.Content-Type": "integration.response.header.Content-Type",
            "method.response.header.x-amzn-Invoked-Production-Variant": (
                "integration.response.header.x-amzn-Invoked-Production-Variant"
            ),
        },
    }


@pytest.mark.parametrize("pattern", ["413", "424", "429", "503", "default"])
def test_an_error_is_json_and_keeps_its_status_out_of_200(pattern):
    response = integration_responses()[pattern]
    expected = {"413": "413", "429": "429", "503": "503"}.get(pattern, "502")
    assert response["statusCode"] == expected
    parameters = response["responseParameters"]
    assert parameters["method.response.header.Content-Type"] == "'application/json'"
    retry_after = {"429": "'2'", "503": "'2'"}.get(pattern)
    assert parameters.get("method.response.header.Retry-After") == retry_after
    if pattern != "424":  # a template, rendered in test_model_error.py
        error = json.loads(response["responseTemplates"]["application/json"])["error"]
        assert set(error) == {"code", "message"}


def test_a_status_that_nothing_names_falls_to_the_default_not_to_a_prediction():
    patterns = set(integration_responses()) - {"default"}
    for status in ("400", "403", "404", "500", "530"):
        assert not [pattern for pattern in patterns if re.fullmatch(pattern, status)]


def test_every_status_and_header_that_is_used_is_declared():
    declared = method_responses()
    for response in integration_responses().values():
        headers = declared[response["statusCode"]]["headers"]
        for name in response["responseParameters"]:
            assert name.removeprefix("method.response.header.") in headers


def test_what_the_gateway_answers_itself_has_the_shape_of_every_other_error():
    responses = gateway_responses()
    assert set(responses) == {"DEFAULT_4XX", "DEFAULT_5XX"}
    for response in responses.values():
        template = response["responseTemplates"]["application/json"]
        known = {
            "$context.error.responseType": "THROTTLED",
            "$context.error.messageString": '"Too \\"many\\""',
        }
        for variable, value in known.items():
            template = template.replace(variable, value)
        assert json.loads(template) == {"error": {"code": "THROTTLED", "message": 'Too "many"'}}


def test_the_gateway_takes_the_document():
    document = parse_document(json.dumps(build_document("gateway", [IRIS, CHURN])))
    assert [resource.path for resource in document.resources] == ["/iris", "/v1/churn"]
    for resource in document.resources:
        method = resource.methods["POST"]
        assert method.api_key_required
        service = method.integration.service
        assert service is not None
        assert service.role_arn == IRIS.role_arn


def test_equal_routes_give_equal_text():
    first, second = (json.dumps(build_document("gateway", [IRIS, CHURN])) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("field", ["name", "path", "integration_uri", "role_arn"])
def test_each_part_of_a_route_is_part_of_the_text(field):
    other = Route(**{**IRIS.__dict__, field: f"{getattr(IRIS, field)}-x"})
    assert json.dumps(build_document("g", [other])) != json.dumps(build_document("g", [IRIS]))


def test_the_wait_before_a_retry_is_told_in_one_voice():
    template = integration_responses()["424"]["responseTemplates"]["application/json"]
    assert f'Retry-After = "{RETRY_AFTER_SECONDS}"' in template
