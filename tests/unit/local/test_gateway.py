import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from local.control.apigateway.service import ApiGateway
from local.gateway import Gateway
from local.http import HttpRequest, HttpResponse
from local.log_delivery import LogStream, Writer

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "a", "version": "1"},
    "paths": {
        "/models/{name}": {
            "post": {
                "security": [{"key": []}],
                "parameters": [{"name": "name", "in": "path", "required": True}],
                "responses": {"200": {"description": "ok"}},
                "x-amazon-apigateway-integration": {
                    "type": "aws",
                    "httpMethod": "POST",
                    "uri": "arn:aws:apigateway:eu-central-1:runtime.sagemaker:"
                    "path/endpoints/iris/invocations",
                    "credentials": "arn:aws:iam::123456789012:role/invoke",
                    "responses": {"default": {"statusCode": "200"}},
                },
            }
        }
    },
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}}
    },
}
KEY = "value-of-the-key"


class Backend:
    """Answers with the body it gets; keeps who called."""

    def __init__(self):
        self.calls = []

    def __call__(self, principal, service, request, timeout_seconds):
        self.calls.append((str(principal), service, request.path))
        return HttpResponse(200, {"content-type": "application/json"}, request.body)


class LogLines:
    """Where access logs would go."""

    def __init__(self):
        self.lines = []

    def write(self, stream, line):
        self.lines.append((stream, line))


@pytest.fixture
def backend(services):
    services.call_service = Backend()
    return services.call_service


@pytest.fixture
def client(aws):
    return aws.client("apigateway")


@pytest.fixture
def api(client):
    """An API deployed as stage v1, with one key."""
    api = client.create_rest_api(name="a")["id"]
    client.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(DOCUMENT).encode())
    deployment = client.create_deployment(restApiId=api)["id"]
    client.create_stage(restApiId=api, stageName="v1", deploymentId=deployment)
    key = client.create_api_key(name="k", value=KEY, enabled=True)["id"]
    plan = client.create_usage_plan(name="p", apiStages=[{"apiId": api, "stage": "v1"}])["id"]
    client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    return api


@pytest.fixture
def log_lines():
    return LogLines()


@pytest.fixture
def post(services, backend, calls, log_lines, now):
    """Sends a request to the gateway of two regions, the first of which has nothing."""
    empty = SimpleNamespace(name="us-east-1", api_gateway=ApiGateway("us-east-1", lambda: now))
    gateway = Gateway(
        lambda: [empty, services], lambda: now, calls.log, log_lines, lambda key: None
    )

    def post(path, body=b'{"a":1}', key=KEY):
        headers = {"content-type": "application/json", "x-api-key": key}
        return gateway(HttpRequest("POST", path, headers, body=body, target=path))

    return post


@pytest.fixture
def update(client, api):
    """Sets values of the stage."""

    def update(values):
        operations = [{"op": "replace", "path": p, "value": v} for p, v in values.items()]
        client.update_stage(restApiId=api, stageName="v1", patchOperations=operations)

    return update


def test_a_request_goes_through_the_stage_to_the_service(post, api, backend):
    answer = post(f"/{api}/v1/models/iris")
    assert (answer.status, answer.body) == (200, b'{"a":1}')
    assert answer.headers["content-type"] == "application/json"
    assert backend.calls == [
        (
            "role:arn:aws:iam::123456789012:role/invoke",
            "runtime.sagemaker",
            "/endpoints/iris/invocations",
        )
    ]


@pytest.mark.parametrize(
    "path", ["/", "/nothing/v1/models/iris", "/{api}/v2/models/iris", "/{api}"]
)
def test_an_api_or_a_stage_that_is_not_there_is_forbidden_as_on_aws(post, api, path):
    answer = post(path.format(api=api))
    assert (answer.status, answer.body) == (403, b'{"message":"Forbidden"}')
    assert answer.headers["content-type"] == "application/json"


def test_the_path_arrives_as_it_was_sent(post, api, calls):
    post(f"/{api}/v1/models/a%2Fb%20c")
    assert calls.lines()[0]["resource"].endswith(f":{api}/v1/POST/models/a%2Fb%20c")


def test_the_caller_is_logged_by_the_key_s_id_and_never_its_value(post, api, calls):
    post(f"/{api}/v1/models/iris")
    [line] = calls.lines()
    assert line["principal"].startswith("api-key:")
    assert KEY not in json.dumps(line)


def test_a_key_that_comes_or_goes_is_known_at_the_next_request(post, api, client):
    assert post(f"/{api}/v1/models/iris", key="another").status == 403
    assert post(f"/{api}/v1/models/iris").status == 200
    key = client.create_api_key(name="n", value="another", enabled=True)["id"]
    plan = client.create_usage_plan(name="q", apiStages=[{"apiId": api, "stage": "v1"}])["id"]
    client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    assert post(f"/{api}/v1/models/iris", key="another").status == 200
    client.delete_usage_plan_key(usagePlanId=plan, keyId=key)
    assert post(f"/{api}/v1/models/iris", key="another").status == 403


def test_a_deployment_changes_what_the_next_request_meets(post, api, client):
    assert post(f"/{api}/v1/models/iris").status == 200
    moved = {**DOCUMENT, "paths": {"/roses/{name}": DOCUMENT["paths"]["/models/{name}"]}}
    client.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(moved).encode())
    assert post(f"/{api}/v1/roses/red").status == 403
    deployment = client.create_deployment(restApiId=api)["id"]
    operation = {"op": "replace", "path": "/deploymentId", "value": deployment}
    client.update_stage(restApiId=api, stageName="v1", patchOperations=[operation])
    assert post(f"/{api}/v1/roses/red").status == 200
    assert post(f"/{api}/v1/models/iris").status == 403


def test_requests_are_logged_where_the_stage_says_as_the_accounts_role(
    post, api, client, log_lines
):
    post(f"/{api}/v1/models/iris")
    assert log_lines.lines == []
    group = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/apigateway/a:*"
    values = {"destinationArn": group, "format": "$context.requestId $context.status"}
    operations = [
        {"op": "replace", "path": f"/accessLogSettings/{name}", "value": value}
        for name, value in values.items()
    ]
    client.update_stage(restApiId=api, stageName="v1", patchOperations=operations)
    answer = post(f"/{api}/v1/models/iris")
    line = f"{answer.headers['x-amzn-requestid']} 200"
    nobody = Writer("apigateway.amazonaws.com", "", finds_groups=True)
    stream = LogStream("eu-central-1", "/aws/apigateway/a", "access", nobody)
    assert log_lines.lines == [(stream, line)]

    role = "arn:aws:iam::123456789012:role/logs"
    settings = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
    client.update_account(patchOperations=settings)
    post(f"/{api}/v1/models/iris")
    assert log_lines.lines[1][0] == replace(stream, writer=replace(nobody, role_arn=role))


def test_a_stage_that_is_deleted_answers_no_more(post, api, client):
    assert post(f"/{api}/v1/models/iris").status == 200
    client.delete_stage(restApiId=api, stageName="v1")
    assert post(f"/{api}/v1/models/iris").status == 403


def test_a_throttle_outlives_a_change_of_its_stage(post, api, update):
    update({"/*/*/throttling/rateLimit": "0.1", "/*/*/throttling/burstLimit": "2"})
    assert post(f"/{api}/v1/models/iris").status == 200
    update({"/variables/tier": "gold"})
    statuses = [post(f"/{api}/v1/models/iris").status for _ in range(2)]
    assert statuses == [200, 429]


def test_a_quota_outlives_a_change_of_its_plan(post, api, client):
    [plan] = client.get_usage_plans()["items"]
    operations = [
        {"op": "replace", "path": f"/quota/{name}", "value": value}
        for name, value in (("limit", "2"), ("period", "DAY"))
    ]
    client.update_usage_plan(usagePlanId=plan["id"], patchOperations=operations)
    assert post(f"/{api}/v1/models/iris").status == 200
    operation = {"op": "replace", "path": "/description", "value": "tight"}
    client.update_usage_plan(usagePlanId=plan["id"], patchOperations=[operation])
    statuses = [post(f"/{api}/v1/models/iris").status for _ in range(2)]
    assert statuses == [200, 429]


@pytest.fixture
def cached(post, api, update, backend):
    """Caches POST and sends one; answers how many more reach the service."""
    caching = "/~1models~1{name}/POST/caching"
    update({"/cacheClusterEnabled": "true", f"{caching}/enabled": "true"})
    post(f"/{api}/v1/models/iris")

    def cached():
        before = len(backend.calls)
        post(f"/{api}/v1/models/iris")
        return len(backend.calls) - before

    return cached


def test_a_cache_outlives_a_deployment(cached, client, api, update):
    assert cached() == 0
    renamed = {**DOCUMENT, "info": {"title": "b", "version": "2"}}
    client.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(renamed).encode())
    update({"/deploymentId": client.create_deployment(restApiId=api)["id"]})
    assert cached() == 0


def test_a_cache_that_is_flushed_or_resized_begins_empty(cached, client, api, update):
    client.flush_stage_cache(restApiId=api, stageName="v1")
    assert (cached(), cached()) == (1, 0)
    update({"/cacheClusterSize": "1.6"})
    assert (cached(), cached()) == (1, 0)


def test_the_cache_of_a_stage_that_is_made_anew_begins_empty(cached, client, api):
    which = {"restApiId": api, "stageName": "v1"}
    stage = client.get_stage(**which)
    client.delete_stage(**which)
    client.create_stage(**which, deploymentId=stage["deploymentId"], cacheClusterEnabled=True)
    caching = "/~1models~1{name}/POST/caching/enabled"
    operation = {"op": "replace", "path": caching, "value": "true"}
    client.update_stage(**which, patchOperations=[operation])
    [plan] = client.get_usage_plans()["items"]
    covered = {"op": "add", "path": "/apiStages", "value": f"{api}:v1"}
    client.update_usage_plan(usagePlanId=plan["id"], patchOperations=[covered])
    assert (cached(), cached()) == (1, 0)
