"""The files of the web page in the document."""

import json
from dataclasses import replace

import pytest

from components.openapi.api import Page, PageFile
from components.openapi.document import build_document
from local.api_gateway.document import parse_document
from tests.unit.components.openapi.conftest import API, CORS, IRIS, ROUTES, SIGNED

PAGE = Page(
    path="/try",
    bucket="p-page",
    role_arn="arn:aws:iam::123456789012:role/p-read",
    files=[PageFile("index.html", "text/html", "0f/index.html"), PageFile("a.js", "text/js", "a")],
)
SHOWN = replace(API, page=PAGE)


def operation(api=SHOWN, path="/try/index.html"):
    [(method, found)] = build_document(api)["paths"][path].items()
    assert method == "get"
    return found


def integration():
    return operation()["x-amazon-apigateway-integration"]


def test_each_file_has_a_path_of_its_own_behind_the_routes():
    paths = list(build_document(SHOWN)["paths"])
    assert paths == [*(route.path for route in ROUTES), "/try/index.html", "/try/a.js"]
    assert list(build_document(API)["paths"]) == [route.path for route in ROUTES]


def test_a_file_is_one_object_read_as_the_pages_role():
    found = integration()
    assert found["uri"] == "arn:aws:apigateway:eu-central-1:s3:path/p-page/0f/index.html"
    assert (found["type"], found["httpMethod"]) == ("aws", "GET")
    assert found["credentials"] == PAGE.role_arn


def test_nothing_of_a_request_goes_on():
    assert "requestParameters" not in integration()
    assert "parameters" not in operation()
    document = parse_document(json.dumps(build_document(SHOWN)))
    [parsed] = [r.methods["GET"].integration for r in document.resources if "index" in r.path]
    assert (parsed.headers, parsed.query) == ({}, {})
    [template] = parsed.templates.values()
    assert "$" not in integration()["requestTemplates"]["application/json"]
    assert parsed.passthrough == "NEVER"
    assert template


def test_anybody_may_have_a_file_and_the_document_says_so():
    assert operation()["security"] == []
    assert operation(replace(SIGNED, page=PAGE))["security"] == []


def test_with_iam_anybody_may_get_what_is_in_the_folder_and_nothing_else():
    policy = build_document(replace(SIGNED, page=PAGE))["x-amazon-apigateway-policy"]
    [opened] = [s for s in policy["Statement"] if s["Principal"] == "*"]
    assert opened["Resource"] == "execute-api:/live/GET/try/*"
    assert opened["Action"] == "execute-api:Invoke"


def test_every_header_says_what_browsers_are_to_do():
    found = integration()["responses"][r"2\d{2}"]["responseParameters"]
    assert {name.rpartition(".")[2]: value for name, value in found.items()} == {
        "Cache-Control": "'no-cache'",
        "Content-Security-Policy": (
            "'default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script''"
        ),
        "Content-Type": "'text/html'",
        "Referrer-Policy": "'no-referrer'",
        "X-Content-Type-Options": "'nosniff'",
    }


def test_what_s3_refuses_is_a_failure_in_our_words():
    answer = integration()["responses"]["default"]
    assert answer["statusCode"] == "502"
    assert json.loads(answer["responseTemplates"]["application/json"]) == {
        "error": {"code": "PageUnavailable", "message": "The page cannot be read. Try again."}
    }


@pytest.mark.parametrize("api", [SHOWN, replace(SIGNED, page=PAGE, cors=CORS)])
def test_the_gateway_takes_the_document(api):
    document = parse_document(json.dumps(build_document(api)))
    [method] = [r.methods["GET"] for r in document.resources if r.path == "/try/index.html"]
    assert (method.api_key_required, method.signature_required) == (False, False)
    [iris] = [r.methods["POST"] for r in document.resources if r.path == IRIS.path]
    assert iris.api_key_required or iris.signature_required


def test_each_part_of_a_page_is_part_of_the_text():
    changed = [
        replace(PAGE, path="/page"),
        replace(PAGE, bucket="q-page"),
        replace(PAGE, role_arn="arn:aws:iam::123456789012:role/q"),
        replace(PAGE, files=PAGE.files[:1]),
        replace(PAGE, files=[replace(PAGE.files[0], key="1f/index.html")]),
    ]
    texts = {json.dumps(build_document(replace(API, page=page))) for page in (PAGE, *changed)}
    assert len(texts) == 1 + len(changed)
