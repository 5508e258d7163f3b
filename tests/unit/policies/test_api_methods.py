"""Who may call a method, and with what."""

import json

import pytest

from gateway_policies.api_methods import (
    METHOD,
    ROUTE,
    api_method_auth,
    api_request_validation,
)
from gateway_policies.resource import UNKNOWN
from gateway_policies.stages import REST_API
from tests.unit.policies.verdicts import judged

NOT_KNOWN = "not known at preview, so not checked before the update"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"authorization": "AWS_IAM"}, []),
        ({"authorization": "CUSTOM"}, []),
        ({"authorization": "NONE"}, ['violation authorization: "NONE"']),
        ({"authorization": "NONE", "apiKeyRequired": True}, []),
        ({"authorization": "NONE", "httpMethod": "OPTIONS"}, []),
        ({}, ["violation authorization: missing"]),
        ({"authorization": UNKNOWN}, [f"unknown authorization: {NOT_KNOWN}"]),
        (
            {"authorization": "NONE", "apiKeyRequired": UNKNOWN},
            [f"unknown authorization: {NOT_KNOWN}"],
        ),
        ({"authorization": UNKNOWN, "apiKeyRequired": True}, []),
    ],
)
def test_a_method_asks_who_calls(fields, found):
    assert judged(api_method_auth, METHOD, **{"httpMethod": "POST"} | fields) == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"authorizationType": "JWT"}, []),
        ({"authorizationType": "NONE"}, ['violation authorizationType: "NONE"']),
        ({}, ["violation authorizationType: missing"]),
        ({"authorizationType": UNKNOWN}, [f"unknown authorizationType: {NOT_KNOWN}"]),
    ],
)
def test_a_route_asks_who_calls(fields, found):
    assert judged(api_method_auth, ROUTE, **fields) == found


def body(**operation: object) -> str:
    return json.dumps(
        {
            "components": {"securitySchemes": {"key": {"type": "apiKey", "name": "x-api-key"}}},
            "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True}},
            "paths": {
                "/iris": {
                    "post": operation,
                    "options": {"x-amazon-apigateway-integration": {"type": "mock"}},
                }
            },
        }
    )


CLOSED = body(security=[{"key": []}], **{"x-amazon-apigateway-request-validator": "all"})


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, []),
        (CLOSED, []),
        (json.loads(CLOSED), []),
        (body(), ["violation body.paths./iris.post.security: none"]),
        (UNKNOWN, [f"unknown body: {NOT_KNOWN}"]),
        ("{", ["unknown body: no OpenAPI document"]),
        ({"paths": UNKNOWN}, ["unknown body: no OpenAPI document"]),
    ],
)
def test_each_operation_of_a_body_asks_who_calls(content, found):
    assert judged(api_method_auth, REST_API, body=content) == found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, []),
        (CLOSED, []),
        (body(), ["violation body.paths./iris.post.validator: none"]),
        (UNKNOWN, [f"unknown body: {NOT_KNOWN}"]),
    ],
)
def test_each_operation_of_a_body_is_checked(content, found):
    assert judged(api_request_validation, REST_API, body=content) == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"requestValidatorId": "a"}, []),
        ({"requestValidatorId": UNKNOWN}, []),
        ({}, ["violation requestValidatorId: missing"]),
        ({"httpMethod": "OPTIONS"}, []),
    ],
)
def test_a_method_has_a_validator(fields, found):
    assert judged(api_request_validation, METHOD, **{"httpMethod": "POST"} | fields) == found
