"""Signature Version 4 of requests to execute-api, verified.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
Not here: signatures in the query (presigned URLs), SigV4A. Who may do what is not asked either:
every principal of the account whose signature is right may call.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

from botocore.utils import normalize_url_path

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.http import HttpRequest
from local.principal import Principal

SERVICE = "execute-api"
ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SKEW = timedelta(minutes=5)

_TIME = "%Y%m%dT%H%M%SZ"
_PARAMETERS = ("Credential", "Signature", "SignedHeaders")


@dataclass(frozen=True)
class Identity:
    """Who holds an access key. user_id: IAM's unique id. token: of a session, else empty."""

    principal: Principal
    user_id: str
    arn: str
    secret: str
    token: str = ""
    expired: bool = False


Credentials = Callable[[str], Identity | None]
"""Takes an access key's id, answers whose it is; None if nobody's."""


@dataclass(frozen=True)
class _Claim:
    """What an Authorization header says. scope: date, region, service, terminator."""

    access_key: str
    scope: tuple[str, ...]
    signed_headers: tuple[str, ...]
    signature: str
    date: str


def verify(
    request: HttpRequest, region: str, now: datetime, credentials: Credentials
) -> tuple[str, Identity]:
    """The access key that signed the request, and whose it is. request.target must be given.

    Raises GatewayError (403) as AWS words it for a request that is not signed, not signed well,
    not signed now, or not by a key of the account.
    """
    claim = _read(request)
    _check_scope(claim, region, now)
    identity = credentials(claim.access_key)
    token = request.headers.get("x-amz-security-token", "")
    if identity is None or not _same(identity.token, token):
        message = "The security token included in the request is invalid."
        raise _invalid(message, "UnrecognizedClientException")
    if not _same(_signature(claim, identity.secret, request), claim.signature):
        raise GatewayError(ResponseType.INVALID_SIGNATURE)
    if identity.expired:
        raise GatewayError(ResponseType.EXPIRED_TOKEN)
    return claim.access_key, identity


def _same(ours: str, theirs: str) -> bool:
    """Compares secrets in constant time."""
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))


def _read(request: HttpRequest) -> _Claim:
    header = request.headers.get("authorization")
    if header is None:
        raise GatewayError(ResponseType.MISSING_AUTHENTICATION_TOKEN, "the request is not signed")
    algorithm, _, rest = header.partition(" ")
    pairs = [pair.strip().partition("=") for pair in rest.split(",")]
    given = {name: value for name, _, value in pairs} if algorithm == ALGORITHM else {}
    date = request.headers.get("x-amz-date", "")
    lacking = [
        f"Authorization header requires '{name}' parameter."
        for name in _PARAMETERS
        if not given.get(name)
    ]
    if not date:
        lacking.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if lacking:
        raise _invalid(" ".join(lacking), "IncompleteSignatureException")
    access_key, *scope = given["Credential"].split("/")
    return _Claim(
        access_key=access_key,
        scope=tuple(scope),
        signed_headers=tuple(given["SignedHeaders"].lower().split(";")),
        signature=given["Signature"],
        date=date,
    )


def _check_scope(claim: _Claim, region: str, now: datetime) -> None:
    if not re.fullmatch(r"\d{8}T\d{6}Z", claim.date):
        raise _invalid(f"Date must be in ISO-8601 'basic format'. Got '{claim.date}'.")
    expected = (claim.date[:8], region, SERVICE, "aws4_request")
    if len(claim.scope) != len(expected):
        raise _invalid(
            "Credential must have exactly 5 slash-delimited elements, "
            "e.g. keyid/date/region/service/term.",
            "IncompleteSignatureException",
        )
    rules = (
        f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
        f"HTTP: '{claim.scope[0]}' != '{claim.date[:8]}'.",
        "Credential should be scoped to a valid region.",
        f"Credential should be scoped to correct service: '{SERVICE}'.",
        "Credential should be scoped with a valid terminator: 'aws4_request'.",
    )
    broken = [
        rule
        for seen, wanted, rule in zip(claim.scope, expected, rules, strict=True)
        if seen != wanted
    ]
    if "host" not in claim.signed_headers:
        broken.append("'Host' must be a 'SignedHeader' in the AWS Authorization.")
    if broken:
        raise _invalid(" ".join(broken))
    _check_date(claim.date, now)


def _check_date(date: str, now: datetime) -> None:
    try:
        signed = datetime.strptime(date, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise _invalid(f"Date must be in ISO-8601 'basic format'. Got '{date}'.") from error
    now = now.replace(microsecond=0)
    if signed < now - MAX_SKEW:
        earliest = f"{now - MAX_SKEW:{_TIME}} ({now:{_TIME}} - 5 min.)"
        raise _invalid(f"Signature expired: {date} is now earlier than {earliest}")
    if signed > now + MAX_SKEW:
        latest = f"{now + MAX_SKEW:{_TIME}} ({now:{_TIME}} + 5 min.)"
        raise _invalid(f"Signature not yet current: {date} is still later than {latest}")


def _signature(claim: _Claim, secret: str, request: HttpRequest) -> str:
    canonical = _canonical_request(request, claim.signed_headers)
    digest = hashlib.sha256(canonical).hexdigest()
    text = "\n".join((ALGORITHM, claim.date, "/".join(claim.scope), digest))
    key = f"AWS4{secret}".encode()
    for part in (*claim.scope, text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


def _canonical_request(request: HttpRequest, signed_headers: tuple[str, ...]) -> bytes:
    """The path is encoded a second time, as for every service but S3; the body is hashed here."""
    path, _, query = request.target.partition("?")
    pairs = sorted(_canonical_pair(pair) for pair in query.split("&") if pair)
    headers = "".join(
        f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed_headers
    )
    parts = (
        request.method,
        quote(normalize_url_path(path), safe="/~"),
        "&".join(f"{name}={value}" for name, value in pairs),
        headers,
        ";".join(signed_headers),
        hashlib.sha256(request.body).hexdigest(),
    )
    return "\n".join(parts).encode("utf-8", "surrogatepass")


def _canonical_pair(pair: str) -> tuple[str, str]:
    """Name and value, by which pairs are sorted; a sign between them would be sorted too."""
    name, _, value = pair.partition("=")
    return quote(unquote_to_bytes(name), safe="~"), quote(unquote_to_bytes(value), safe="~")


def _invalid(message: str, error_type: str | None = None) -> GatewayError:
    return GatewayError(ResponseType.INVALID_SIGNATURE, message=message, error_type=error_type)
