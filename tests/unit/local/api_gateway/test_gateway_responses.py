import pytest

from local.api_gateway.gateway_responses import (
    DEFAULTS,
    GatewayError,
    GatewayResponse,
    ResponseType,
    parse_gateway_responses,
    select,
)
from local.api_gateway.json_reader import DocumentError, Node
from local.api_gateway.parameters import Scopes
from local.http import HttpResponse

SPECIFIC, FAMILY = GatewayResponse(status=401), GatewayResponse(status=400)


def test_the_type_comes_before_its_family_and_the_family_before_the_default():
    both = {ResponseType.INVALID_API_KEY: SPECIFIC, ResponseType.DEFAULT_4XX: FAMILY}
    assert select(both, ResponseType.INVALID_API_KEY) is SPECIFIC
    assert select(both, ResponseType.UNSUPPORTED_MEDIA_TYPE) is FAMILY
    assert select(both, ResponseType.INTEGRATION_FAILURE) == GatewayResponse()
    five = {ResponseType.DEFAULT_5XX: FAMILY}
    assert select(five, ResponseType.INTEGRATION_TIMEOUT) is FAMILY


def test_a_request_too_large_is_not_customisable():
    assert select({ResponseType.DEFAULT_4XX: FAMILY}, ResponseType.REQUEST_TOO_LARGE) == (
        GatewayResponse()
    )


def test_half_a_surrogate_pair_reaches_the_caller_as_a_question_mark():
    response = GatewayResponse(template="$context.path")
    scopes = Scopes({"path": "/a\ud83d"})
    assert response.answer(GatewayError(ResponseType.INVALID_API_KEY), scopes).body == b"/a?"


def test_a_customised_response_keeps_its_error_type():
    responses = parse_gateway_responses(
        Node(
            "responses",
            {
                "INVALID_API_KEY": {
                    "statusCode": "401",
                    "responseParameters": {
                        "gatewayresponse.header.WWW-Authenticate": "'ApiKey'",
                        "gatewayresponse.header.X-Echo": "method.request.header.X-Echo",
                        "gatewayresponse.header.X-None": "method.request.header.X-None",
                    },
                    "responseTemplates": {
                        "application/json": '{"error":"$context.error.responseType"}'
                    },
                }
            },
        )
    )
    context = {"error": {"responseType": "INVALID_API_KEY", "message": "Forbidden"}}
    answer = responses[ResponseType.INVALID_API_KEY].answer(
        GatewayError(ResponseType.INVALID_API_KEY), Scopes(context, headers={"x-echo": "hi"})
    )
    assert answer == HttpResponse(
        401,
        {
            "content-type": "application/json",
            "www-authenticate": "ApiKey",
            "x-echo": "hi",
            "x-amzn-errortype": "ForbiddenException",
        },
        b'{"error":"INVALID_API_KEY"}',
    )


@pytest.mark.parametrize("type_", DEFAULTS)
def test_an_uncustomised_response_is_the_services_own(type_):
    context = {"error": {"messageString": f'"{DEFAULTS[type_].message}"'}}
    answer = GatewayResponse().answer(GatewayError(type_), Scopes(context))
    assert answer.status == DEFAULTS[type_].status
    assert answer.body == f'{{"message":"{DEFAULTS[type_].message}"}}'.encode()
    assert answer.headers["x-amzn-errortype"] == DEFAULTS[type_].error_type


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        ({"NOPE": {}}, "r.NOPE: {} is not supported. Supported: the response types ACCESS_DENIED,"),
        ({"REQUEST_TOO_LARGE": {}}, "r.REQUEST_TOO_LARGE: {} is not supported. Supported: the "),
        (
            {"DEFAULT_4XX": {"responseTemplates": {"text/html": "x"}}},
            'r.DEFAULT_4XX.responseTemplates["text/html"]: "x" is not supported. '
            "Supported: the keys application/json.",
        ),
        (
            {"DEFAULT_4XX": {"responseParameters": {"gatewayresponse.body.x": "'1'"}}},
            'r.DEFAULT_4XX.responseParameters["gatewayresponse.body.x"]: "\'1\'" is not '
            "supported. Supported: a mapping to gatewayresponse.header.NAME.",
        ),
        (
            {"DEFAULT_4XX": {"statusCode": 99}},
            "r.DEFAULT_4XX.statusCode: 99 is not supported. Supported: a whole number, 100 to 599.",
        ),
    ],
)
def test_what_the_service_lacks_is_refused_by_name(responses, message):
    with pytest.raises(DocumentError) as refusal:
        parse_gateway_responses(Node("r", responses))
    assert str(refusal.value).startswith(message)
