import json

import pytest

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.json_reader import DocumentError, Node
from local.api_gateway.parameters import METHOD_HEADER, METHOD_QUERY, Parameter, Scopes, Source
from local.api_gateway.schema import parse_model
from local.api_gateway.validators import Checks, RequestValidator, parse_validators

ROWS = parse_model(Node("s", {"type": "object", "required": ["rows"]}), Node("", {}))
VALIDATOR = RequestValidator(
    parameters=(
        Parameter("Q1", Source(METHOD_QUERY, "Q1"), required=True),
        Parameter("X-Client", Source(METHOD_HEADER, "x-client"), required=True),
    ),
    models={"application/json": ROWS},
)
QUERY = {"Q1": "cat"}
HEADERS = {"x-client": "me"}


def check(body=b'{"rows":[]}', query=QUERY, headers=HEADERS):
    VALIDATOR.check(Scopes({}, query=query, headers=headers), body)


def refusal(**request):
    with pytest.raises(GatewayError) as error:
        check(**request)
    return error.value


def test_a_request_that_has_all_it_needs_passes():
    check()


@pytest.mark.parametrize(
    ("request_", "missing"),
    [
        ({"query": {}}, "Q1"),
        ({"query": {"Q1": ""}}, "Q1"),
        ({"query": {"Q1": " "}}, "Q1"),
        ({"query": {"q1": "cat"}}, "Q1"),
        ({"headers": {}}, "X-Client"),
        ({"query": {}, "headers": {}, "body": b"no JSON"}, "Q1, X-Client"),
    ],
)
def test_parameters_that_are_missing_or_blank_are_named(request_, missing):
    error = refusal(**request_)
    assert error.type is ResponseType.BAD_REQUEST_PARAMETERS
    assert error.message == f"Missing required request parameters: [{missing}]"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{}", '[object has missing required properties (["rows"])]'),
        (b"", '[object has missing required properties (["rows"])]'),
        (b"{", "[the body is not JSON]"),
        (b"\xff", "[the body is not JSON]"),
        (b'{"rows":NaN}', "[the body is not JSON]"),
        (b"[" * 100_000, "[the body is not JSON]"),
        (
            b"[]",
            "[instance type (array) does not match any allowed primitive type "
            '(allowed: ["object"])]',
        ),
    ],
    ids=["lacks", "empty", "broken", "no text", "no JSON number", "too deep", "other type"],
)
def test_a_body_that_does_not_fit_its_model_is_refused(body, why):
    error = refusal(body=body)
    assert error.type is ResponseType.BAD_REQUEST_BODY
    assert (error.message, error.validation_error) == ("Invalid request body", why)
    assert str(error) == "BAD_REQUEST_BODY"


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_a_model_is_found_by_the_content_type_alone(content_type):
    refusal(body=b"{}", headers=HEADERS | {"content-type": content_type})


def test_a_body_of_a_content_type_without_a_model_is_not_looked_at():
    check(body=b"1,2", headers=HEADERS | {"content-type": "text/csv"})


def test_validators_say_what_they_check():
    node = Node(
        "v",
        {
            "all": {"validateRequestBody": True, "validateRequestParameters": True},
            "body": {"validateRequestBody": True},
            "nothing": {"validateRequestParameters": False},
        },
    )
    assert parse_validators(node) == {
        "all": Checks(body=True, parameters=True),
        "body": Checks(body=True, parameters=False),
        "nothing": Checks(body=False, parameters=False),
    }


def test_a_validator_that_checks_something_else_is_refused():
    with pytest.raises(DocumentError) as refusal:
        parse_validators(Node("v", {"all": {"validateRequestHeaders": True}}))
    assert str(refusal.value) == (
        "v.all.validateRequestHeaders: true is not supported. "
        "Supported: the keys validateRequestBody, validateRequestParameters."
    )


def test_the_caller_can_be_told_what_is_wrong_in_json(api, operation, deploy, request_of):
    api["x-amazon-apigateway-request-validators"] = {"body": {"validateRequestBody": True}}
    api["x-amazon-apigateway-gateway-responses"] = {
        "BAD_REQUEST_BODY": {
            "responseTemplates": {
                "application/json": '{"why":"$context.error.validationErrorString"}'
            }
        }
    }
    operation["x-amazon-apigateway-request-validator"] = "body"
    schema = {"type": "object", "required": ["rows"]}
    operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    deployed, backend, lines = deploy()
    answer = deployed.handle(request_of(body=b"{}"))
    why = '[object has missing required properties (["rows"])]'
    assert (answer.status, json.loads(answer.body)) == (400, {"why": why})
    assert answer.headers["x-amzn-errortype"] == "BadRequestException"
    assert json.loads(lines[0])["validation"] == why
    assert backend.calls == []
