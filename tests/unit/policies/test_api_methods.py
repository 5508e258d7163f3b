"""Who may call a method, and with what."""

import json

import pytest

from gateway_policies.api_methods import (
    METHOD,
    ROUTE,
    api_method_auth,
    api_request_validation,
)
from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import Verdict
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


FILE = {
    "security": [],
    "x-amazon-apigateway-integration": {
        "type": "aws",
        "httpMethod": "GET",
        "uri": "arn:aws:apigateway:eu-central-1:s3:path/page/0f/index.html",
    },
}


def with_files(*names: str) -> str:
    document = json.loads(CLOSED)
    document["paths"] |= {f"/try/{name}": {"get": FILE} for name in names}
    return json.dumps(document)


def test_files_that_everybody_gets_are_exempt_and_shown():
    api = Resource("", {"body": with_files("a", "b", "c", "d")}, REST_API, "urn")
    [finding] = api_method_auth.check(api)
    assert finding.verdict is Verdict.EXEMPT
    assert finding.seen == (
        "open to everybody: paths./try/a.get, paths./try/b.get, paths./try/c.get and 1 more"
    )
    assert finding.fix == "They are objects of the bucket page: look at what is in them."


def test_a_file_that_is_open_by_oversight_is_a_violation():
    document = json.loads(with_files("a"))
    del document["paths"]["/try/a"]["get"]["security"]
    assert judged(api_method_auth, REST_API, body=json.dumps(document)) == [
        "violation body.paths./try/a.get.security: none"
    ]


def test_a_file_has_nothing_to_check_in_a_request():
    assert judged(api_request_validation, REST_API, body=with_files("a")) == []


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
