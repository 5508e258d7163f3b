"""From the stack's config to the document, without AWS."""

from components.api.direct_document import DIRECT, direct_api, document_of, invoke_role_name
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


def test_the_roles_name_fits_iam():
    assert len(invoke_role_name(DIRECT, CONTEXT)) <= 64
