"""Routes onto endpoints."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pytest

from components.api.direct_document import document_of
from components.direct_gateway import DirectGateway
from components.endpoint.served_model import ServedModel
from gateway_policies.resource import Resource, Stack, plain_properties
from gateway_policies.rule import Finding, StackRule, Verdict
from gateway_policies.rules import RULES
from tests.unit.components.conftest import CONTEXT, KEY_ARN, stack_config

API = "aws:apigateway/restApi:RestApi"
SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
ENDPOINT_ARN = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/ml-gateway-prod-"
ROLE_ARN = "arn:aws:iam::123456789012:role/ml-gateway-prod-direct-invoke"
EXAMPLE = {"instances": [[5.1, 3.5], [6.7, 3.1]]}
EXAMPLES = {"iris": EXAMPLE, "wine": None}
INPUT = "s3://ml-gateway-prod-data/examples/batch.json"

ROUTES = {
    "/iris": {"endpoint": "iris"},
    "/v1/iris": {"endpoint": "iris", "throttle": {"rate": "5/s", "burst": 6}},
    "/iris/one": {"endpoint": "iris", "query": ["length", "width"], "cache": "60s"},
    "/batch": {"endpoint": "batch"},
}


@dataclass
class Endpoint:
    """What the gateway sees of a ModelEndpoint."""

    endpoint_name: str
    arn: str
    endpoint: pulumi.Resource
    asynchronous: bool = False
    model_names: Any = ()
    models: Any = None
    example_input: Any = None


def known(examples):
    """Models by name, of which nothing is known but an example."""
    none: dict[str, list[str]] = {"forest": []}
    return {name: ServedModel(example, None, none) for name, example in examples.items()}


def endpoint(name, **more) -> Any:
    resource = pulumi.CustomResource("test:index:Endpoint", name)
    more = {"models": known({None: None})} | more
    return Endpoint(f"ml-gateway-prod-{name}", f"{ENDPOINT_ARN}{name}", resource, **more)


@pytest.fixture
def make_gateway(deploy):
    """A gateway before three endpoints, of which one has no route."""

    def make(settings, example=EXAMPLE, example_input=INPUT):
        def program():
            batch = {
                "asynchronous": True,
                "models": known({None: example}),
                "example_input": example_input and pulumi.Output.from_input(example_input),
            }
            gateway = DirectGateway(
                "direct",
                {
                    "context": CONTEXT,
                    "settings": settings,
                    "endpoints": {
                        "iris": endpoint("iris", models=known({None: example})),
                        "batch": endpoint("batch", **batch),
                        "other": endpoint("other"),
                        "all": endpoint(
                            "all", model_names=("iris", "wine"), models=known(EXAMPLES)
                        ),
                    },
                    "key_arn": KEY_ARN,
                    "log_retention_days": 30,
                },
            )
            return {
                "secret": gateway.routes.is_secret(),
                "page": gateway.page,
                "routes": pulumi.Output.unsecret(gateway.routes),
                "clients": list(gateway.api_keys),
            }

        return deploy(program)

    return make


@pytest.fixture
def stack(make_gateway):
    return make_gateway(stack_config(routes=ROUTES).direct)


def statements(stack):
    return stack.one("aws:iam/rolePolicy:RolePolicy").json("policy")["Statement"]


def test_the_role_invokes_exactly_the_endpoints_of_the_routes_in_their_own_ways(stack):
    role = stack.one("aws:iam/role:Role", "direct-invoke")
    assert role.inputs["name"] == "ml-gateway-prod-direct-invoke"
    [trust] = role.json("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert statements(stack) == [
        {
            "Sid": "InvokeRoutedEndpoints",
            "Effect": "Allow",
            "Action": ["sagemaker:InvokeEndpoint"],
            "Resource": [f"{ENDPOINT_ARN}iris"],
        },
        {
            "Sid": "InvokeRoutedAsyncEndpoints",
            "Effect": "Allow",
            "Action": ["sagemaker:InvokeEndpointAsync"],
            "Resource": [f"{ENDPOINT_ARN}batch"],
        },
    ]


@pytest.mark.parametrize(
    ("name", "action"),
    [("iris", "sagemaker:InvokeEndpoint"), ("batch", "sagemaker:InvokeEndpointAsync")],
)
def test_without_a_route_to_it_there_is_no_right_to_it(make_gateway, name, action):
    settings = stack_config(routes={"/one": {"endpoint": name}}).direct
    [statement] = statements(make_gateway(settings))
    assert statement["Action"] == [action]
    assert statement["Resource"] == [f"{ENDPOINT_ARN}{name}"]


def test_the_api_is_the_document_of_the_config(stack):
    document = stack.one(API).json("body")
    assert document == document_of(stack_config(routes=ROUTES), CONTEXT)
    credentials = {
        operation["x-amazon-apigateway-integration"]["credentials"]
        for item in document["paths"].values()
        for operation in item.values()
    }
    assert credentials == {ROLE_ARN}


def test_the_api_is_deployed_after_its_endpoints_and_the_roles_policy(stack):
    depends_on = stack.one("aws:apigateway/deployment:Deployment").depends_on
    endpoints = {each for each in depends_on if each.startswith("test:")}
    assert endpoints == {
        "test:index:Endpoint::iris",
        "test:index:Endpoint::batch",
    }
    policy = stack.one("aws:iam/rolePolicy:RolePolicy")
    assert f"{policy.type}::{policy.name}" in depends_on


def test_routes_with_a_throttle_or_a_cache_have_settings_of_their_own(stack):
    made = {s.inputs["methodPath"]: s.inputs["settings"] for s in stack.all(SETTINGS)}
    assert set(made) == {"*/*", "~1v1~1iris/POST", "~1iris~1one/GET"}
    assert made["~1v1~1iris/POST"]["throttlingRateLimit"] == 5.0
    assert made["~1iris~1one/GET"]["cacheTtlInSeconds"] == 60
    assert not made["~1v1~1iris/POST"]["cachingEnabled"]


def test_rows_in_the_body_are_posted_with_an_example(stack):
    assert stack.result["routes"][1] == {
        "gateway": "direct",
        "name": "v1_iris",
        "method": "POST",
        "url": "https://api.example/live/v1/iris",
        "arn": "execution-arn:direct-stage/POST/v1/iris",
        "auth": "apiKey",
        "headers": {"x-api-key": "value:direct-shop", "content-type": "application/json"},
        "body": EXAMPLE,
        "query": None,
        "endpoint": "iris",
        "model": None,
        "targetVariant": False,
    }


@pytest.fixture
def several(make_gateway):
    routes = {"/all": {"endpoint": "all", "throttle": {"rate": "5/s", "burst": 6}}}
    return make_gateway(stack_config(routes=routes).direct)


def test_each_model_of_several_has_a_route_with_its_own_example_and_the_limits_of_all(several):
    routes = several.result["routes"]
    assert [(r["name"], r["model"], r["endpoint"], r["body"]) for r in routes] == [
        ("all_iris", "iris", "all", EXAMPLE),
        ("all_wine", "wine", "all", None),
    ]
    limited = {s.inputs["methodPath"] for s in several.all(SETTINGS)}
    assert limited == {"*/*", "~1all~1iris/POST", "~1all~1wine/POST"}


def test_of_several_models_the_role_asks_for_no_other_file_of_their_prefix(several):
    assert statements(several) == [
        {
            "Sid": "InvokeRoutedModels1",
            "Effect": "Allow",
            "Action": ["sagemaker:InvokeEndpoint"],
            "Resource": [f"{ENDPOINT_ARN}all"],
            "Condition": {
                "StringEquals": {"sagemaker:TargetModel": ["iris.tar.gz", "wine.tar.gz"]}
            },
        }
    ]


def test_a_query_has_one_row_of_the_example(stack):
    route = stack.result["routes"][2]
    assert (route["method"], route["body"]) == ("GET", None)
    assert route["query"] == {"length": 5.1, "width": 3.5}
    assert route["headers"] == {"x-api-key": "value:direct-shop"}


def test_an_async_request_names_the_location_of_the_example(stack):
    route = stack.result["routes"][3]
    assert (route["method"], route["body"], route["query"]) == ("POST", None, None)
    assert route["headers"] == {
        "x-api-key": "value:direct-shop",
        "x-amzn-sagemaker-inputlocation": INPUT,
    }


def test_a_model_without_an_example_has_routes_all_the_same(make_gateway):
    stack = make_gateway(stack_config(routes=ROUTES).direct, example=None, example_input=None)
    routes = stack.result["routes"]
    assert [(route["body"], route["query"]) for route in routes] == [(None, None)] * 4
    assert "x-amzn-sagemaker-inputlocation" not in routes[3]["headers"]


def test_routes_that_hold_a_key_are_secret(stack):
    assert stack.result["secret"] is True
    assert stack.result["clients"] == ["shop"]


def test_a_page_lies_beside_the_routes_and_is_read_as_a_role_of_its_own(make_gateway):
    stack = make_gateway(stack_config(routes=ROUTES, page={"path": "/try"}).direct)
    assert stack.result["page"] == "https://api.example/live/try/index.html"
    paths = stack.one(API).json("body")["paths"]
    assert set(ROUTES) < set(paths)
    pages = {path: item["get"] for path, item in paths.items() if path.startswith("/try/")}
    assert {"/try/index.html", "/try/page.js", "/try/routes.json"} <= set(pages)
    roles = {
        page["x-amazon-apigateway-integration"]["credentials"].rpartition("/")[2]
        for page in pages.values()
    }
    assert roles == {"ml-gateway-prod-direct-page-read"}
    depends_on = stack.one("aws:apigateway/deployment:Deployment").depends_on
    objects = stack.all("aws:s3/bucketObjectv2:BucketObjectv2")
    assert len(objects) == len(pages)
    assert {f"{made.type}::{made.name}" for made in objects} < set(depends_on)


def test_without_a_page_there_is_no_bucket(stack):
    assert stack.result["page"] is None
    assert stack.all("aws:s3/bucket:Bucket") == []


@pytest.mark.parametrize("auth", [{}, {"auth": "iam", "plans": {}}])
def test_the_policy_pack_accepts_a_page_and_shows_what_is_open(make_gateway, auth):
    settings = stack_config(
        routes=ROUTES, page={"path": "/try"}, waf={"rate": "2000/5min"}, **auth
    ).direct
    [finding] = findings(make_gateway(settings))
    assert finding.verdict is Verdict.EXEMPT
    assert finding.seen.startswith("open to everybody: paths./try/command.js.get")
    assert "ml-gateway-prod-page-123456789012-eu-central-1" in finding.fix


def test_with_iam_there_are_no_keys_and_a_caller_learns_what_it_needs(make_gateway):
    stack = make_gateway(stack_config(routes=ROUTES, auth="iam", plans={}).direct)
    assert stack.result["clients"] == []
    assert stack.result["secret"] is False
    route = stack.result["routes"][0]
    assert (route["auth"], route["headers"]) == ("iam", {"content-type": "application/json"})
    assert route["arn"] == "execution-arn:direct-stage/POST/iris"


def findings(stack):
    """What the policy pack says of all resources."""
    resources = [
        Resource("", plain_properties(r.state), r.type, f"{r.type}::{r.name}")
        for r in stack.resources
    ]
    # Where all prices are known.
    resources.append(Resource("", {"region": "us-east-1"}, "pulumi:providers:aws", "provider"))
    found: list[Finding] = []
    for rule in RULES:
        if isinstance(rule, StackRule):
            limits = {name: limit.default for name, limit in rule.limits.items()}
            found += rule.check(Stack(resources), limits)
        else:
            for resource in resources:
                found += rule.check(resource) if rule.is_for(resource.type) else ()
    return found


def test_the_policy_pack_finds_nothing_in_the_gateway(make_gateway):
    settings = stack_config(
        routes=ROUTES, throttle={"rate": "50/s", "burst": 100}, waf={"rate": "2000/5min"}
    ).direct
    assert findings(make_gateway(settings)) == []


def test_api_and_role_are_children_of_the_gateway(stack):
    component = "ml-gateway:index:DirectGateway::direct"
    assert stack.one("ml-gateway:index:RestApi").parent == component
    assert stack.one("ml-gateway:index:ServiceRole", "direct-invoke").parent == component
