"""From the client's request to SageMaker's."""

from dataclasses import replace

import pytest

from components.openapi.api import CONTENT_TYPES
from components.openapi.invocation import (
    INTEGRATION_TIMEOUT_MS,
    forwarded_headers,
    integration,
    invocation_uri,
    parameters,
    request_parameters,
    request_template,
)
from local.api_gateway.vtl import MappingTemplate, TemplateInput
from tests.unit.components.openapi.conftest import API, CHOSEN, IRIS, ONE, QUEUED, ROUTES

ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
VARIANT = "X-Amzn-SageMaker-Target-Variant"
MODEL = "X-Amzn-SageMaker-Target-Model"
BODY = '{"instances": [[1.50, 2e0]]}'


def test_the_endpoint_is_invoked_as_the_role_and_never_without_a_template():
    made = integration(API, IRIS)
    assert {key: made[key] for key in ("type", "httpMethod", "uri", "credentials")} == {
        "type": "aws",
        "httpMethod": "POST",
        "uri": invocation_uri("eu-central-1", IRIS),
        "credentials": API.role_arn,
    }
    assert made["passthroughBehavior"] == "never"
    assert made["timeoutInMillis"] == INTEGRATION_TIMEOUT_MS
    assert list(made["requestTemplates"]) == list(CONTENT_TYPES)


@pytest.mark.parametrize(
    ("route", "action"), [(IRIS, "invocations"), (QUEUED, "async-invocations")]
)
def test_the_uri_is_that_of_the_action(route, action):
    assert invocation_uri("eu-central-1", route) == (
        "arn:aws:apigateway:eu-central-1:runtime.sagemaker:path/endpoints/"
        f"{route.endpoint_name}/{action}"
    )


@pytest.mark.parametrize(
    ("route", "headers"),
    [
        (IRIS, ["Accept", "Content-Type", ATTRIBUTES, "X-Amzn-SageMaker-Inference-Id"]),
        (CHOSEN, ["Accept", "Content-Type", ATTRIBUTES, "X-Amzn-SageMaker-Inference-Id", VARIANT]),
        (ONE, [VARIANT]),
        (
            QUEUED,
            [
                "X-Amzn-SageMaker-Accept",
                "X-Amzn-SageMaker-Content-Type",
                "X-Amzn-SageMaker-Inference-Id",
                "X-Amzn-SageMaker-InputLocation",
            ],
        ),
    ],
)
def test_a_header_goes_on_only_where_it_is_declared(route, headers):
    assert forwarded_headers(route) == headers
    assert [p["name"] for p in parameters(route) if p["in"] == "header"] == headers
    mapped = integration(API, route)["requestParameters"]
    assert {
        target: source for target, source in mapped.items() if source.startswith("method.")
    } == {f"integration.request.header.{name}": f"method.request.header.{name}" for name in headers}


def test_only_the_query_and_the_location_of_the_input_are_required():
    required = {
        (route.path, parameter["in"], parameter["name"])
        for route in ROUTES
        for parameter in parameters(route)
        if parameter["required"]
    }
    assert required == {
        ("/iris/one", "query", "length"),
        ("/iris/one", "query", "width"),
        ("/batch", "header", "X-Amzn-SageMaker-InputLocation"),
    }


def test_which_model_answers_is_said_by_the_document_and_never_by_the_client():
    route = replace(CHOSEN, target_model="iris.tar.gz")
    mapped = integration(API, route)["requestParameters"]
    assert mapped[f"integration.request.header.{MODEL}"] == "'iris.tar.gz'"
    assert MODEL not in forwarded_headers(route)
    assert f"integration.request.header.{MODEL}" not in request_parameters(CHOSEN)


@pytest.mark.parametrize("route", [IRIS, CHOSEN])
def test_rows_go_on_as_they_came(route):
    rendered = MappingTemplate(request_template(route)).render(TemplateInput(body=BODY))
    assert rendered.text == BODY


def test_an_async_request_has_no_body_since_sagemaker_takes_that_or_a_location():
    assert MappingTemplate(request_template(QUEUED)).render(TemplateInput(body=BODY)).text == ""


def test_a_query_is_answered_in_json_whatever_the_client_accepts():
    mapped = integration(API, ONE)["requestParameters"]
    assert mapped["integration.request.header.Accept"] == "'application/json'"
    assert mapped["integration.request.header.Content-Type"] == "'application/json'"


def test_all_that_an_answer_to_a_query_depends_on_is_in_the_cache_key():
    assert integration(API, ONE)["cacheKeyParameters"] == [
        "method.request.querystring.length",
        "method.request.querystring.width",
        f"method.request.header.{VARIANT}",
    ]


@pytest.mark.parametrize("route", [IRIS, CHOSEN, QUEUED])
def test_what_has_a_body_has_no_cache_key(route):
    assert "cacheKeyParameters" not in integration(API, route)
