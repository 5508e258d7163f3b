import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.runtime import MAX_PAYLOAD_BYTES
from local.clock import system_clock
from local.http import HttpRequest, HttpResponse
from local.principal import Principal, PrincipalKind


def test_a_request_reaches_the_service_as_the_integrations_role(deploy, request_of):
    answered = HttpResponse(200, {"x-amzn-invoked-production-variant": "forest"}, b'{"class":1}')
    api, backend, _ = deploy(answered)
    response = api.handle(request_of())
    assert backend.calls == [
        (
            Principal(PrincipalKind.ROLE, "arn:aws:iam::123456789012:role/invoke-iris"),
            "runtime.sagemaker",
            HttpRequest(
                method="POST",
                path="/endpoints/iris/invocations",
                headers={
                    "content-type": "application/json",
                    "accept": "application/json",
                    "x-amzn-sagemaker-target-variant": "forest",
                },
                body=b'{"a":1.5}',
            ),
            29.0,
        )
    ]
    assert response == HttpResponse(
        200,
        {
            "content-type": "application/json",
            "x-served-by": "forest",
            "x-amzn-requestid": response.headers["x-amzn-requestid"],
            "x-amz-apigw-id": response.headers["x-amz-apigw-id"],
        },
        b'{"class":1}',
    )


def test_a_header_cannot_begin_a_line_in_what_the_service_gets(deploy, request_of):
    api, backend, _ = deploy()
    headers = {"x-api-key": "secret-value", "x-variant": "forest\r\nx-injected: 1"}
    api.handle(request_of(headers=headers))
    [(_, _, received, _)] = backend.calls
    assert received.headers["x-amzn-sagemaker-target-variant"] == "forest  x-injected: 1"


def test_half_a_surrogate_pair_reaches_the_service_as_a_question_mark(
    integration, deploy, request_of
):
    integration["requestTemplates"] = {"application/json": "$input.path('$')"}
    api, backend, _ = deploy()
    api.handle(request_of(body=rb'"a\ud83d"'))
    [(_, _, received, _)] = backend.calls
    assert received.body == b"a?"


def test_a_header_cannot_begin_a_line_in_what_the_caller_gets(deploy, request_of):
    answered = HttpResponse(200, {"x-amzn-invoked-production-variant": "a\r\nset-cookie: b"})
    api, _, _ = deploy(answered)
    assert api.handle(request_of()).headers["x-served-by"] == "a  set-cookie: b"


def test_a_request_is_logged_whole(deploy, request_of):
    api, _, lines = deploy()
    response = api.handle(request_of())
    assert [json.loads(line) for line in lines] == [
        {
            "id": response.headers["x-amzn-requestid"],
            "time": "01/Mar/2026:12:00:00 +0000",
            "epoch": "1772366400000",
            "method": "POST",
            "resource": "/models/{name}",
            "path": "/live/models/iris",
            "stage": "live",
            "api": "api123",
            "account": "123456789012",
            "protocol": "HTTP/1.1",
            "status": "200",
            "bytes": "11",
            "ms": "15",
            "integrationMs": "5",
            "integrationStatus": "200",
            "ip": "10.0.0.1",
            "key": "key-1",
            "user": "-",
            "trace": "-",
            "error": "-",
            "errorType": "-",
            "validation": "-",
        }
    ]


def assert_refused(deployed, sent, status, message, error_type, response_type):
    api, backend, lines = deployed
    response = api.handle(sent)
    assert (response.status, json.loads(response.body)) == (status, {"message": message})
    assert response.headers["x-amzn-errortype"] == error_type
    assert response.headers["x-amzn-requestid"] == json.loads(lines[-1])["id"]
    record = json.loads(lines[-1])
    assert (record["status"], record["errorType"]) == (str(status), response_type)
    return backend


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "/live/nope"},
        {"path": "/live/models/iris/"},
        {"path": "/live"},
        {"path": "/other/models/iris"},
        {"path": "/"},
        {"method": "GET"},
        {"method": "post"},
    ],
)
def test_an_unknown_path_or_method_is_a_missing_token(deploy, changes, request_of):
    backend = assert_refused(
        deploy(), request_of(**changes), 403, "Missing Authentication Token",
        "MissingAuthenticationTokenException", "MISSING_AUTHENTICATION_TOKEN",
    )  # fmt: skip
    assert backend.calls == []


@pytest.mark.parametrize("key", [None, "", "secret", "secret-value ", "key-1", "\ud800é"])
def test_a_wrong_or_missing_key_is_forbidden(deploy, key, request_of):
    headers = {} if key is None else {"x-api-key": key}
    backend = assert_refused(
        deploy(), request_of(headers=headers), 403, "Forbidden", "ForbiddenException",
        "INVALID_API_KEY",
    )  # fmt: skip
    assert backend.calls == []


def test_a_key_is_not_asked_for_where_the_operation_does_not(operation, deploy, request_of):
    operation["security"] = []
    api, _, lines = deploy()
    assert api.handle(request_of(headers={})).status == 200
    assert json.loads(lines[0])["key"] == "-"


def test_a_payload_over_ten_megabytes_is_too_large(deploy, request_of):
    assert_refused(
        deploy(), request_of(body=b"1" * (MAX_PAYLOAD_BYTES + 1)), 413,
        "HTTP content length exceeded 10485760 bytes.", "RequestTooLargeException",
        "REQUEST_TOO_LARGE",
    )  # fmt: skip


def test_the_key_is_checked_before_the_payload(deploy, request_of):
    api, _, _ = deploy()
    assert api.handle(request_of(headers={}, body=b"1" * (MAX_PAYLOAD_BYTES + 1))).status == 403


def test_a_payload_of_ten_megabytes_passes(deploy, request_of):
    api, _, _ = deploy()
    body = b'"' + b"1" * (MAX_PAYLOAD_BYTES - 2) + b'"'
    assert api.handle(request_of(body=body)).status == 200


def test_a_content_type_without_template_is_unsupported(deploy, request_of):
    headers = {"x-api-key": "secret-value", "content-type": "text/csv"}
    assert_refused(
        deploy(), request_of(headers=headers), 415, "Unsupported Media Type",
        "UnsupportedMediaTypeException", "UNSUPPORTED_MEDIA_TYPE",
    )  # fmt: skip


def test_a_template_that_fails_is_an_internal_error_that_tells_nothing(
    integration, deploy, request_of
):
    integration["requestTemplates"] = {"application/json": "$input.body.substring(99)"}
    assert_refused(
        deploy(), request_of(), 500, "Internal server error", "InternalServerErrorException",
        "API_CONFIGURATION_ERROR",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "message", "response_type"),
    [
        (TimeoutError(), "Endpoint request timed out", "INTEGRATION_TIMEOUT"),
        (ConnectionError("10.1.2.3"), "Network error communicating with endpoint",
         "INTEGRATION_FAILURE"),
        (KeyError("a bug"), "Network error communicating with endpoint", "INTEGRATION_FAILURE"),
    ],
)  # fmt: skip
def test_a_service_without_answer_is_a_504(deploy, error, message, response_type, request_of):
    assert_refused(
        deploy(error), request_of(), 504, message, "InternalServerErrorException", response_type
    )


def test_a_customised_gateway_response_reads_the_path_and_the_stages_variables(
    api, deploy, request_of
):
    api["x-amazon-apigateway-gateway-responses"] = {
        "DEFAULT_4XX": {
            "statusCode": 400,
            "responseParameters": {
                "gatewayresponse.header.X-Model": "method.request.path.name",
            },
            "responseTemplates": {
                "application/json": '{"tier":"$stageVariables.tier",'
                '"path":"$context.path","why":$context.error.messageString}'
            },
        }
    }
    response = deploy()[0].handle(request_of(headers={}))
    assert response.status == 400
    assert response.headers["x-model"] == "iris"
    assert json.loads(response.body) == {
        "tier": "gold",
        "path": "/live/models/iris",
        "why": "Forbidden",
    }


def test_an_options_method_is_answered_by_a_mock(api, deploy, request_of):
    api["paths"]["/models/{name}"]["options"] = {
        "responses": {"204": {"headers": {"Access-Control-Allow-Origin": {}}}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 204}'},
            "responses": {
                "default": {
                    "statusCode": "204",
                    "responseParameters": {
                        "method.response.header.Access-Control-Allow-Origin": "'*'"
                    },
                }
            },
        },
    }
    api, backend, _ = deploy()
    response = api.handle(request_of(method="OPTIONS", headers={}, body=b""))
    assert (response.status, response.headers["access-control-allow-origin"]) == (204, "*")
    assert backend.calls == []


MODEL_ERROR_TEMPLATE = """
#set($text = $input.path('$.OriginalMessage'))
#if($text.startsWith('{"error":{"code":"') && $text.endsWith('}}'))
#set($error = $util.parseJson($text).error)
#set($context.responseOverride.status = $input.path('$.OriginalStatusCode'))
#set($message = $util.escapeJavaScript($error.message).replaceAll("\\\\'", "'"))
{"error":{"code":"$error.code","message":"$message"}}
#else
{"error":{"code":"model_failed","message":"The model did not answer."}}
#end
""".strip()

OUR_ERROR = '{"error":{"code":"bad_cell","message":"row 3: it\'s \\"x\\"/é"}}'


@pytest.mark.parametrize(
    ("original_status", "original_message", "status", "code", "message"),
    [
        (422, OUR_ERROR, 422, "bad_cell", 'row 3: it\'s "x"/é'),
        (500, "<html>secret</html>", 502, "model_failed", "The model did not answer."),
        (500, "", 502, "model_failed", "The model did not answer."),
        (422, OUR_ERROR[:-1], 502, "model_failed", "The model did not answer."),
        (422, None, 502, "model_failed", "The model did not answer."),
    ],
)
def test_a_model_error_passes_on_only_our_own_error(
    integration,
    operation,
    deploy,
    original_status,
    original_message,
    status,
    code,
    message,
    request_of,
):
    operation["responses"]["422"] = {}
    integration["responses"]["424"] = {
        "statusCode": "502",
        "responseTemplates": {"application/json": MODEL_ERROR_TEMPLATE},
    }
    body = {
        "ErrorCode": "CLIENT_ERROR_FROM_MODEL",
        "LogStreamArn": "arn:aws:logs:eu-central-1:123456789012:log-group:g",
        "OriginalStatusCode": original_status,
        "OriginalMessage": original_message,
    }
    api, _, lines = deploy(HttpResponse(424, {}, json.dumps(body).encode()))
    response = api.handle(request_of())
    assert response.status == status
    assert json.loads(response.body) == {"error": {"code": code, "message": message}}
    assert json.loads(lines[0])["integrationStatus"] == "424"


def test_a_path_that_imitates_a_log_record_stays_one_value(deploy, request_of):
    forged = '/live/x","status":"200"}\n{"id":"forged'
    api, _, lines = deploy()
    api.handle(request_of(path=forged))
    assert len(lines) == 1
    assert json.loads(lines[0])["path"] == forged
    assert "\n" not in lines[0]


HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "x-variant", "x-api-key", "accept"]), st.text()
)
CHAOS_API = {
    "openapi": "3.0.1",
    "info": {"title": "chaos"},
    "paths": {
        "/models/{name}": {
            "post": {
                "parameters": [{"in": "header", "name": "X-Variant"}],
                "responses": {"200": {"headers": {"X-Back": {}}}},
                "x-amazon-apigateway-integration": {
                    "type": "aws",
                    "httpMethod": "POST",
                    "uri": "arn:aws:apigateway:eu-west-1:runtime.sagemaker:path/e",
                    "credentials": "arn:aws:iam::123456789012:role/r",
                    "requestParameters": {
                        "integration.request.header.X-Variant": "method.request.header.X-Variant"
                    },
                    "requestTemplates": {
                        "application/json": "$input.json('$') $input.params('name') "
                        "$util.parseJson($input.body).a $util.escapeJavaScript($input.path('$.b'))"
                    },
                    "responses": {
                        "default": {
                            "statusCode": 200,
                            "responseParameters": {
                                "method.response.header.X-Back": "integration.response.header.x"
                            },
                        }
                    },
                },
            }
        }
    },
}


@given(
    body=st.binary() | st.text().map(lambda t: json.dumps({"a": t}).encode()),
    name=st.text(),
    headers=HEADERS,
)
def test_no_request_raises_or_breaks_the_log(run, body, name, headers):
    def echo(principal, service, sent, timeout_seconds):
        return HttpResponse(200, {"x": sent.headers.get("x-variant", "")}, sent.body)

    api, lines = run(CHAOS_API, echo, system_clock)
    response = api.handle(HttpRequest("POST", f"/live/models/{name}", headers, body=body))
    assert response.status in (200, 403, 500)
    assert not any(c in value for value in response.headers.values() for c in "\r\n\0")
    assert json.loads(lines[0])["status"] == str(response.status)


@pytest.mark.parametrize(
    ("headers", "caller", "status"),
    [({"x-api-key": "secret-value"}, "api-key:key-1", 200), ({}, "anonymous", 403)],
)
def test_every_call_is_noted_with_its_principal(
    deploy, call_lines, headers, caller, status, request_of
):
    api, _, _ = deploy()
    api.handle(request_of(headers=headers))
    call = json.loads(call_lines.getvalue())
    assert (call["principal"], call["action"], call["status"]) == (
        caller,
        "execute-api:Invoke",
        status,
    )
    api_arn = "arn:aws:execute-api:eu-central-1:123456789012:api123"
    assert call["resource"] == f"{api_arn}/live/POST/models/iris"


def test_many_threads_get_their_own_answers(deploy, request_of):
    api, backend, lines = deploy()
    backend.answer = None
    wrong = []

    def send(thread):
        for number in range(20):
            body = f'{{"n":"{thread}-{number}"}}'.encode()
            if api.handle(request_of(body=body)).body != body:
                wrong.append((thread, number))

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len({json.loads(line)["id"] for line in lines}) == 160
