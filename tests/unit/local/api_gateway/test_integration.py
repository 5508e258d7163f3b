import pytest

from local.api_gateway.json_reader import DocumentError
from local.api_gateway.model import CacheKey, IntegrationType, Passthrough, Service
from local.api_gateway.parameters import INTEGRATION_HEADER, METHOD_HEADER, Source
from local.api_gateway.payload import ContentHandling

HERE = 'paths["/models/{name}"].post.x-amazon-apigateway-integration'


def only_integration(document):
    return document.resources[0].methods["POST"].integration


def test_an_integration_of_a_service_is_read_whole(api, integration, document_of):
    integration["timeoutInMillis"] = 2500
    parsed = only_integration(document_of(api))
    assert parsed.type is IntegrationType.AWS
    assert parsed.service == Service(
        name="runtime.sagemaker",
        action_path="/endpoints/iris/invocations",
        method="POST",
        role_arn="arn:aws:iam::123456789012:role/invoke-iris",
    )
    assert parsed.timeout_seconds == 2.5
    assert parsed.passthrough is Passthrough.NEVER
    assert list(parsed.templates) == ["application/json"]
    assert parsed.headers == {"x-amzn-sagemaker-target-variant": Source(METHOD_HEADER, "x-variant")}
    answered, default = parsed.responses
    assert (answered.pattern.pattern, answered.status, default.pattern) == ("200", 200, None)
    assert answered.headers == {
        "x-served-by": Source(INTEGRATION_HEADER, "x-amzn-invoked-production-variant")
    }


def test_defaults_are_those_of_the_service(api, integration, document_of):
    for key in ("passthroughBehavior", "requestTemplates", "requestParameters"):
        del integration[key]
    parsed = only_integration(document_of(api))
    assert parsed.timeout_seconds == 29
    assert parsed.passthrough is Passthrough.WHEN_NO_MATCH
    assert (parsed.templates, parsed.headers, parsed.query) == ({}, {}, {})


def test_what_is_converted_and_what_an_answer_is_cached_by_is_read(api, integration, document_of):
    integration["contentHandling"] = "convert_to_text"
    integration["cacheKeyParameters"] = ["method.request.header.X-Variant"]
    integration["cacheNamespace"] = "shared"
    integration["responses"]["default"]["contentHandling"] = "CONVERT_TO_BINARY"
    parsed = only_integration(document_of(api))
    assert parsed.content_handling is ContentHandling.CONVERT_TO_TEXT
    assert parsed.responses[1].content_handling is ContentHandling.CONVERT_TO_BINARY
    assert parsed.cache_key == CacheKey((Source(METHOD_HEADER, "x-variant"),), namespace="shared")


def test_a_uri_may_name_stage_variables(api, integration, document_of):
    integration["uri"] = (
        "arn:aws:apigateway:eu-central-1:runtime.sagemaker:"
        "path/endpoints/${stageVariables.endpoint}/invocations"
    )
    service = only_integration(document_of(api)).service
    assert service.action_path == "/endpoints/${stageVariables.endpoint}/invocations"


def test_two_templates_for_one_content_type_are_refused_whatever_its_case(
    api, integration, document_of
):
    integration["requestTemplates"] = {"text/csv": "1", "Text/CSV": "2"}
    with pytest.raises(DocumentError) as refusal:
        document_of(api)
    assert str(refusal.value) == (
        f'{HERE}.requestTemplates["Text/CSV"]: "2" is not supported. '
        "Supported: one template for text/csv, whatever its case."
    )


def test_a_mock_needs_neither_uri_nor_role(api, integration, document_of):
    for key in ("uri", "credentials", "httpMethod"):
        del integration[key]
    integration["type"] = "MOCK"
    parsed = only_integration(document_of(api))
    assert (parsed.type, parsed.service) == (IntegrationType.MOCK, None)


BROKEN = [
    ("type", "aws_proxy", '.type: "aws_proxy" is not supported. Supported: AWS or MOCK.'),
    (
        "connectionType", "VPC_LINK",
        '.connectionType: "VPC_LINK" is not supported. Supported: the keys type, '
        "httpMethod, uri, credentials, timeoutInMillis, passthroughBehavior, requestTemplates, "
        "requestParameters, responses, contentHandling, cacheKeyParameters, cacheNamespace.",
    ),
    (
        "contentHandling", "CONVERT",
        '.contentHandling: "CONVERT" is not supported. '
        "Supported: CONVERT_TO_BINARY or CONVERT_TO_TEXT.",
    ),
    (
        "cacheKeyParameters", ["method.request.querystring.q"],
        '.cacheKeyParameters[0]: "method.request.querystring.q" is not supported. '
        "Supported: parameters that the operation declares under parameters.",
    ),
    (
        "cacheKeyParameters", ["integration.request.header.x"],
        '.cacheKeyParameters[0]: "integration.request.header.x" is not supported. '
        "Supported: 'a static value', method.request.header.NAME, "
        "method.request.querystring.NAME, method.request.path.NAME.",
    ),
    (
        "uri", "https://example.org",
        '.uri: "https://example.org" is not supported. Supported: '
        "arn:PARTITION:apigateway:REGION:SERVICE:path/PATH, with ${stageVariables.NAME} at most.",
    ),
    (
        "uri", "arn:aws:apigateway:eu-west-1:sqs:action/SendMessage",
        '.uri: "arn:aws:apigateway:eu-west-1:sqs:action/SendMessage" is not supported. Supported: '
        "arn:PARTITION:apigateway:REGION:SERVICE:path/PATH, with ${stageVariables.NAME} at most.",
    ),
    (
        "uri", "arn:aws:apigateway:eu-west-1:lambda:path/f",
        '.uri: "arn:aws:apigateway:eu-west-1:lambda:path/f" is not supported. Supported: '
        "services that answer with an HTTP status; not lambda with type AWS.",
    ),
    (
        "credentials", "arn:aws:iam::*:user/*",
        '.credentials: "arn:aws:iam::*:user/*" is not supported. '
        "Supported: the ARN of the role to call as.",
    ),
    (
        "timeoutInMillis", 30000,
        ".timeoutInMillis: 30000 is not supported. Supported: a whole number, 50 to 29000.",
    ),
    (
        "passthroughBehavior", "always",
        '.passthroughBehavior: "always" is not supported. '
        "Supported: WHEN_NO_MATCH or WHEN_NO_TEMPLATES or NEVER.",
    ),
    (
        "requestParameters", {"integration.request.path.id": "'1'"},
        '.requestParameters["integration.request.path.id"]: "\'1\'" is not supported. Supported: '
        "a mapping to integration.request.header.NAME or integration.request.querystring.NAME.",
    ),
    (
        "requestParameters", {"integration.request.header.X": "method.request.header.Undeclared"},
        '.requestParameters["integration.request.header.X"]: "method.request.header.Undeclared" '
        "is not supported. Supported: parameters that the operation declares under parameters.",
    ),
    (
        "requestParameters", {"integration.request.header.X": "method.request.body.x"},
        '.requestParameters["integration.request.header.X"]: "method.request.body.x" is not '
        "supported. Supported: 'a static value', method.request.header.NAME, "
        "method.request.querystring.NAME, method.request.path.NAME, context.NAME, "
        "stageVariables.NAME.",
    ),
    (
        "requestTemplates", {"application/json": "#if($x)"},
        '.requestTemplates["application/json"]: "#if($x)" is not supported. Supported: '
        "a template that parses (does not parse: line 1, column 8: expected #else, #elseif or "
        "#end in if directive, got:  ...).",
    ),
    (
        "requestTemplates", {"application/json": "x" * 307_201},
        f'.requestTemplates["application/json"]: "{"x" * 76}... is not supported. Supported: '
        "templates of at most 307200 bytes.",
    ),
    (
        "responses", {"default": {"statusCode": "404"}},
        '.responses.default.statusCode: "404" is not supported. '
        "Supported: statuses under responses: 200, 502.",
    ),
    (
        "responses", {"4(": {"statusCode": "502"}},
        '.responses["4("]: {"statusCode": "502"} is not supported. Supported: default or a '
        "regular expression (missing ), unterminated subpattern at position 1).",
    ),
    (
        "responses",
        {"200": {"statusCode": 200, "responseParameters": {"method.response.header.Age": "'1'"}}},
        '.responses.200.responseParameters: {"method.response.header.Age": "\'1\'"} is not '
        "supported. Supported: headers declared for 200 (x-served-by), not age.",
    ),
    (
        "responses", {"200": {"statusCode": 200, "responseTemplates": {"text/csv": "a"}}},
        '.responses.200.responseTemplates: {"text/csv": "a"} is not supported. Supported: '
        "templates of which one is for application/json.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "message"), BROKEN)
def test_what_the_runtime_lacks_is_refused_by_name(
    api, integration, document_of, key, value, message
):
    integration[key] = value
    with pytest.raises(DocumentError) as refusal:
        document_of(api)
    assert str(refusal.value) == f"{HERE}{message}"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("credentials", ".credentials: null is not supported. Supported: the ARN of the role to "
         "call as."),
        ("httpMethod", ".httpMethod: null is not supported. Supported: GET, PUT, POST, DELETE, "
         "OPTIONS, HEAD, PATCH."),
        ("type", ".type: null is not supported. Supported: AWS or MOCK."),
        ("responses", ".responses: null is not supported. Supported: an object with a default "
         "response."),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(api, integration, document_of, key, message):
    del integration[key]
    with pytest.raises(DocumentError) as refusal:
        document_of(api)
    assert str(refusal.value) == f"{HERE}{message}"
