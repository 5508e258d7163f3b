"""The document as a whole."""

import json
from dataclasses import replace

import pytest

from components.config.gateway import Auth
from components.openapi.api import Route
from components.openapi.document import build_document, operation
from local.api_gateway.document import parse_document
from tests.unit.components.openapi.conftest import (
    API,
    APIS,
    CORS,
    IRIS,
    ONE,
    OPEN_TO_A_PAGE,
    QUEUED,
    ROUTES,
    SIGNED,
)


def operations(document):
    return {
        (path, method): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_each_path_has_the_one_method_of_its_route():
    assert list(operations(build_document(API))) == [
        ("/iris", "post"),
        ("/v2/iris", "post"),
        ("/iris/one", "get"),
        ("/batch", "post"),
    ]


def test_paths_that_differ_in_a_slash_and_a_dash_have_operations_of_their_own():
    assert (Route("/a/b", "e").name, Route("/a-b", "e").name) == ("a_b", "a-b")


def test_an_api_key_is_asked_for_everywhere():
    document = build_document(API)
    assert document["x-amazon-apigateway-api-key-source"] == "HEADER"
    assert document["components"]["securitySchemes"] == {
        "apiKey": {"type": "apiKey", "name": "x-api-key", "in": "header"}
    }
    assert all(o["security"] == [{"apiKey": []}] for o in operations(document).values())
    assert "x-amazon-apigateway-policy" not in document


def test_with_iam_every_request_is_signed_by_a_principal_of_this_account():
    document = build_document(SIGNED)
    [scheme] = document["components"]["securitySchemes"].values()
    assert scheme["x-amazon-apigateway-authtype"] == "awsSigv4"
    assert all(o["security"] == [{"iam": []}] for o in operations(document).values())
    assert "x-amazon-apigateway-api-key-source" not in document
    assert document["x-amazon-apigateway-policy"]["Statement"] == [
        {
            "Sid": "PrincipalsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "execute-api:Invoke",
            "Resource": "execute-api:/live/*",
        }
    ]


def test_with_iam_and_cors_preflights_alone_are_open_to_all():
    policy = build_document(replace(SIGNED, cors=CORS))["x-amazon-apigateway-policy"]
    [preflights] = [s for s in policy["Statement"] if s["Principal"] == "*"]
    assert preflights["Resource"] == "execute-api:/live/OPTIONS/*"


@pytest.mark.parametrize("route", ROUTES)
def test_every_request_is_validated(route):
    document = build_document(API)
    validator = operation(API, route)["x-amazon-apigateway-request-validator"]
    assert document["x-amazon-apigateway-request-validators"][validator] == {
        "validateRequestBody": True,
        "validateRequestParameters": True,
    }


def test_only_a_body_in_json_has_a_model_and_that_is_its_envelope():
    assert operation(API, IRIS)["requestBody"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/Instances"}}
    }
    schema = build_document(API)["components"]["schemas"]["Instances"]
    assert schema["properties"] == {
        "instances": {"type": "array", "minItems": 1, "maxItems": 10_000, "items": {}},
        "include": {
            "type": "array",
            "items": {"type": "string", "enum": ["contributions", "set", "intervals"]},
        },
    }
    assert (schema["required"], schema["additionalProperties"]) == (["instances"], False)
    assert "requestBody" not in operation(API, ONE)
    assert "requestBody" not in operation(API, QUEUED)


def test_a_preflight_is_answered_by_the_gateway_for_the_one_origin():
    document = build_document(OPEN_TO_A_PAGE)
    preflight = document["paths"]["/v2/iris"]["options"]
    assert "security" not in preflight
    mock = preflight["x-amazon-apigateway-integration"]
    assert mock["type"] == "mock"
    assert json.loads(mock["requestTemplates"]["application/json"]) == {"statusCode": 204}
    answer = mock["responses"]["default"]
    assert answer["statusCode"] == "204"
    assert answer["responseParameters"] == {
        "method.response.header.Access-Control-Allow-Origin": "'https://console.example.com'",
        "method.response.header.Access-Control-Allow-Methods": "'POST'",
        "method.response.header.Access-Control-Allow-Headers": (
            "'Accept,Content-Type,X-Amzn-SageMaker-Custom-Attributes,X-Amzn-SageMaker-Inference-Id,"
            "X-Amzn-SageMaker-Target-Variant,X-Api-Key'"
        ),
        "method.response.header.Access-Control-Max-Age": "'600'",
    }
    declared = preflight["responses"]["204"]["headers"]
    assert {f"method.response.header.{name}" for name in declared} == set(
        answer["responseParameters"]
    )


def test_a_preflight_names_the_method_of_its_path():
    preflight = build_document(OPEN_TO_A_PAGE)["paths"]["/iris/one"]["options"]
    assert "'GET'" in json.dumps(preflight)
    assert "'POST'" not in json.dumps(preflight)


def test_a_signed_request_of_a_page_may_carry_its_signature():
    preflight = build_document(replace(SIGNED, cors=CORS))["paths"]["/iris"]["options"]
    assert "Authorization,Content-Type,X-Amz-Content-Sha256,X-Amz-Date" in json.dumps(preflight)


def test_without_cors_nothing_is_said_of_origins():
    assert "Access-Control" not in json.dumps(build_document(API))


@pytest.mark.parametrize("api", APIS)
def test_every_reference_leads_to_a_schema(api):
    document = build_document(api)
    text = json.dumps(document)
    names = set(document["components"]["schemas"])
    used = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used == names


@pytest.mark.parametrize("api", APIS)
def test_the_gateway_takes_the_document(api):
    document = parse_document(json.dumps(build_document(api)))
    assert [resource.path for resource in document.resources] == [r.path for r in ROUTES]
    methods = {method for resource in document.resources for method in resource.methods}
    assert methods == {"GET", "POST"} | ({"OPTIONS"} if api.cors else set())


def test_equal_apis_give_equal_text():
    first, second = (json.dumps(build_document(API)) for _ in range(2))
    assert first == second


def test_each_part_of_an_api_is_part_of_the_text():
    small = replace(API, routes=[IRIS])
    changed = [
        replace(small, title="q-direct"),
        replace(small, region="eu-west-1"),
        replace(small, role_arn="arn:aws:iam::123456789012:role/q"),
        replace(small, auth=Auth.IAM),
        replace(small, auth=Auth.IAM, account_id="210987654321"),
        replace(small, cors=CORS),
        replace(small, routes=[replace(IRIS, path="/v1/iris")]),
        replace(small, routes=[replace(IRIS, endpoint_name="p-other")]),
        replace(small, routes=[replace(IRIS, asynchronous=True)]),
        replace(small, routes=[replace(IRIS, query=("length",))]),
        replace(small, routes=[replace(IRIS, target_variant=True)]),
    ]
    texts = {json.dumps(build_document(api)) for api in (small, *changed)}
    assert len(texts) == 1 + len(changed)
