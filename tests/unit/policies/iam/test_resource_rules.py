import pytest

from gateway_policies.iam import resource_rules as rules
from gateway_policies.iam.places import BUCKET_POLICY, ROLE
from gateway_policies.resource import UNKNOWN, Resource
from tests.unit.policies.iam.conftest import allow, judged

QUEUE = "aws:sqs/queuePolicy:QueuePolicy"
ACCOUNT = "arn:aws:iam::111122223333:root"
OURS = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
REFERER = {"StringLike": {"aws:Referer": "https://example.com/*"}}
GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"


def shared(rule, principal, of=QUEUE, action="sqs:SendMessage", **elements):
    return judged(rule, allow(action, Principal=principal, **elements), of=of)


def trusted(rule, principal, action="sts:AssumeRole", **elements):
    content = {"Effect": "Allow", "Principal": principal, "Action": action, **elements}
    return judged(rule, content, of=ROLE, name="assumeRolePolicy")


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": [ACCOUNT, "*"]},
        {"AWS": "arn:aws:iam::*:root"},
        {"AWS": "arn:aws:iam::*"},
        {"AWS": "arn:aws:iam::????????????:role/x"},
        {"Service": "*"},
    ],
)
def test_everybody_is_a_violation(principal):
    for found in (
        shared(rules.iam_public_principal, principal),
        shared(rules.iam_public_principal, principal, Condition=REFERER),
        trusted(rules.iam_public_principal, principal),
    ):
        assert len(found) == 1
        assert ".Statement[0].Principal: " in found[0]


@pytest.mark.parametrize(
    "principal",
    [{"AWS": ACCOUNT}, {"AWS": "111122223333"}, {"Service": "sns.amazonaws.com"}],
)
def test_whoever_is_named_passes(principal):
    assert shared(rules.iam_public_principal, principal) == []
    assert trusted(rules.iam_public_principal, principal) == []


def test_everybody_of_ones_own_passes_and_so_does_a_denial():
    assert shared(rules.iam_public_principal, "*", Condition=OURS) == []
    assert shared(rules.iam_public_principal, "*", Effect="Deny") == []


def test_a_trust_policy_lets_in_by_assuming_alone():
    assert trusted(rules.iam_public_principal, "*", action="s3:GetObject") == []
    assert trusted(rules.iam_public_principal, "*", action="sts:*") != []


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        (None, False),
        (
            {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:a/b:pull_request"}},
            True,
        ),
        ({"StringLike": {"token.actions.githubusercontent.com:sub": "*"}}, False),
    ],
)
def test_a_web_identity_says_who_it_is(condition, passes):
    elements = {"Condition": condition} if condition else {}
    found = trusted(
        rules.iam_public_principal,
        {"Federated": GITHUB},
        action="sts:AssumeRoleWithWebIdentity",
        **elements,
    )
    assert (found == []) is passes


def test_who_calls_an_api_is_the_apis_business_and_who_changes_it_is_not():
    token = rules.API_TYPES[1]
    assert shared(rules.iam_public_principal, "*", token, "execute-api:Invoke") == []
    assert shared(rules.iam_public_principal, "*", token, "execute-api:*") != []


def test_what_a_vpc_endpoint_lets_through_gives_nobody_a_right():
    endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint"
    assert shared(rules.iam_public_principal, "*", endpoint, "s3:GetObject") == []


def test_everybody_but_some_is_a_violation():
    content = {"Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "sqs:SendMessage"}
    assert judged(rules.iam_not_principal, content, of=QUEUE) == [
        f'policy.Statement[0].NotPrincipal: everybody but ["{ACCOUNT}"]'
    ]
    assert judged(rules.iam_not_principal, content | {"Effect": "Deny"}, of=QUEUE) == []


@pytest.mark.parametrize("principal", [ACCOUNT, "111122223333"])
def test_a_role_that_trusts_an_account_is_a_violation_unless_a_condition_narrows_it(principal):
    found = trusted(rules.iam_trust_account, {"AWS": [principal, f"{ACCOUNT[:-4]}role/ci"]})
    assert found == [f'assumeRolePolicy.Statement[0].Principal: ["{principal}"]']
    external = {"StringEquals": {"sts:ExternalId": "x"}}
    assert trusted(rules.iam_trust_account, {"AWS": principal}, Condition=external) == []
    assert shared(rules.iam_trust_account, {"AWS": principal}) == []


@pytest.mark.parametrize("principal", [{"AWS": f"{ACCOUNT[:-4]}role/ci"}, {"Service": "a"}])
def test_a_role_that_trusts_principals_passes(principal):
    assert trusted(rules.iam_trust_account, principal) == []


@pytest.mark.parametrize("service", ["scheduler.amazonaws.com", "SageMaker.amazonaws.com"])
def test_a_service_says_for_whom_it_acts(service):
    principal = {"Service": service}
    assert trusted(rules.iam_confused_deputy, principal) == [
        f'assumeRolePolicy.Statement[0].Principal: ["{service}"] for whichever account'
    ]
    assert trusted(rules.iam_confused_deputy, principal, Condition=OURS) == []
    assert shared(rules.iam_confused_deputy, principal) != []
    assert shared(rules.iam_confused_deputy, principal, Condition=OURS) == []


def test_a_service_that_cannot_say_for_whom_is_not_asked():
    principal = {"Service": "apigateway.amazonaws.com"}
    assert trusted(rules.iam_confused_deputy, principal) == []


def test_a_key_that_a_service_uses_in_a_named_context_passes():
    context = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:1:x"}}
    found = shared(
        rules.iam_confused_deputy,
        {"Service": "logs.eu-west-1.amazonaws.com"},
        "aws:kms/key:Key",
        "kms:Decrypt",
        Condition=context,
    )
    assert found == []


PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
REFUSED = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
    "Condition": PLAIN,
}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Action": "*"},
        {"Action": ["s3:Get*", "s3:Put*"]},
        {"Condition": {"BoolIfExists": {"AWS:securetransport": False}}},
    ],
)
def test_a_bucket_that_refuses_plain_http_passes(changed):
    assert judged(rules.bucket_tls_only, REFUSED | changed, of=BUCKET_POLICY) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": ACCOUNT}},
        {"Action": "s3:GetObject"},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Null": {"aws:SecureTransport": "true"}}},
    ],
)
def test_a_bucket_that_takes_plain_http_is_a_violation(changed):
    assert judged(rules.bucket_tls_only, REFUSED | changed, of=BUCKET_POLICY) == [
        "policy.Statement: no statement that denies plain HTTP"
    ]


def test_what_is_no_bucket_or_not_known_yet_is_not_asked_for_tls():
    assert shared(rules.bucket_tls_only, {"AWS": ACCOUNT}) == []
    unknown = Resource("", {"policy": UNKNOWN}, BUCKET_POLICY, "urn")
    assert list(rules.bucket_tls_only.check(unknown)) == []
