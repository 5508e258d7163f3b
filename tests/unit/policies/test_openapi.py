"""What an OpenAPI document says to API Gateway."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.openapi import METHODS, operations, parse

SCHEMES = {
    "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
    "KEY": {"type": "apiKey", "name": "X-Api-Key", "in": "header"},
    "iam": {"type": "apiKey", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"},
    "own": {"type": "apiKey", "name": "Authorization", "x-amazon-apigateway-authorizer": {"a": 1}},
    "words": {"type": "http", "scheme": "bearer"},
    "other": {"type": "apiKey", "name": "Authorization", "in": "header"},
    "none": {"type": "apiKey", "name": "Authorization", "x-amazon-apigateway-authtype": "NONE"},
    "odd": ["apiKey"],
}


def document(operation, **more):
    paths = {"/iris": {"post": operation}}
    return {"openapi": "3.0.1", "paths": paths, "components": {"securitySchemes": SCHEMES}} | more


def only(content):
    [operation] = operations(content)
    return operation


@pytest.mark.parametrize(
    ("security", "authorized"),
    [
        ([{"key": []}], True),
        ([{"KEY": []}], True),
        ([{"iam": []}], True),
        ([{"own": []}], True),
        ([{"words": [], "iam": []}], True),
        ([{"key": []}, {"iam": []}], True),
        (None, False),
        ([], False),
        ([{}], False),
        ([{"key": []}, {}], False),
        ([{"words": []}], False),
        ([{"other": []}], False),
        ([{"none": []}], False),
        ([{"missing": []}], False),
        ([{"odd": []}], False),
        (["key"], False),
        ({"key": []}, False),
        ("key", False),
    ],
)
def test_an_operation_is_closed_by_a_scheme_that_api_gateway_knows(security, authorized):
    assert only(document({"security": security})).is_authorized is authorized


def test_the_security_of_the_whole_document_does_not_count():
    assert not only(document({}, security=[{"key": []}])).is_authorized


@pytest.mark.parametrize(
    ("auth", "authorized"),
    [({"type": "AWS_IAM"}, True), ({"type": "none"}, False), ({}, False), ("AWS_IAM", False)],
)
def test_an_operation_may_name_its_authorization(auth, authorized):
    assert only(document({"x-amazon-apigateway-auth": auth})).is_authorized is authorized


def test_swagger_has_its_schemes_elsewhere():
    swagger = {
        "swagger": "2.0",
        "securityDefinitions": SCHEMES,
        "paths": {"/": {"get": {"security": [{"key": []}]}}},
    }
    assert only(swagger).is_authorized


VALIDATORS = {
    "x-amazon-apigateway-request-validators": {
        "all": {"validateRequestBody": True, "validateRequestParameters": True},
        "body": {"validateRequestBody": True},
        "nothing": {"validateRequestBody": False},
    }
}
NAMED = "x-amazon-apigateway-request-validator"


@pytest.mark.parametrize(
    ("of_operation", "of_all", "validated"),
    [
        ("all", None, True),
        ("body", None, True),
        ("nothing", None, False),
        ("missing", None, False),
        (None, "all", True),
        ("nothing", "all", False),
        (None, None, False),
    ],
)
def test_a_validator_is_one_that_looks_at_something(of_operation, of_all, validated):
    operation = {NAMED: of_operation} if of_operation else {}
    whole = VALIDATORS | ({NAMED: of_all} if of_all else {})
    assert only(document(operation, **whole)).is_validated is validated


@pytest.mark.parametrize(
    ("method", "kind", "preflight"),
    [
        ("options", "mock", True),
        ("OPTIONS", "MOCK", True),
        ("options", "http_proxy", False),
        ("get", "mock", False),
    ],
)
def test_a_preflight_is_one_that_reaches_nothing(method, kind, preflight):
    operation = {"x-amazon-apigateway-integration": {"type": kind}}
    assert only({"paths": {"/": {method: operation}}}).is_preflight is preflight


def test_operations_are_methods_and_nothing_else_of_a_path():
    item = {"get": {}, "x-amazon-apigateway-any-method": {}, "parameters": [], "summary": "a"}
    found = operations({"paths": {"/a": item, "/b": None, "/c": {"post": None}}})
    assert [one.path for one in found] == [
        "paths./a.get",
        "paths./a.x-amazon-apigateway-any-method",
        "paths./c.post",
    ]


def test_a_body_is_json_yaml_or_an_object():
    content = document({"security": [{"key": []}]})
    for body in (content, json.dumps(content), yaml.safe_dump(content)):
        assert parse(body) == content


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "{",
        "a: b: c",
        "[]",
        "3",
        "paths: []",
        3,
        [],
        {},
        "!!python/object:os.system {}",
        "[" * 100_000,
        "&a [*a]",
    ],
)
def test_what_is_no_document(body):
    assert parse(body) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("paths", "/", "get", "options", "security", "components", "securitySchemes"),
                    *(
                        "securityDefinitions",
                        "key",
                        "type",
                        "name",
                        "x-amazon-apigateway-auth",
                        NAMED,
                    ),
                    *("x-amazon-apigateway-request-validators", "x-amazon-apigateway-integration"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(paths=st.dictionaries(st.text(max_size=3), anything, max_size=3), rest=anything)
def test_any_document_has_a_verdict(paths, rest):
    content = (rest if isinstance(rest, dict) else {}) | {"paths": paths}
    parsed = parse(json.dumps(content))
    assert parsed is not None
    for operation in operations(parsed):
        assert operation.path.startswith("paths.")


@given(
    closed=st.lists(st.sampled_from(["key", "KEY", "iam", "own"]), min_size=1),
    also=st.sets(st.sampled_from(sorted(SCHEMES))),
    method=st.sampled_from(sorted(METHODS)),
)
def test_more_schemes_in_a_requirement_never_open_it(closed, also, method):
    security = [{scheme: () for scheme in (name, *also)} for name in closed]
    content = document({}) | {"paths": {"/": {method: {"security": security}}}}
    assert only(content).is_authorized


@given(security=st.lists(st.dictionaries(st.sampled_from(sorted(SCHEMES)), st.just([]))))
def test_one_open_requirement_opens_an_operation(security: list[dict[str, list[str]]]):
    assert not only(document({"security": [*security, {}]})).is_authorized


FILE = {"type": "aws", "httpMethod": "GET", "uri": "arn:aws:apigateway:eu-west-1:s3:path/b/k/a.js"}


OPEN: list[object] = []


def read(method="get", security: list[object] | None = OPEN, **integration):
    operation: dict[str, object] = {"x-amazon-apigateway-integration": {**FILE, **integration}}
    operation |= {} if security is None else {"security": security}
    [found] = operations({"paths": {"/a.js": {method: operation}}})
    return found.file


def test_a_file_is_an_object_that_no_request_can_exchange():
    assert read() == "b/k/a.js"
    assert read(method="GET", type="AWS") == "b/k/a.js"
    assert read(uri=FILE["uri"].replace("k/a.js", "..k/a..")) == "b/..k/a.."
    assert read(requestTemplates={}) == "b/k/a.js"
    comments = "## No body.\n\n  ## #set($context.requestOverride.path.key = 1)\n"
    assert read(requestTemplates={"application/json": "", "text/plain": comments}) == "b/k/a.js"


OVERRIDE = '#set($context.requestOverride.path.key = $input.params("key"))'


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "post"},
        {"security": None},
        {"security": [{"key": []}]},
        {"type": "aws_proxy"},
        {"httpMethod": "PUT"},
        {"httpMethod": None},
        {"uri": None},
        {"uri": FILE["uri"].replace("s3", "lambda")},
        {"uri": FILE["uri"].replace("b/k/a.js", "b")},
        {"uri": FILE["uri"].replace("k/a.js", "{key}")},
        {"uri": FILE["uri"].replace("b/", "{bucket}/")},
        {"uri": FILE["uri"].replace("k/", "${stageVariables.folder}/")},
        {"uri": FILE["uri"] + "?versions"},
        {"uri": FILE["uri"] + "#a"},
        {"uri": FILE["uri"] + "%2f"},
        {"uri": FILE["uri"] + "/"},
        {"uri": FILE["uri"] + "\n"},
        {"uri": FILE["uri"] + "/.."},
        {"uri": FILE["uri"].replace("k/", "../")},
        {"uri": FILE["uri"].replace("k/", "./")},
        {"uri": FILE["uri"].replace("k/", "/")},
        {"uri": FILE["uri"].replace("b/", "../")},
        {"uri": FILE["uri"].replace("b/", "/")},
        {"requestTemplates": {"application/json": OVERRIDE}},
        {"requestTemplates": {"text/plain": "##", "application/json": f"## First\n{OVERRIDE}"}},
        {"requestTemplates": {"application/json": f"#* A block *# {OVERRIDE}"}},
        {"requestTemplates": {"application/json": "# $input.body"}},
        {"requestTemplates": {"application/json": None}},
        {"requestTemplates": ["##"]},
        {"requestParameters": {"integration.request.header.Range": "method.request.header.Range"}},
    ],
)
def test_anything_else_is_no_file(changed):
    assert read(**changed) is None
