"""DirectGateway: API Gateway maps requests straight onto SageMaker, with no code between."""

from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi

from components.context import Context
from components.iam import ServiceRole, allow
from components.model_endpoint import ModelEndpoint
from components.openapi import CONTENT_TYPES, Route, build_document
from components.rest_api import PlanArgs, RestApi


class DirectRouteArgs(TypedDict):
    """A path and what answers it."""

    endpoint: ModelEndpoint
    """The endpoint."""


class DirectGatewayArgs(TypedDict):
    """Routes to endpoints, and who may use them."""

    context: Context
    """The stack."""
    routes: Mapping[str, DirectRouteArgs]
    """What answers, by path."""
    plans: Mapping[str, PlanArgs]
    """Usage plans by name."""
    key_arn: pulumi.Input[str]
    """KMS key of the access log."""
    log_retention_days: int
    """How long the access log is kept."""


class DirectGateway(pulumi.ComponentResource):
    """A REST API, and a role that may invoke exactly the endpoints of its routes."""

    routes: pulumi.Output[list[dict[str, Any]]]
    """How to call each route: name, method, url, headers (with an API key, so secret), body."""

    api_keys: Mapping[str, pulumi.Output[str]]
    """Values of the API keys by client; secret."""

    def __init__(
        self, name: str, args: DirectGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:DirectGateway", name, None, opts)
        context = args["context"]
        endpoints = [route["endpoint"] for route in args["routes"].values()]
        role = ServiceRole(
            f"{name}-invoke",
            {
                "role_name": f"{context.prefix}-{name}-invoke",
                "service": "apigateway.amazonaws.com",
                "account_id": context.account_id,
                "statements": [
                    allow(
                        "InvokeRoutedEndpoints",
                        ["sagemaker:InvokeEndpoint"],
                        sorted({endpoint.arn for endpoint in endpoints}),
                    )
                ],
            },
            pulumi.ResourceOptions(parent=self),
        )
        routes = [
            Route(
                name=operation_name(path),
                path=path,
                integration_uri=invocation_uri(context.region, route["endpoint"].endpoint_name),
                role_arn=role.arn,
            )
            for path, route in args["routes"].items()
        ]
        api = RestApi(
            name,
            {
                "context": context,
                "document": build_document(f"{context.prefix}-{name}", routes),
                "plans": args["plans"],
                "key_arn": args["key_arn"],
                "log_retention_days": args["log_retention_days"],
                "callable_after": [role.policy, *(endpoint.endpoint for endpoint in endpoints)],
            },
            pulumi.ResourceOptions(parent=self),
        )
        any_key = next(iter(api.api_keys.values()))
        self.routes = pulumi.Output.all(api.url, any_key).apply(
            lambda known: [
                {
                    "gateway": name,
                    "name": route.name,
                    "method": "POST",
                    "url": f"{known[0]}{route.path}",
                    "headers": {"x-api-key": known[1], "content-type": CONTENT_TYPES[0]},
                    "body": args["routes"][route.path]["endpoint"].example,
                }
                for route in routes
            ]
        )
        self.api_keys = api.api_keys
        self.register_outputs({"routes": self.routes})


def operation_name(path: str) -> str:
    """Name of a path's operation: no path has an underscore, so no two share a name."""
    return path.strip("/").replace("/", "_")


def invocation_uri(region: str, endpoint_name: str) -> str:
    """The integration URI of InvokeEndpoint.

    https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
    """
    path = f"endpoints/{endpoint_name}/invocations"
    return f"arn:aws:apigateway:{region}:runtime.sagemaker:path/{path}"
