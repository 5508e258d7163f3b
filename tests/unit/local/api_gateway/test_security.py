import pytest

from local.api_gateway.json_reader import DocumentError, Node
from local.api_gateway.security import Scheme, parse_requirement, parse_schemes

KEY = {"type": "apiKey", "in": "header", "name": "x-api-key"}
SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "x-amazon-apigateway-authtype": "awsSigv4",
}
SCHEMES = {"key": Scheme.API_KEY, "iam": Scheme.SIGNATURE}


def test_a_scheme_is_an_api_key_or_a_signature():
    assert parse_schemes(Node("schemes", {"key": KEY, "iam": SIGNATURE})) == SCHEMES


@pytest.mark.parametrize(
    ("security", "asked"),
    [
        (None, set()),
        ([], set()),
        ([{}], set()),
        ([{"key": []}], {Scheme.API_KEY}),
        ([{"iam": []}], {Scheme.SIGNATURE}),
        ([{"key": [], "iam": []}], {Scheme.API_KEY, Scheme.SIGNATURE}),
    ],
)
def test_an_operation_asks_for_all_schemes_of_its_requirement(security, asked):
    node = None if security is None else Node("security", security)
    assert parse_requirement(node, SCHEMES) == asked


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "oauth2"}, 's.iam.type: "oauth2" is not supported. Supported: apiKey.'),
        ({"in": "query"}, 's.iam.in: "query" is not supported. Supported: header.'),
        (
            {"name": "cookie"},
            's.iam.name: "cookie" is not supported. Supported: x-api-key or Authorization.',
        ),
        (
            {"x-amazon-apigateway-authtype": "cognito_user_pools"},
            's.iam.x-amazon-apigateway-authtype: "cognito_user_pools" is not supported. '
            "Supported: awsSigv4.",
        ),
    ],
)
def test_another_scheme_is_refused_by_name(change, message):
    with pytest.raises(DocumentError) as refusal:
        parse_schemes(Node("s", {"iam": SIGNATURE | change}))
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("security", "message"),
    [
        ([{"other": []}], "s[0].other: [] is not supported. Supported: the keys key, iam."),
        (
            [{"key": []}, {}],
            's: [{"key": []}, {}] is not supported. Supported: at most one security requirement.',
        ),
    ],
)
def test_another_requirement_is_refused_by_name(security, message):
    with pytest.raises(DocumentError) as refusal:
        parse_requirement(Node("s", security), SCHEMES)
    assert str(refusal.value) == message
