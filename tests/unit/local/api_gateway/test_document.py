import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.document import parse_document
from local.api_gateway.gateway_responses import ResponseType
from local.api_gateway.json_reader import DocumentError

OPERATION = 'paths["/models/{name}"].post'
EXTENSIONS = (
    "at the root the extensions x-amazon-apigateway-gateway-responses, "
    "x-amazon-apigateway-api-key-source, x-amazon-apigateway-request-validators, "
    "x-amazon-apigateway-request-validator, x-amazon-apigateway-binary-media-types, "
    "x-amazon-apigateway-policy, x-amazon-apigateway-importexport-version; further in "
    "x-amazon-apigateway-request-validator, x-amazon-apigateway-integration, "
    "x-amazon-apigateway-authtype"
)


def test_a_document_gives_its_resources_methods_and_gateway_responses(api, document_of):
    api["x-amazon-apigateway-gateway-responses"] = {"THROTTLED": {"statusCode": 429}}
    api["x-amazon-apigateway-api-key-source"] = "HEADER"
    document = document_of(api)
    assert [resource.path for resource in document.resources] == ["/models/{name}"]
    assert list(document.resources[0].methods) == ["POST"]
    assert document.resources[0].methods["POST"].api_key_required
    assert list(document.gateway_responses) == [ResponseType.THROTTLED]


def test_what_the_document_says_of_the_api_itself_is_read(api, document_of):
    policy = {"Version": "2012-10-17", "Statement": []}
    api["info"]["description"] = "Models."
    api["x-amazon-apigateway-binary-media-types"] = ["image/png", "audio/*"]
    api["x-amazon-apigateway-policy"] = policy
    api["x-amazon-apigateway-importexport-version"] = "1.0"
    document = document_of(api)
    assert (document.title, document.description) == ("models", "Models.")
    assert document.binary_media_types == ("image/png", "audio/*")
    assert document.policy == policy


def test_a_validator_of_the_document_holds_for_operations_without_their_own(
    api, operation, document_of
):
    api["x-amazon-apigateway-request-validators"] = {
        "none": {},
        "params-only": {"validateRequestParameters": True},
    }
    api["x-amazon-apigateway-request-validator"] = "params-only"
    [parameter] = document_of(api).resources[0].methods["POST"].validator.parameters
    assert parameter.name == "name"
    operation["x-amazon-apigateway-request-validator"] = "none"
    assert document_of(api).resources[0].methods["POST"].validator.parameters == ()


def _at(api, path):
    for step in path:
        api = api[step]
    return api


POST = ("paths", "/models/{name}", "post")
BROKEN = [
    ((), "openapi", "3.1.0", 'openapi: "3.1.0" is not supported. Supported: 3.0.x.'),
    (
        (), "security", [{"key": []}],
        'security: [{"key": []}] is not supported. Supported: the keys openapi, info, servers, '
        "tags, externalDocs, paths, components, x-amazon-apigateway-gateway-responses, "
        "x-amazon-apigateway-api-key-source, x-amazon-apigateway-request-validators, "
        "x-amazon-apigateway-request-validator, x-amazon-apigateway-binary-media-types, "
        "x-amazon-apigateway-policy, x-amazon-apigateway-importexport-version.",
    ),
    (
        ("info",), "x-amazon-apigateway-policy", {},
        f"info.x-amazon-apigateway-policy: {{}} is not supported. Supported: {EXTENSIONS}.",
    ),
    (
        (), "x-amazon-apigateway-cors", {},
        f"x-amazon-apigateway-cors: {{}} is not supported. Supported: {EXTENSIONS}.",
    ),
    (
        (), "x-amazon-apigateway-minimum-compression-size", 1000,
        "x-amazon-apigateway-minimum-compression-size: 1000 is not supported. "
        f"Supported: {EXTENSIONS}.",
    ),
    (
        (), "x-amazon-apigateway-importexport-version", "2.0",
        'x-amazon-apigateway-importexport-version: "2.0" is not supported. Supported: 1.0.',
    ),
    (
        (), "x-amazon-apigateway-request-validator", "all",
        'x-amazon-apigateway-request-validator: "all" is not supported. '
        "Supported: no validator, for none is defined.",
    ),
    (
        (), "x-amazon-apigateway-api-key-source", "AUTHORIZER",
        'x-amazon-apigateway-api-key-source: "AUTHORIZER" is not supported. Supported: HEADER.',
    ),
    (
        ("paths", "/models/{name}"), "x-amazon-apigateway-any-method", {},
        'paths["/models/{name}"].x-amazon-apigateway-any-method: {} is not supported. '
        f"Supported: {EXTENSIONS}.",
    ),
    (
        ("paths",), "/models/{other}", {},
        'paths: "/models/{other}" is not supported. '
        "Supported: one variable below /models, which is {name}.",
    ),
    (
        ("paths",), "/files/{rest+}/x", {},
        'paths: "/files/{rest+}/x" is not supported. '
        "Supported: /, /name, /{name} and a last segment {name+}.",
    ),
    (
        ("paths",), "/a//b", {},
        'paths: "/a//b" is not supported. '
        "Supported: /, /name, /{name} and a last segment {name+}.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("place", "key", "value", "message"), BROKEN)
def test_what_the_runtime_lacks_is_refused_by_name(api, document_of, place, key, value, message):
    _at(api, place)[key] = value
    with pytest.raises(DocumentError) as refusal:
        document_of(api)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("place", "key", "message"),
    [
        ((), "openapi", "openapi: null is not supported. Supported: 3.0.x."),
        ((), "paths", "paths: null is not supported. Supported: an object of paths."),
        ((), "info", "info: null is not supported. Supported: an object with a title."),
        (("info",), "title", "info.title: null is not supported. Supported: the name of the API."),
        (
            POST,
            "x-amazon-apigateway-integration",
            f"{OPERATION}.x-amazon-apigateway-integration: null is not supported. "
            "Supported: an integration.",
        ),
    ],
)
def test_what_is_missing_is_named(api, document_of, place, key, message):
    del _at(api, place)[key]
    with pytest.raises(DocumentError) as refusal:
        document_of(api)
    assert str(refusal.value) == message


def test_a_text_that_is_not_json_is_refused():
    with pytest.raises(DocumentError) as refusal:
        parse_document("openapi: 3.0.1")
    assert str(refusal.value) == (
        '(document): "openapi: 3.0.1" is not supported. '
        "Supported: a JSON text (Expecting value: line 1 column 1 (char 0))."
    )


def test_a_key_that_an_object_repeats_is_refused(api):
    text = json.dumps(api).replace('"security": ', '"security": [], "security": ')
    with pytest.raises(DocumentError) as refusal:
        parse_document(text)
    assert str(refusal.value) == (
        '(document): "security" is not supported. '
        "Supported: objects that have each key once; this key is repeated."
    )


def test_a_text_nested_too_deeply_is_refused():
    with pytest.raises(DocumentError, match=r"^\(document\): .*a JSON text \(maximum recursion"):
        parse_document("[" * 100_000)


@given(st.text() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["openapi", "paths", "/a", "get", "responses", "components"]), inner
    ),
).map(json.dumps))  # fmt: skip
def test_any_text_is_a_document_or_a_refusal(text):
    with contextlib.suppress(DocumentError):
        parse_document(text)
