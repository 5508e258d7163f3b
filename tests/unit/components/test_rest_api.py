"""One document, deployed on a stage."""

import hashlib

import pulumi
import pytest

from components.config.gateway import Cors, Waf
from components.rest_api import RestApi
from tests.unit.components.conftest import CONTEXT, KEY_ARN, stack_config

DEPLOYMENT = "aws:apigateway/deployment:Deployment"
DOCUMENT = {"openapi": "3.0.1", "info": {"title": "api", "version": "1"}, "paths": {}}
WAF = Waf.model_validate({"rate": "2000/5min"})
PLANS = stack_config(routes={"/iris": {"endpoint": "iris"}}).direct.plans


@pytest.fixture
def make_api(deploy):
    def make(document, plans=PLANS, waf=None):
        def program():
            dependency = pulumi.CustomResource("test:index:Dependency", "dependency")
            api = RestApi(
                "direct",
                {
                    "context": CONTEXT,
                    "document": document,
                    "plans": plans,
                    "throttle": PLANS["standard"].throttle,
                    "methods": [],
                    "waf": waf,
                    "cors": Cors(origin="https://a.example"),
                    "tracing": True,
                    "key_arn": KEY_ARN,
                    "log_retention_days": 30,
                    "callable_after": [dependency],
                },
            )
            return {"url": api.url, "invoke_arn": api.invoke_arn, "clients": list(api.api_keys)}

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
    assert stack.result == {
        "url": "https://api.example/live",
        "invoke_arn": "execution-arn:direct-stage",
        "clients": ["shop"],
    }


def test_the_deployment_follows_the_text_of_the_document(stack, make_api):
    body = stack.one("aws:apigateway/restApi:RestApi").inputs["body"]
    triggers = {"document": hashlib.sha256(body.encode()).hexdigest()}
    assert stack.one(DEPLOYMENT).inputs["triggers"] == triggers
    reordered = make_api(dict(reversed(DOCUMENT.items())))
    assert reordered.one(DEPLOYMENT).inputs["triggers"] == triggers
    changed = make_api({**DOCUMENT, "paths": {"/iris": {}}})
    assert changed.one(DEPLOYMENT).inputs["triggers"] != triggers


def test_a_new_deployment_serves_before_the_old_one_goes(stack):
    deployment = stack.one(DEPLOYMENT)
    assert not deployment.deleted_first
    assert stack.one("aws:apigateway/stage:Stage").inputs["deployment"] == "id:direct-deployment"


def test_the_api_is_deployed_after_what_it_calls(stack):
    assert "test:index:Dependency::dependency" in stack.one(DEPLOYMENT).depends_on


def test_the_throttle_is_the_stages(stack):
    [made] = stack.all("aws:apigateway/methodSettings:MethodSettings")
    assert made.inputs["settings"]["throttlingRateLimit"] == 50.0


def test_without_plans_there_are_no_keys(make_api):
    stack = make_api(DOCUMENT, plans={})
    assert stack.all("aws:apigateway/apiKey:ApiKey") == []
    assert stack.all("ml-gateway:index:UsagePlans") == []
    assert stack.result["clients"] == []


def test_a_web_acl_stands_before_it_where_the_config_says_so(stack, make_api):
    assert stack.all("ml-gateway:index:WebAcl") == []
    guarded = make_api(DOCUMENT, waf=WAF)
    association = guarded.one("aws:wafv2/webAclAssociation:WebAclAssociation")
    assert association.inputs["resourceArn"] == "arn:direct-stage"
    assert "https://a.example" in str(guarded.one("aws:wafv2/webAcl:WebAcl").inputs["rules"])


def test_all_parts_are_children_of_the_component(make_api):
    stack = make_api(DOCUMENT, waf=WAF)
    component = "ml-gateway:index:RestApi::direct"
    parts = {
        r.type.rpartition(":")[2]
        for r in stack.resources
        if r.type != "test:index:Dependency" and r.parent == component
    }
    assert parts == {"RestApi", "Deployment", "ApiStage", "UsagePlans", "WebAcl"}
