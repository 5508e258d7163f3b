import json
from typing import Any

import pytest
import urllib3

from local.gateway import Gateway
from local.http import HttpResponse

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

    def sink(self, region, group):
        return lambda line: self.lines.append((region, group, line))


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
def url(serve, services, backend, calls, log_lines, now):
    return serve(Gateway(lambda: [services], lambda: now, calls.log, log_lines))


@pytest.fixture
def post(url):
    def post(path, body=b'{"a":1}', key=KEY):
        headers = {"content-type": "application/json", "x-api-key": key}
        return urllib3.request("POST", f"{url}{path}", body=body, headers=headers)

    return post


def test_a_request_goes_through_the_stage_to_the_service(post, api, backend):
    answer = post(f"/{api}/v1/models/iris")
    assert (answer.status, answer.json()) == (200, {"a": 1})
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
    assert (answer.status, answer.data) == (403, b'{"message":"Forbidden"}')
    assert answer.headers["content-type"] == "application/json"


def test_the_path_arrives_as_it_was_sent(post, api, calls):
    post(f"/{api}/v1/models/a%2Fb%20c?q=1")
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


def test_requests_are_logged_where_the_stage_says(post, api, client, log_lines):
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
    assert log_lines.lines == [("eu-central-1", "/aws/apigateway/a", line)]
