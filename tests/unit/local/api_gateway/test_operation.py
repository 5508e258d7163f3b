import pytest

from local.api_gateway.json_reader import DocumentError
from local.api_gateway.parameters import METHOD_HEADER, METHOD_PATH, Parameter, Source

OPERATION = 'paths["/models/{name}"].post'
VALIDATORS = {
    "all": {"validateRequestBody": True, "validateRequestParameters": True},
    "body-only": {"validateRequestBody": True},
    "params-only": {"validateRequestBody": False, "validateRequestParameters": True},
}
HEADER = Parameter("X-Client", Source(METHOD_HEADER, "x-client"), required=True)
NAME = Parameter("name", Source(METHOD_PATH, "name"), required=True)


@pytest.fixture
def validated(api, operation, document_of):
    """Gives the operation a model, a required header and a validator; answers its validator."""
    api["x-amazon-apigateway-request-validators"] = VALIDATORS
    api["components"]["schemas"] = {"Rows": {"type": "object", "required": ["rows"]}}
    schema = {"schema": {"$ref": "#/components/schemas/Rows"}}
    operation["requestBody"] = {"required": True, "content": {"Application/JSON": schema}}
    operation["parameters"].append({"name": "X-Client", "in": "header", "required": True})

    def validated(name):
        operation["x-amazon-apigateway-request-validator"] = name
        return document_of(api).resources[0].methods["POST"].validator

    return validated


def test_a_validator_checks_required_parameters_and_the_body_by_its_content_type(validated):
    validator = validated("all")
    assert validator.parameters == (NAME, HEADER)
    missing = 'object has missing required properties (["rows"])'
    assert validator.models["application/json"]({}) == [missing]


def test_a_validator_checks_no_more_than_it_says(validated):
    assert validated("body-only").parameters == ()
    assert list(validated("body-only").models) == ["application/json"]
    assert validated("params-only").parameters == (NAME, HEADER)
    assert validated("params-only").models == {}


def test_an_operation_without_a_validator_checks_nothing(api, operation, document_of):
    operation["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    validator = document_of(api).resources[0].methods["POST"].validator
    assert (validator.parameters, validator.models) == ((), {})


BROKEN = [
    (
        "x-amazon-apigateway-request-validator", "none",
        f'{OPERATION}.x-amazon-apigateway-request-validator: "none" is not supported. '
        "Supported: all or body-only or params-only.",
    ),
    (
        "parameters", [{"in": "cookie", "name": "c"}],
        f'{OPERATION}.parameters[0].in: "cookie" is not supported. '
        "Supported: header or query or path.",
    ),
    (
        "parameters", [{"$ref": "#/components/parameters/p"}],
        f'{OPERATION}.parameters[0]["$ref"]: "#/components/parameters/p" is not supported. '
        "Supported: the keys name, in, required, description, schema, example.",
    ),
    (
        "parameters", [{"in": "query", "name": "q", "required": "yes"}],
        f'{OPERATION}.parameters[0].required: "yes" is not supported. Supported: true or false.',
    ),
    (
        "parameters", [{"in": "header", "name": "X-A"}, {"in": "header", "name": "x-a"}],
        f'{OPERATION}.parameters[1]: {{"in": "header", "name": "x-a"}} is not supported. '
        "Supported: parameters declared once, whatever the case of a header's name.",
    ),
    (
        "responses", {"default": {}},
        f'{OPERATION}.responses.default: "default" is not supported. '
        "Supported: a whole number, 100 to 599.",
    ),
    (
        "requestBody", {"content": {"application/json": {"schema": {"type": "file"}}}},
        f'{OPERATION}.requestBody.content["application/json"].schema.type: "file" is not '
        "supported. Supported: array or boolean or integer or null or number or object or string.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "message"), BROKEN)
def test_what_the_runtime_lacks_is_refused_by_name(
    api, operation, document_of, key, value, message
):
    api["x-amazon-apigateway-request-validators"] = VALIDATORS
    operation[key] = value
    with pytest.raises(DocumentError) as refusal:
        document_of(api)
    assert str(refusal.value) == message
