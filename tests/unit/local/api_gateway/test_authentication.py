import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from local.api_gateway.stage import Caching, MethodSettings, Stage
from tests.unit.local.api_gateway.test_signature import IDENTITIES, USER_ARN, signed

STAGE = Stage("live", "api123", "123456789012", "eu-central-1")
IAM = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "awsSigv4",
}


@pytest.fixture
def send(api, operation, deploy, call_lines):
    """Deploys the operation under schemes, sends it a signed request, answers what came of it."""
    api["components"]["securitySchemes"]["iam"] = IAM

    def send(*schemes, key="secret-value", sign=True):
        operation["security"] = [{scheme: [] for scheme in schemes}]
        url = "http://127.0.0.1:8080/api123/live/models/iris"
        request = signed(url)
        headers = {**request.headers, "x-api-key": key}
        if not sign:
            del headers["authorization"]
        deployed, _, lines = deploy(clock=lambda: datetime.now(UTC), credentials=IDENTITIES.get)
        path = {"path": "/live/models/iris", "headers": headers}
        answer = deployed.handle(replace(request, **path))
        call = json.loads(call_lines.getvalue().splitlines()[-1])
        return answer.status, call["principal"], json.loads(lines[-1])

    return send


def test_a_signed_request_is_its_signers(send):
    status, principal, line = send("iam")
    assert (status, principal) == (200, f"user:{USER_ARN}")
    assert (line["user"], line["key"]) == (USER_ARN, "-")


def test_a_key_is_counted_beside_the_signature_where_both_are_asked_for(send):
    status, principal, line = send("iam", "key")
    assert (status, principal) == (200, f"user:{USER_ARN}")
    assert (line["user"], line["key"]) == (USER_ARN, "key-1")


@pytest.mark.parametrize(
    ("key", "sign", "error"),
    [
        ("wrong", True, "INVALID_API_KEY"),
        ("secret-value", False, "MISSING_AUTHENTICATION_TOKEN"),
    ],
)
def test_one_of_two_is_not_enough(send, key, sign, error):
    status, _, line = send("iam", "key", key=key, sign=sign)
    assert (status, line["errorType"]) == (403, error)


def test_a_signature_that_nobody_asks_for_is_not_looked_at(send):
    status, principal, line = send("key")
    assert (status, principal, line["user"]) == (200, "api-key:key-1", "-")


def test_a_principal_of_the_account_may_renew_what_is_cached(api, operation, deploy):
    api["components"]["securitySchemes"]["iam"] = IAM
    operation["security"] = [{"iam": []}]
    cached = MethodSettings(caching=Caching(enabled=True))
    stage = replace(STAGE, cached=True, settings={"/models/{name}/POST": cached})
    deployed, backend, _ = deploy(
        clock=lambda: datetime.now(UTC), credentials=IDENTITIES.get, stage=stage
    )
    request = replace(signed("http://127.0.0.1/api123/live/models/iris"), path="/live/models/iris")
    deployed.handle(request)
    deployed.handle(request)
    assert len(backend.calls) == 1
    headers = {**request.headers, "cache-control": "max-age=0"}
    assert "warning" not in deployed.handle(replace(request, headers=headers)).headers
    assert len(backend.calls) == 2


def test_a_signer_who_may_not_call_the_method_is_denied(send, access):
    access.denied.add((USER_ARN, "execute-api:Invoke"))
    status, principal, line = send("iam")
    assert (status, principal, line["errorType"]) == (403, f"user:{USER_ARN}", "ACCESS_DENIED")
