"""Lambda functions: who may call them, what they run on and what they carry."""

import pytest

from gateway_policies import functions
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.verdicts import judged

NOT_KNOWN = "not known at preview, so not checked before the update"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"principal": "s3.amazonaws.com"}, []),
        ({"principal": "arn:aws:iam::123456789012:role/a*"}, []),
        ({"principal": "*"}, ['violation principal: "*"']),
        ({"principal": "*", "functionUrlAuthType": "NONE"}, ['violation principal: "*"']),
        (
            {"principal": "arn:aws:iam::*:root"},
            ['violation principal: "arn:aws:iam::*:root"'],
        ),
        ({"principal": "*", "principalOrgId": "o-1"}, []),
        ({"principal": UNKNOWN}, [f"unknown principal: {NOT_KNOWN}"]),
        ({}, []),
        ({"principal": 3}, []),
    ],
)
def test_not_everybody_may_call(fields, found):
    assert judged(functions.function_public, **fields) == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::a"}, []),
        ({"principal": "s3.amazonaws.com", "sourceArn": UNKNOWN}, []),
        ({"principal": "s3.amazonaws.com", "sourceAccount": "123456789012"}, []),
        ({"principal": "s3.amazonaws.com", "sourceAccount": UNKNOWN}, []),
        ({"principal": "s3.amazonaws.com"}, ["violation sourceArn: missing"]),
        ({"principal": "s3.amazonaws.com.cn"}, ["violation sourceArn: missing"]),
        (
            {"principal": "s3.amazonaws.com", "sourceArn": "*"},
            ['violation sourceArn: "*"'],
        ),
        ({"principal": "123456789012"}, []),
        ({"principal": "arn:aws:iam::123456789012:role/a"}, []),
        ({"principal": "alexa-appkit.amazon.com", "eventSourceToken": "t"}, []),
        ({}, []),
        (
            {"principal": UNKNOWN},
            [
                "unknown sourceArn: missing, where it is not known at preview whether it matters",
            ],
        ),
    ],
)
def test_a_service_calls_for_one_source(fields, found):
    assert judged(functions.function_source, **fields) == found


@pytest.mark.parametrize(
    ("auth", "found"),
    [
        ("AWS_IAM", []),
        ("NONE", ['violation authorizationType: "NONE"']),
        (UNKNOWN, [f"unknown authorizationType: {NOT_KNOWN}"]),
    ],
)
def test_a_url_asks_who_calls(auth, found):
    assert judged(functions.function_url_auth, authorizationType=auth) == found


@pytest.mark.parametrize(
    ("runtime", "found"),
    [
        ("python3.13", []),
        ("provided.al2023", []),
        (None, []),
        ("python3.8", ['violation runtime: "python3.8"']),
        ("provided", ['violation runtime: "provided"']),
        (UNKNOWN, [f"unknown runtime: {NOT_KNOWN}"]),
    ],
)
def test_a_runtime_is_supported(runtime, found):
    assert judged(functions.function_runtime, runtime=runtime) == found


VARIABLES = {"variables": {"STAGE": "prod"}}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"environment": {}}, []),
        ({"environment": {"variables": {}}}, []),
        ({"environment": VARIABLES, "kmsKeyArn": KEY}, []),
        ({"environment": VARIABLES, "kmsKeyArn": UNKNOWN}, []),
        ({"environment": VARIABLES}, ["violation kmsKeyArn: missing"]),
        ({"environment": {"variables": {"A": UNKNOWN}}}, ["violation kmsKeyArn: missing"]),
        (
            {"environment": UNKNOWN},
            ["unknown kmsKeyArn: missing, where it is not known at preview whether it matters"],
        ),
    ],
)
def test_variables_have_a_key(fields, found):
    assert judged(functions.function_environment_cmk, **fields) == found


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        ("Active", []),
        ("PassThrough", ['violation tracingConfig.mode: "PassThrough"']),
        (None, ['violation tracingConfig.mode: missing, which means "PassThrough"']),
        (UNKNOWN, [f"unknown tracingConfig.mode: {NOT_KNOWN}"]),
    ],
)
def test_a_function_is_traced(mode, found):
    assert judged(functions.function_tracing, tracingConfig={"mode": mode}) == found


def secrets(**variables: object) -> list[str]:
    return judged(functions.function_secrets, environment={"variables": variables})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ID", "AKIAIOSFODNN7EXAMPLE"),
        ("A", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("CERT", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
        ("GIT", f"ghp_{'a1' * 18}"),
        ("URL", "postgres://admin:hunter2@db:5432/shop"),
        ("DB_PASSWORD", "hunter2"),
        ("db_password", "hunter2"),
        ("API_KEY", "abc"),
        ("TOKEN", "abc"),
    ],
)
def test_what_looks_like_a_secret_is_found_and_never_shown(name, value):
    assert secrets(STAGE="prod", **{name: value}) == [
        f"violation environment.variables.{name}: what looks like a secret, {len(value)} characters"
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db"),
        ("DB_PASSWORD", "/shop/db/password"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:db}}"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", UNKNOWN),
        ("DB_PASSWORD", 3),
        ("MAX_TOKEN", "512"),
        ("USE_TOKEN", "true"),
        ("PASSWORD_LENGTH", "long"),
        ("DB_PASSWORD_ARN", "prod"),
        ("DIGEST", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("URL", "https://example.com:8080/a@b"),
        ("URL", "postgres://db:5432/shop"),
    ],
)
def test_what_says_where_a_secret_is_is_none(name, value):
    assert secrets(**{name: value}) == []


@pytest.mark.parametrize("environment", [None, UNKNOWN, {}, {"variables": UNKNOWN}, "odd"])
def test_variables_may_be_missing_or_unknown(environment):
    assert judged(functions.function_secrets, environment=environment) == []
