"""From the stack's config to the document, without AWS."""

from components.api.direct_document import (
    DIRECT,
    direct_api,
    direct_routes,
    document_of,
    invoke_role_name,
)
from components.config.gateway import Auth
from components.openapi.api import Route
from tests.unit.components.conftest import CONTEXT, stack_config

ROUTES = {
    "/v1/iris": {"endpoint": "iris"},
    "/v2/iris": {"endpoint": "iris", "targetVariant": True},
    "/iris/one": {"endpoint": "iris", "query": ["length", "width"], "cache": "60s"},
    "/batch": {"endpoint": "batch"},
}


def test_a_document_of_a_config_has_its_routes_and_names():
    document = document_of(stack_config(routes=ROUTES), CONTEXT)
    assert document["info"]["title"] == "ml-gateway-prod-direct"
    methods = {path: list(item) for path, item in document["paths"].items()}
    assert methods == {
        "/v1/iris": ["post"],
        "/v2/iris": ["post"],
        "/iris/one": ["get"],
        "/batch": ["post"],
    }
    made = document["paths"]["/batch"]["post"]["x-amazon-apigateway-integration"]
    assert made["uri"].endswith(":path/endpoints/ml-gateway-prod-batch/async-invocations")
    assert made["credentials"] == ("arn:aws:iam::123456789012:role/ml-gateway-prod-direct-invoke")


def test_equal_configs_have_equal_documents():
    assert document_of(stack_config(routes=ROUTES), CONTEXT) == document_of(
        stack_config(routes=ROUTES), CONTEXT
    )


class Queue:
    """An async endpoint."""

    endpoint_name = "p-queue"
    asynchronous = True
    model_names = ()


def test_a_route_is_what_the_config_and_its_endpoint_say():
    settings = stack_config(
        routes={"/batch": {"endpoint": "batch"}},
        auth="iam",
        plans={},
        cors={"origin": "https://a.example"},
    ).direct
    api = direct_api(DIRECT, settings, {"batch": Queue()}, CONTEXT)
    assert api.routes == [Route("/batch", "p-queue", asynchronous=True)]
    assert (api.auth, api.cors) == (Auth.IAM, settings.cors)


class Several:
    """A multi-model endpoint."""

    endpoint_name = "p-all"
    asynchronous = False
    model_names = ("iris", "wine")


def test_a_route_to_several_models_becomes_one_for_each_that_says_which_file_answers():
    settings = stack_config(
        routes={"/v1/all": {"endpoint": "batch"}, "/batch": {"endpoint": "batch"}}
    ).direct
    routes = [*direct_routes(settings, {"batch": Several()})]
    assert [direct.route for direct in routes] == [
        Route(f"{path}/{model}", "p-all", target_model=f"{model}.tar.gz")
        for path in ("/v1/all", "/batch")
        for model in ("iris", "wine")
    ]
    assert [direct.model for direct in routes] == ["iris", "wine"] * 2
    assert routes[0].settings is settings.routes["/v1/all"]


def test_the_roles_name_fits_iam():
    assert len(invoke_role_name(DIRECT, CONTEXT)) <= 64
