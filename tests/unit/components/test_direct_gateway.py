"""Routes onto two endpoints."""

import pulumi
import pytest

from components.artifact_store import ArtifactStore
from components.direct_gateway import DirectGateway, invocation_uri, operation_name
from components.endpoint_check import check_live_endpoint
from components.model_endpoint import ModelEndpoint, VariantArgs
from components.rest_api import PlanArgs
from gateway_policies.pack import RULES
from gateway_policies.resource import Resource, Stack, plain_properties
from gateway_policies.rule import StackRule
from tests.unit.components.conftest import CONTEXT, IMAGE, KEY_ARN, packed

API = "aws:apigateway/restApi:RestApi"
ENDPOINT_ARN = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/ml-gateway-prod-"
ROLE_ARN = "arn:aws:iam::123456789012:role/ml-gateway-prod-direct-invoke"


def make_endpoint(name, store, live_check):
    variant: VariantArgs = {
        "artifact": packed(name[0]),
        "instance_type": "ml.m5.large",
        "min_instances": 1,
        "max_instances": 2,
        "weight": 1,
    }
    return ModelEndpoint(
        name,
        {
            "context": CONTEXT,
            "image": IMAGE,
            "variants": {"forest": variant},
            "invocations_per_minute": 1200,
            "key_arn": KEY_ARN,
            "log_retention_days": 30,
            "store": store,
            "live_check": live_check,
        },
    )


@pytest.fixture
def stack(deploy):
    """Three endpoints, two of them behind three routes."""

    def program():
        store = ArtifactStore("models", {"context": CONTEXT, "key_arn": KEY_ARN})
        live_check = check_live_endpoint("eu-central-1")
        iris, churn, _ = (make_endpoint(n, store, live_check) for n in ("iris", "churn", "other"))
        limits: PlanArgs = {
            "requests_per_second": 1,
            "burst": 1,
            "requests_per_day": 1,
            "keys": ["shop"],
        }
        gateway = DirectGateway(
            "direct",
            {
                "context": CONTEXT,
                "routes": {
                    "/iris": {"endpoint": iris},
                    "/v1/iris": {"endpoint": iris},
                    "/churn": {"endpoint": churn},
                },
                "plans": {"standard": limits},
                "key_arn": KEY_ARN,
                "log_retention_days": 30,
            },
        )
        return {
            "secret": gateway.routes.is_secret(),
            "routes": pulumi.Output.unsecret(gateway.routes),
        }

    return deploy(program)


def test_the_role_invokes_exactly_the_endpoints_of_the_routes(stack):
    role = stack.one("aws:iam/role:Role", "direct-invoke")
    assert role.inputs["name"] == "ml-gateway-prod-direct-invoke"
    [trust] = role.json("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}
    policy = stack.one("aws:iam/rolePolicy:RolePolicy", "direct-invoke-policy")
    assert policy.json("policy")["Statement"] == [
        {
            "Sid": "InvokeRoutedEndpoints",
            "Effect": "Allow",
            "Action": ["sagemaker:InvokeEndpoint"],
            "Resource": [f"{ENDPOINT_ARN}churn", f"{ENDPOINT_ARN}iris"],
        }
    ]


def test_each_path_is_integrated_with_its_endpoint_as_the_role(stack):
    paths = stack.one(API).json("body")["paths"]
    integrations = {
        path: methods["post"]["x-amazon-apigateway-integration"] for path, methods in paths.items()
    }
    assert {path: i["uri"].rpartition(":")[2] for path, i in integrations.items()} == {
        "/iris": "path/endpoints/ml-gateway-prod-iris/invocations",
        "/v1/iris": "path/endpoints/ml-gateway-prod-iris/invocations",
        "/churn": "path/endpoints/ml-gateway-prod-churn/invocations",
    }
    assert {i["credentials"] for i in integrations.values()} == {ROLE_ARN}


def test_the_api_is_deployed_after_its_endpoints_and_the_roles_policy(stack):
    depends_on = stack.one("aws:apigateway/deployment:Deployment").depends_on
    assert {
        "aws:iam/rolePolicy:RolePolicy::direct-invoke-policy",
        "aws:sagemaker/endpoint:Endpoint::iris",
        "aws:sagemaker/endpoint:Endpoint::churn",
    } <= set(depends_on)


def test_the_routes_say_how_to_call_them_and_are_secret_since_they_hold_a_key(stack):
    assert stack.result["secret"] is True
    assert stack.result["routes"][1] == {
        "gateway": "direct",
        "name": "v1_iris",
        "method": "POST",
        "url": "https://api.example/v1/v1/iris",
        "headers": {"x-api-key": "value:direct-shop", "content-type": "application/json"},
        "body": {"instances": [["i"]]},
    }
    assert [route["name"] for route in stack.result["routes"]] == ["iris", "v1_iris", "churn"]


def test_the_policy_pack_finds_nothing_in_the_stack(stack):
    resources = [
        Resource("", plain_properties(r.state), r.type, f"{r.type}::{r.name}")
        for r in stack.resources
    ]
    for rule in RULES:
        if isinstance(rule, StackRule):
            limits = {name: limit.default for name, limit in rule.limits.items()}
            assert list(rule.check(Stack(resources), limits)) == []
        else:
            checked = [resource for resource in resources if resource.type in rule.types]
            assert checked, rule.control.id
            assert [finding for r in checked for finding in rule.check(r)] == []


def test_api_and_role_are_children_of_the_gateway(stack):
    component = "ml-gateway:index:DirectGateway::direct"
    assert stack.one("ml-gateway:index:RestApi").parent == component
    assert stack.one("ml-gateway:index:ServiceRole", "direct-invoke").parent == component


def test_paths_that_differ_in_a_slash_and_a_dash_have_operations_of_their_own():
    assert (operation_name("/a/b"), operation_name("/a-b")) == ("a_b", "a-b")


def test_the_integration_uri_is_that_of_invoke_endpoint():
    assert invocation_uri("eu-central-1", "iris") == (
        "arn:aws:apigateway:eu-central-1:runtime.sagemaker:path/endpoints/iris/invocations"
    )
