"""One document, deployed behind keys, plans and a log."""

import hashlib
import json

import pulumi
import pytest

from components.rest_api import ACCESS_LOG_FORMAT, RestApi
from tests.unit.components.conftest import CONTEXT, KEY_ARN

DEPLOYMENT = "aws:apigateway/deployment:Deployment"
STAGE = "aws:apigateway/stage:Stage"
DOCUMENT = {"openapi": "3.0.1", "info": {"title": "api", "version": "1"}, "paths": {}}


def plan(*keys):
    return {
        "requests_per_second": 50,
        "burst": 100,
        "requests_per_day": 100_000,
        "keys": keys,
    }


@pytest.fixture
def make_api(deploy):
    def make(document, **plans):
        def program():
            dependency = pulumi.CustomResource("test:index:Dependency", "dependency")
            api = RestApi(
                "direct",
                {
                    "context": CONTEXT,
                    "document": document,
                    "plans": plans or {"standard": plan("reports", "shop")},
                    "key_arn": KEY_ARN,
                    "log_retention_days": 30,
                    "callable_after": [dependency],
                },
            )
            secret = {name: value.is_secret() for name, value in api.api_keys.items()}
            values = pulumi.Output.unsecret(pulumi.Output.all(**api.api_keys))
            return {"url": api.url, "secret": secret, "keys": values}

        return deploy(program)

    return make


@pytest.fixture
def stack(make_api):
    return make_api(DOCUMENT)


def test_the_document_is_the_api(stack):
    api = stack.one("aws:apigateway/restApi:RestApi")
    assert api.json("body") == DOCUMENT
    assert api.inputs["name"] == "ml-gateway-prod-direct"
    assert api.inputs["endpointConfiguration"] == {"types": "REGIONAL"}
    assert stack.result["url"] == "https://api.example/v1"


def test_the_deployment_follows_the_text_of_the_document(stack, make_api):
    body = stack.one("aws:apigateway/restApi:RestApi").inputs["body"]
    triggers = {"document": hashlib.sha256(body.encode()).hexdigest()}
    assert stack.one(DEPLOYMENT).inputs["triggers"] == triggers
    reordered = make_api(dict(reversed(DOCUMENT.items())))
    assert reordered.one(DEPLOYMENT).inputs["triggers"] == triggers
    changed = make_api({**DOCUMENT, "paths": {"/iris": {}}})
    assert changed.one(DEPLOYMENT).inputs["triggers"] != triggers


def test_the_api_is_deployed_after_what_it_calls(stack):
    assert "test:index:Dependency::dependency" in stack.one(DEPLOYMENT).depends_on


def test_the_stage_serves_the_deployment_and_logs_encrypted(stack):
    stage = stack.one(STAGE).inputs
    assert (stage["restApi"], stage["deployment"], stage["stageName"]) == (
        "id:direct",
        "id:direct-deployment",
        "v1",
    )
    assert stage["accessLogSettings"] == {
        "destinationArn": "arn:direct-access-log",
        "format": ACCESS_LOG_FORMAT,
    }
    assert stack.one("aws:cloudwatch/logGroup:LogGroup").inputs == {
        "name": "/aws/apigateway/ml-gateway-prod-direct",
        "kmsKeyId": KEY_ARN,
        "retentionInDays": 30,
    }


def test_the_access_log_is_one_json_object_without_bodies_and_keys():
    fields = json.loads(ACCESS_LOG_FORMAT)
    assert "\n" not in ACCESS_LOG_FORMAT
    assert all(value.startswith("$context.") for value in fields.values())
    assert not {"$context.identity.apiKey", "$context.authorizer.claims"} & set(fields.values())


def test_a_plan_limits_rate_burst_and_quota_of_this_stage(stack):
    assert stack.one("aws:apigateway/usagePlan:UsagePlan").inputs == {
        "name": "ml-gateway-prod-direct-standard",
        "apiStages": [{"apiId": "id:direct", "stage": "v1"}],
        "throttleSettings": {"rateLimit": 50.0, "burstLimit": 100},
        "quotaSettings": {"limit": 100_000, "period": "DAY"},
    }


def test_each_client_has_a_key_of_its_own_in_its_plan(make_api):
    stack = make_api(DOCUMENT, gold=plan("shop"), tin=plan("reports"))
    members = stack.all("aws:apigateway/usagePlanKey:UsagePlanKey")
    assert [member.inputs for member in members] == [
        {"usagePlanId": "id:direct-tin", "keyId": "id:direct-reports", "keyType": "API_KEY"},
        {"usagePlanId": "id:direct-gold", "keyId": "id:direct-shop", "keyType": "API_KEY"},
    ]
    assert [key.inputs["name"] for key in stack.all("aws:apigateway/apiKey:ApiKey")] == [
        "ml-gateway-prod-reports",
        "ml-gateway-prod-shop",
    ]


def test_a_client_that_changes_its_plan_keeps_its_key(make_api):
    def key_names(stack):
        return {key.name for key in stack.all("aws:apigateway/apiKey:ApiKey")}

    before = make_api(DOCUMENT, gold=plan("shop"), tin=plan("reports"))
    after = make_api(DOCUMENT, gold=plan("reports"), tin=plan("shop"))
    assert key_names(before) == key_names(after)
    members = after.all("aws:apigateway/usagePlanKey:UsagePlanKey")
    assert all(member.deleted_first for member in members), "a key is in one plan at a time"


def test_the_values_of_the_keys_are_secret(stack):
    assert stack.result["secret"] == {"reports": True, "shop": True}
    assert stack.result["keys"] == {
        "reports": "value:direct-reports",
        "shop": "value:direct-shop",
    }


def test_all_are_children_of_the_component(stack):
    children = [r for r in stack.resources if r.type.startswith("aws:")]
    assert {child.parent for child in children} == {"ml-gateway:index:RestApi::direct"}
