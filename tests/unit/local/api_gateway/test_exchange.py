import re
from dataclasses import replace

import pytest

from local.api_gateway.exchange import map_request, map_response, mock_response, safe_headers
from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.model import (
    Integration,
    IntegrationResponse,
    IntegrationType,
    Passthrough,
    Service,
)
from local.api_gateway.parameters import (
    CONTEXT,
    INTEGRATION_HEADER,
    METHOD_HEADER,
    METHOD_QUERY,
    STATIC,
    Scopes,
    Source,
)
from local.api_gateway.payload import ContentHandling
from local.api_gateway.vtl import MappingTemplate
from local.http import HttpResponse

DEFAULT = Integration(
    type=IntegrationType.AWS,
    service=Service("runtime.sagemaker", "/e", "POST", "arn:aws:iam::1:role/r"),
    timeout_seconds=29.0,
    passthrough=Passthrough.NEVER,
    templates={"application/json": MappingTemplate("json:$input.body")},
    headers={},
    query={},
    responses=(IntegrationResponse(None, 200),),
)


def integration(**changes):
    return replace(DEFAULT, **changes)


def scopes(content_type=None, **rest):
    headers = {"content-type": content_type} if content_type else {}
    return Scopes({"requestId": "r-1"}, headers=headers | rest.pop("headers", {}), **rest)


def refused(call):
    with pytest.raises(GatewayError) as refusal:
        call()
    return str(refusal.value)


@pytest.mark.parametrize(
    "content_type", [None, "", "application/json", "Application/JSON; charset=utf-8"]
)
def test_a_request_without_content_type_counts_as_json(content_type):
    assert map_request(integration(), scopes(content_type), b"1").body == b"json:1"


@pytest.mark.parametrize(
    ("passthrough", "templates", "status"),
    [
        (Passthrough.NEVER, True, 415),
        (Passthrough.NEVER, False, 415),
        (Passthrough.WHEN_NO_TEMPLATES, True, 415),
        (Passthrough.WHEN_NO_TEMPLATES, False, 200),
        (Passthrough.WHEN_NO_MATCH, True, 200),
        (Passthrough.WHEN_NO_MATCH, False, 200),
    ],
)
def test_an_unmatched_content_type_passes_or_is_refused(passthrough, templates, status):
    rule = integration(passthrough=passthrough, templates=DEFAULT.templates if templates else {})
    if status == 415:
        assert refused(lambda: map_request(rule, scopes("text/csv"), b"1,2")) == (
            ResponseType.UNSUPPORTED_MEDIA_TYPE
        )
    else:
        assert map_request(rule, scopes("text/csv"), b"1,2").body == b"1,2"


def test_bytes_that_are_no_text_are_replaced_as_without_binary_media_types():
    rule = integration(passthrough=Passthrough.WHEN_NO_MATCH)
    assert map_request(rule, scopes("image/png"), b"\xff\x00a").body == "\ufffd\x00a".encode()


def test_the_integrations_headers_are_mapped_ones_then_overrides_over_json_defaults():
    rule = integration(
        headers={
            "accept": Source(METHOD_HEADER, "accept"),
            "x-variant": Source(METHOD_HEADER, "x-variant"),
            "x-static": Source(STATIC, "mapped"),
            "x-id": Source(CONTEXT, "requestId"),
        },
        query={"q": Source(METHOD_QUERY, "q")},
        templates={
            "application/json": MappingTemplate(
                "#set($context.requestOverride.header['X-Static'] = 'written')"
                "#set($context.requestOverride.querystring.n = 1)"
            )
        },
    )
    given = scopes(headers={"accept": "text/csv", "cookie": "secret"}, query={"q": "a"})
    request = map_request(rule, given, b"{}")
    assert request.headers == {
        "content-type": "application/json",
        "accept": "text/csv",
        "x-static": "written",
        "x-id": "r-1",
    }
    assert request.query == {"q": "a", "n": "1"}


@pytest.mark.parametrize(
    ("template", "detail"),
    [
        ("$util.parseJson('{')", "mapping template does not render: Expecting property name "
         "enclosed in double quotes: line 1 column 2 (char 1)"),
        ("#set($context.requestOverride.header['a b'] = '1')", "'a b' is no header name"),
        ("#set($context.requestOverride.header = 'x')",
         "an override of headers or querystring is no map"),
        ("#set($context.requestOverride.querystring = 'x')",
         "an override of headers or querystring is no map"),
    ],
)  # fmt: skip
def test_a_request_template_that_fails_is_a_configuration_error(template, detail):
    rule = integration(templates={"application/json": MappingTemplate(template)})
    assert refused(lambda: map_request(rule, scopes(), b"")) == f"API_CONFIGURATION_ERROR: {detail}"


RESPONSES = (
    IntegrationResponse(re.compile("4[0-9]{2}"), 400),
    IntegrationResponse(None, 502),
    IntegrationResponse(re.compile("2.*"), 201),
)


@pytest.mark.parametrize(("status", "answer"), [(204, 201), (429, 400), (500, 502), (424, 400)])
def test_the_pattern_matches_the_whole_status_and_the_rest_is_the_default(status, answer):
    rule = integration(responses=RESPONSES)
    assert map_response(rule, HttpResponse(status), scopes(), {}).status == answer


def test_a_pattern_of_a_part_of_the_status_does_not_match():
    rule = integration(responses=(IntegrationResponse(re.compile("4"), 400),))
    assert refused(lambda: map_response(rule, HttpResponse(400), scopes(), {})) == (
        "API_CONFIGURATION_ERROR: no integration response matches 400, and no default"
    )


def respond(response, answered, override=None):
    return map_response(integration(responses=(response,)), answered, scopes(), override or {})


def test_without_templates_the_body_passes_as_json():
    answered = HttpResponse(200, {"content-type": "text/csv"}, b"1,2")
    assert respond(IntegrationResponse(None, 200), answered) == HttpResponse(
        200, {"content-type": "application/json"}, b"1,2"
    )


def test_answered_bytes_that_are_no_text_are_replaced():
    assert respond(IntegrationResponse(None, 200), HttpResponse(200, {}, b"\xffa")).body == (
        "\ufffda".encode()
    )


def test_half_a_surrogate_pair_reaches_the_caller_as_a_question_mark():
    templates = {"application/json": MappingTemplate("$input.path('$')")}
    answered = HttpResponse(200, {}, rb'"a\ud83d"')
    assert respond(IntegrationResponse(None, 200, templates), answered).body == b"a?"


@pytest.mark.parametrize(
    ("content_type", "answer", "body"),
    [
        ("text/csv; header=absent", "text/csv", b"csv"),
        ("application/json", "application/json", b"json"),
        ("text/html", "application/json", b"json"),
        (None, "application/json", b"json"),
    ],
)
def test_the_response_template_follows_the_integrations_content_type(content_type, answer, body):
    templates = {"text/csv": MappingTemplate("csv"), "application/json": MappingTemplate("json")}
    headers = {"content-type": content_type} if content_type else {}
    response = respond(IntegrationResponse(None, 200, templates), HttpResponse(200, headers))
    assert (response.headers["content-type"], response.body) == (answer, body)


def test_only_mapped_headers_reach_the_caller_and_overrides_win():
    template = MappingTemplate(
        "#set($context.responseOverride.status = '503')"
        "#set($context.responseOverride.header.Retry-After = 1)"
        "$context.requestOverride.path.id"
    )
    headers = {
        "x-variant": Source(INTEGRATION_HEADER, "x-variant"),
        "retry-after": Source(STATIC, "9"),
        "x-none": Source(INTEGRATION_HEADER, "x-none"),
    }
    response = respond(
        IntegrationResponse(None, 200, {"application/json": template}, headers),
        HttpResponse(200, {"x-variant": "a", "x-internal": "secret"}),
        {"path": {"id": "kept"}},
    )
    assert response == HttpResponse(
        503,
        {"content-type": "application/json", "x-variant": "a", "retry-after": "1"},
        b"kept",
    )


@pytest.mark.parametrize("status", ["abc", "99", "600", "200.0", "", "2000"])
def test_an_override_that_is_no_status_is_a_configuration_error(status):
    template = MappingTemplate(f"#set($context.responseOverride.status = '{status}')")
    response = IntegrationResponse(None, 200, {"application/json": template})
    assert refused(lambda: respond(response, HttpResponse(200))) == (
        f"API_CONFIGURATION_ERROR: {status!r} is no HTTP status"
    )


@pytest.mark.parametrize("body", ["", "{}", "[]", "x", '{"statusCode": "ok"}', "[" * 100_000])
def test_a_mock_without_status_code_is_a_configuration_error(body):
    rule = integration(templates={}, passthrough=Passthrough.WHEN_NO_MATCH)
    request = map_request(rule, scopes(), body.encode())
    assert refused(lambda: mock_response(request)).startswith("API_CONFIGURATION_ERROR: ")


def test_a_mock_answers_with_its_status_code():
    rule = integration(templates={"application/json": MappingTemplate('{"statusCode": 204}')})
    assert mock_response(map_request(rule, scopes(), b"")) == HttpResponse(204)


def test_a_header_value_cannot_end_its_line():
    assert safe_headers({"a": "x\r\nset-cookie: y\x00\tz"}) == {"a": "x  set-cookie: y \tz"}


PNG = b"\x89PNG"
PNG_TEXT = b"iVBORw=="
TO_BINARY, TO_TEXT = ContentHandling


@pytest.mark.parametrize(
    ("content_type", "handling", "body", "arrived"),
    [
        ("image/png", None, PNG, PNG),
        ("image/png", TO_BINARY, PNG, PNG),
        ("image/png", TO_TEXT, PNG, PNG_TEXT),
        ("text/plain", None, PNG_TEXT, PNG_TEXT),
        ("text/plain", TO_BINARY, PNG_TEXT, PNG),
        ("text/plain", TO_TEXT, PNG_TEXT, PNG_TEXT),
    ],
)
def test_a_request_is_converted_as_aws_tells_in_its_table(content_type, handling, body, arrived):
    rule = integration(passthrough=Passthrough.WHEN_NO_MATCH, content_handling=handling)
    assert map_request(rule, scopes(content_type), body, ("image/*",)).body == arrived


@pytest.mark.parametrize(
    ("answered", "accept", "handling", "body", "arrived"),
    [
        ("text/plain", "text/plain", None, PNG_TEXT, PNG_TEXT),
        ("text/plain", "text/plain", TO_BINARY, PNG_TEXT, PNG),
        ("text/plain", "text/plain", TO_TEXT, PNG_TEXT, PNG_TEXT),
        ("text/plain", "image/png", None, PNG_TEXT, PNG),
        ("text/plain", "image/png", TO_BINARY, PNG_TEXT, PNG),
        ("text/plain", "image/png", TO_TEXT, PNG_TEXT, PNG_TEXT),
        ("image/png", "text/plain", None, PNG, PNG_TEXT),
        ("image/png", "text/plain", TO_BINARY, PNG, PNG),
        ("image/png", "text/plain", TO_TEXT, PNG, PNG_TEXT),
        ("image/png", "image/png, text/plain", None, PNG, PNG),
        ("image/png", "image/png", TO_BINARY, PNG, PNG),
        ("image/png", "image/png", TO_TEXT, PNG, PNG_TEXT),
    ],
)
def test_an_answer_is_converted_as_aws_tells_in_its_table(
    answered, accept, handling, body, arrived
):
    rule = integration(responses=(IntegrationResponse(None, 200, content_handling=handling),))
    response = HttpResponse(200, {"content-type": answered}, body)
    mapped = map_response(rule, response, scopes(headers={"accept": accept}), {}, ("image/*",))
    assert mapped.body == arrived


def test_a_text_that_is_no_base64_becomes_no_binary():
    rule = integration(
        passthrough=Passthrough.WHEN_NO_MATCH, content_handling=ContentHandling.CONVERT_TO_BINARY
    )
    message = refused(lambda: map_request(rule, scopes("text/csv"), b"1,2"))
    assert message.startswith(
        "API_CONFIGURATION_ERROR: a payload that is to become binary: Only base64 data is allowed"
    )


def test_a_binary_payload_has_no_template_unless_it_becomes_text():
    templates = {"image/png": MappingTemplate("text:$input.body")}
    message = refused(
        lambda: map_request(integration(templates=templates), scopes("image/png"), PNG, ("*/*",))
    )
    assert message == (
        "API_CONFIGURATION_ERROR: a template for a binary payload, which is passed through only"
    )
    rule = integration(templates=templates, content_handling=ContentHandling.CONVERT_TO_TEXT)
    mapped = map_request(rule, scopes("image/png"), PNG, ("*/*",))
    assert mapped.body == b"text:" + PNG_TEXT
