"""Calls a stack's routes as its clients do, over HTTP alone."""

import json
import time
from collections.abc import Mapping
from enum import Enum, auto
from urllib.parse import urlencode

import boto3
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.acceptance.deployed import Route, Stack

CALL_SECONDS = 35.0
"""More than API Gateway's own 29 s, whose answer is to be seen."""
WAITS = 5
"""How often a refused request is sent again after the time that Retry-After says."""
LONGEST_WAIT_SECONDS = 10
"""A quota that is used up says an hour: that is a failure."""
JSON = "application/json"
INPUT_LOCATION = "x-amzn-sagemaker-inputlocation"
VARIANT = "x-amzn-invoked-production-variant"

Answer = urllib3.BaseHTTPResponse


class Who(Enum):
    """Who calls."""

    CLIENT = auto()
    """A client with a key; with IAM, the credentials of whoever runs the tests."""
    NOBODY = auto()
    """Without key or signature."""
    STRANGER = auto()
    """With a key that does not exist; with IAM, a signature made with a wrong secret."""


class Caller:
    """Sends requests and counts them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._pool = urllib3.PoolManager(maxsize=64)
        self.requests = 0

    def example(self, route: Route, *, who: Who = Who.CLIENT, **headers: str) -> Answer:
        """Sends a route its example. headers: with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if route.input_location:
            return self.call(route, {INPUT_LOCATION: route.input_location} | sent, who=who)
        if route.query:
            return self.call(route, {"accept": JSON} | sent, query=route.query, who=who)
        return self.call(route, {"content-type": JSON} | sent, json.dumps(route.body), who=who)

    def call(
        self,
        route: Route,
        headers: Mapping[str, str],
        body: str | bytes = b"",
        *,
        query: Mapping[str, object] | None = None,
        below: str = "",
        who: Who = Who.CLIENT,
    ) -> Answer:
        """Sends a request, and again where a limit refuses it, as Retry-After says.

        below: a path behind the route's own.
        """
        for _ in range(WAITS):
            key = self._stack.client_of(route) if route.auth == "apiKey" else None
            answer = self.send(route, headers, body, query=query, below=below, who=who, client=key)
            wait = int(answer.headers.get("retry-after", 0))
            if answer.status != 429 or not 0 < wait <= LONGEST_WAIT_SECONDS:
                break
            time.sleep(wait)
        return answer

    def send(
        self,
        route: Route,
        headers: Mapping[str, str],
        body: str | bytes = b"",
        *,
        query: Mapping[str, object] | None = None,
        below: str = "",
        who: Who = Who.CLIENT,
        client: str | None = None,
    ) -> Answer:
        """Sends one request. client: whose key it carries, where there are keys."""
        url = route.url + below + (f"?{urlencode(query)}" if query else "")
        content = body.encode() if isinstance(body, str) else body
        sent = dict(headers)
        if route.auth == "iam" and who is not Who.NOBODY:
            sent = _signed(route, url, sent, content, self._stack.region, who)
        elif client and who is not Who.NOBODY:
            wrong = "no-such-key-0000000000000000"
            sent["x-api-key"] = self._stack.api_keys[client] if who is Who.CLIENT else wrong
        self.requests += 1
        return self._pool.request(
            route.method, url, headers=sent, body=content, timeout=CALL_SECONDS, retries=False
        )


def _signed(
    route: Route, url: str, headers: Mapping[str, str], body: bytes, region: str, who: Who
) -> dict[str, str]:
    found = boto3.Session().get_credentials()
    if found is None:
        raise RuntimeError("No AWS credentials. Requests must be signed: give some.")
    own = found.get_frozen_credentials()
    secret = own.secret_key if who is Who.CLIENT else "0" * 40
    request = AWSRequest(route.method, url, dict(headers), body)
    credentials = Credentials(own.access_key, secret, own.token)
    SigV4Auth(credentials, "execute-api", region).add_auth(request)
    return dict(request.headers.items())
