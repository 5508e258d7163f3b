from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.signature import Identity, verify
from local.http import HttpRequest
from local.principal import Principal, PrincipalKind

USER_ARN = "arn:aws:iam::123456789012:user/ada"
USER = Identity(Principal(PrincipalKind.USER, USER_ARN), "AIDA1", USER_ARN, secret="s3cret")
ROLE_ARN = "arn:aws:iam::123456789012:role/caller"
SESSION = Identity(
    Principal(PrincipalKind.ROLE, ROLE_ARN),
    user_id="AROA1:session",
    arn="arn:aws:sts::123456789012:assumed-role/caller/session",
    secret="other",
    token="token-of-the-session",
)
IDENTITIES = {"AKIA1": USER, "ASIA1": SESSION}
URL = "http://127.0.0.1:8080/api123/live/iris"


def signed(
    url=URL,
    body=b'{"a":1}',
    key="AKIA1",
    secret=USER.secret,
    token=None,
    region="eu-central-1",
    service="execute-api",
    headers=(),
):
    """A request as botocore signs it, now."""
    request = AWSRequest("POST", url, data=body, headers=dict(headers))
    SigV4Auth(Credentials(key, secret, token), service, region).add_auth(request)
    parts = urlsplit(url)
    sent = {name.lower(): value for name, value in request.headers.items()}
    return HttpRequest(
        "POST",
        path="/live/iris",
        headers={"host": parts.netloc, **sent},
        body=body,
        target=f"{parts.path}?{parts.query}" if parts.query else parts.path,
    )


def now():
    return datetime.now(UTC)


def changed(request, target=None, body=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {**request.headers, **named}
    return HttpRequest(
        request.method,
        request.path,
        headers={name: value for name, value in kept.items() if value is not None},
        body=request.body if body is None else body,
        target=request.target if target is None else target,
    )


def refusal(request, at=None):
    with pytest.raises(GatewayError) as error:
        verify(request, "eu-central-1", at or now(), IDENTITIES.get)
    return error.value


def test_a_request_that_botocore_signed_is_its_signers():
    assert verify(signed(), "eu-central-1", now(), IDENTITIES.get) == ("AKIA1", USER)


def test_a_session_signs_with_its_token():
    request = signed(key="ASIA1", secret="other", token="token-of-the-session")
    assert verify(request, "eu-central-1", now(), IDENTITIES.get) == ("ASIA1", SESSION)


@given(
    path=st.lists(st.sampled_from(["iris", "a%20b", "a%2Fb", "x:y", "a+b", "~", "(1)", "..", ""])),
    query=st.lists(
        st.tuples(st.sampled_from(["q", "a%20b", "A", "q-1"]), st.sampled_from(["", "1", "%C3%A9"]))
    ),
    headers=st.dictionaries(
        st.sampled_from(["x-amz-meta", "accept", "x-client"]),
        st.sampled_from(["a", "a  b", " a ", "a,b"]),
    ),
    body=st.binary(max_size=20),
)
def test_whatever_botocore_signs_verifies(path, query, headers, body):
    url = "/".join([URL, *path])
    if query:
        url += "?" + "&".join(f"{name}={value}" for name, value in query)
    request = signed(url, body, headers=headers)
    assert verify(request, "eu-central-1", now(), IDENTITIES.get) == ("AKIA1", USER)


SIGNED_WRONGLY = "The request signature we calculated does not match the signature you provided. "


@pytest.mark.parametrize(
    "forged",
    [
        lambda: changed(signed(), body=b'{"a":2}'),
        lambda: changed(signed(), target="/api123/live/roses"),
        lambda: changed(signed(), target="/api123/live/iris?q=1"),
        lambda: changed(signed(), host="127.0.0.1:9"),
        lambda: changed(signed(headers={"x-client": "me"}), x_client="you"),
        lambda: signed(secret="wrong"),
        lambda: changed(signed(), authorization=signed().headers["authorization"][:-1] + "é"),
    ],
    ids=["body", "path", "query", "host", "signed header", "secret", "no ASCII"],
)
def test_a_request_that_is_not_as_it_was_signed_is_refused(forged):
    error = refusal(forged())
    assert error.type is ResponseType.INVALID_SIGNATURE
    assert error.message.startswith(SIGNED_WRONGLY)
    assert error.error_type == "InvalidSignatureException"


def test_a_header_that_is_not_signed_may_change():
    request = changed(signed(), user_agent="a proxy")
    verify(request, "eu-central-1", now(), IDENTITIES.get)


def test_a_request_without_a_signature_has_no_token():
    error = refusal(changed(signed(), authorization=None))
    assert error.type is ResponseType.MISSING_AUTHENTICATION_TOKEN
    assert error.message == "Missing Authentication Token"


LACKS_ALL = (
    "Authorization header requires 'Credential' parameter. "
    "Authorization header requires 'Signature' parameter. "
    "Authorization header requires 'SignedHeaders' parameter."
)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"authorization": "Bearer eyJ0"}, LACKS_ALL),
        ({"authorization": ""}, LACKS_ALL),
        ({"authorization": "AWS4-HMAC-SHA256 Credential=a,, Signature"}, LACKS_ALL[54:]),
        (
            {"x_amz_date": None},
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        ),
        (
            {
                "authorization": "AWS4-HMAC-SHA256 Credential=AKIA1/20260301, "
                "SignedHeaders=host, Signature=0"
            },
            "Credential must have exactly 5 slash-delimited elements, "
            "e.g. keyid/date/region/service/term.",
        ),
    ],
)
def test_a_signature_that_lacks_a_part_is_incomplete(headers, message):
    error = refusal(changed(signed(), **headers))
    assert (error.type, error.error_type) == (
        ResponseType.INVALID_SIGNATURE,
        "IncompleteSignatureException",
    )
    assert error.message == message


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (lambda: signed(region="eu-west-1"), "Credential should be scoped to a valid region."),
        (
            lambda: signed(service="sagemaker"),
            "Credential should be scoped to correct service: 'execute-api'.",
        ),
        (
            lambda: changed(
                signed(),
                authorization=signed().headers["authorization"].replace("host;", ""),
            ),
            "'Host' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            lambda: changed(
                signed(),
                authorization=signed().headers["authorization"].replace("aws4_", "aws5_"),
            ),
            "Credential should be scoped with a valid terminator: 'aws4_request'.",
        ),
        (
            lambda: changed(signed(), x_amz_date="yesterday"),
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'.",
        ),
        (
            lambda: changed(signed(), x_amz_date="20260101T000000Z"),
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{now():%Y%m%d}' != '20260101'.",
        ),
    ],
    ids=["region", "service", "host", "terminator", "date", "date of the scope"],
)
def test_a_signature_for_something_else_is_refused(request_, message):
    error = refusal(request_())
    assert error.error_type == "InvalidSignatureException"
    assert error.message == message


def test_a_month_that_is_none_is_no_date():
    request = signed()
    scope = request.headers["authorization"].replace(f"{now():%Y%m%d}", "20261301")
    error = refusal(changed(request, authorization=scope, x_amz_date="20261301T000000Z"))
    assert error.message == "Date must be in ISO-8601 'basic format'. Got '20261301T000000Z'."


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_signature_is_good_for_five_minutes(minutes):
    verify(signed(), "eu-central-1", now() + timedelta(minutes=minutes), IDENTITIES.get)


def test_a_signature_that_is_too_old_or_too_new_is_refused():
    request = signed()
    date = request.headers["x-amz-date"]
    made = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    later, earlier = made + timedelta(minutes=6), made - timedelta(minutes=6)
    assert refusal(request, at=later).message == (
        f"Signature expired: {date} is now earlier than "
        f"{later - timedelta(minutes=5):%Y%m%dT%H%M%SZ} ({later:%Y%m%dT%H%M%SZ} - 5 min.)"
    )
    assert refusal(request, at=earlier).message == (
        f"Signature not yet current: {date} is still later than "
        f"{earlier + timedelta(minutes=5):%Y%m%dT%H%M%SZ} ({earlier:%Y%m%dT%H%M%SZ} + 5 min.)"
    )


@pytest.mark.parametrize(
    "request_",
    [
        lambda: signed(key="AKIA2"),
        lambda: signed(key="ASIA1", secret="other"),
        lambda: signed(key="ASIA1", secret="other", token="token-of-another"),
        lambda: signed(token="token-of-the-session"),
    ],
    ids=["unknown key", "no token", "another token", "a token too many"],
)
def test_a_key_that_is_nobodys_is_no_valid_token(request_):
    error = refusal(request_())
    assert (error.message, error.error_type) == (
        "The security token included in the request is invalid.",
        "UnrecognizedClientException",
    )


def test_a_session_that_is_over_is_told_so():
    over = Identity(SESSION.principal, "AROA1:s", SESSION.arn, "other", "t", expired=True)
    request = signed(key="ASIA1", secret="other", token="t")
    with pytest.raises(GatewayError) as error:
        verify(request, "eu-central-1", now(), {"ASIA1": over}.get)
    assert error.value.type is ResponseType.EXPIRED_TOKEN
    assert error.value.message == "The security token included in the request is expired"


@given(st.dictionaries(
    st.sampled_from(["authorization", "x-amz-date", "host", "x-amz-security-token"]),
    st.text() | st.sampled_from([
        "AWS4-HMAC-SHA256 Credential=AKIA1/20260301/eu-central-1/execute-api/aws4_request, "
        "SignedHeaders=host;é, Signature=é",
        "20260301T120000Z",
    ]),
), st.text(), st.binary())  # fmt: skip
def test_no_request_is_more_than_refused(headers, target, body):
    request = HttpRequest("POST", "/live/iris", headers, body=body, target=f"/{target}")
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with pytest.raises(GatewayError):
        verify(request, "eu-central-1", at, IDENTITIES.get)
