"""DirectGateway: API Gateway maps requests straight onto SageMaker, with no code between."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict

import pulumi

from components.api.direct_document import (
    DirectRoute,
    direct_api,
    direct_routes,
    invoke_role_name,
)
from components.api.page_files import INDEX, web_files
from components.artifacts.model_set import file_name
from components.config.gateway import Auth, Direct
from components.config.gateway import Page as PageConfig
from components.context import Context
from components.endpoint.served_model import ServedModel
from components.iam import ServiceRole, Statement, allow
from components.model_endpoint import ModelEndpoint
from components.openapi.api import JSON, Api
from components.openapi.document import build_document
from components.openapi.invocation import INPUT_LOCATION
from components.rest_api import RestApi
from components.web_page import WebPage


class DirectGatewayArgs(TypedDict):
    """Routes to endpoints, and who may use them."""

    context: Context
    """The stack."""
    settings: Direct
    """The block `direct` of the stack's config."""
    endpoints: Mapping[str, ModelEndpoint]
    """The stack's endpoints, by their names in the config."""
    key_arn: pulumi.Input[str]
    """KMS key of the logs."""
    log_retention_days: int
    """How long the logs are kept."""


class DirectGateway(pulumi.ComponentResource):
    """A REST API, and a role that may invoke exactly the endpoints of its routes."""

    routes: pulumi.Output[list[dict[str, Any]]]
    """How to call each route: gateway, name, method, url, auth, headers and, as an example that
    the model predicts rightly, body or query (None where there is none). With API keys the headers
    hold one, so it is secret; with IAM the caller signs, and needs execute-api:Invoke on `arn`.
    endpoint: which one answers, by its name in the config; model: which of its models, where it has
    several; targetVariant: whether a client may choose its variant."""

    api_keys: Mapping[str, pulumi.Output[str]]
    """Values of the API keys by client; secret. None with IAM."""

    page: pulumi.Output[str] | None
    """URL of the web page; None where there is none."""

    def __init__(
        self, name: str, args: DirectGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:DirectGateway", name, None, opts)
        context, settings = args["context"], args["settings"]
        endpoints = {r.endpoint: args["endpoints"][r.endpoint] for r in settings.routes.values()}
        role = ServiceRole(
            f"{name}-invoke",
            {
                "context": context,
                "role_name": invoke_role_name(name, context),
                "service": "apigateway.amazonaws.com",
                "statements": invoke_statements(list(endpoints.values())),
                "reaches": [endpoint.arn for endpoint in endpoints.values()],
            },
            pulumi.ResourceOptions(parent=self),
        )
        routes = list(direct_routes(settings, endpoints))
        api = direct_api(name, settings, endpoints, context)
        page = None
        if settings.page:
            models = {
                direct.route.name: endpoints[direct.settings.endpoint].models[direct.model]
                for direct in routes
            }
            page = self._page(name, settings.page, args, api, models)
            api = replace(api, page=page.page)
        rest_api = RestApi(
            name,
            {
                "context": context,
                "document": build_document(api),
                "plans": settings.plans,
                "throttle": settings.throttle,
                "methods": [
                    {
                        "path": direct.route.path,
                        "method": direct.route.method,
                        "throttle": direct.settings.throttle,
                        "cache_seconds": direct.settings.cache,
                    }
                    for direct in routes
                    if direct.settings.throttle or direct.settings.cache
                ],
                "waf": settings.waf,
                "cors": settings.cors,
                "tracing": settings.tracing,
                "key_arn": args["key_arn"],
                "log_retention_days": args["log_retention_days"],
                "callable_after": [
                    role.policy,
                    *(endpoint.endpoint for endpoint in endpoints.values()),
                    *(page.needs if page else ()),
                ],
            },
            pulumi.ResourceOptions(parent=self),
        )
        self.api_keys = rest_api.api_keys
        self.routes = pulumi.Output.from_input(
            [
                {"gateway": name}
                | _call(direct, rest_api, endpoints[direct.settings.endpoint], settings.auth)
                | {
                    "endpoint": direct.settings.endpoint,
                    "model": direct.model,
                    "targetVariant": direct.route.target_variant,
                }
                for direct in routes
            ]
        )
        self.page = None
        if page:
            self.page = pulumi.Output.concat(rest_api.url, page.page.path, "/", INDEX)
        self.register_outputs({"routes": self.routes})

    def _page(
        self,
        name: str,
        settings: PageConfig,
        args: DirectGatewayArgs,
        api: Api,
        models: Mapping[str, ServedModel],
    ) -> WebPage:
        return WebPage(
            f"{name}-page",
            {
                "context": args["context"],
                "path": settings.path,
                "files": web_files(settings.path, api, build_document(api), models),
                "key_arn": args["key_arn"],
            },
            pulumi.ResourceOptions(parent=self),
        )


def invoke_statements(endpoints: Sequence[ModelEndpoint]) -> list[Statement]:
    """The right to invoke these endpoints, each in its own way, and no other."""
    real_time = sorted(e.arn for e in endpoints if not e.asynchronous and not e.model_names)
    queued = sorted(e.arn for e in endpoints if e.asynchronous)
    statements = []
    if real_time:
        actions = ["sagemaker:InvokeEndpoint"]
        statements.append(allow("InvokeRoutedEndpoints", actions, real_time))
    if queued:
        actions = ["sagemaker:InvokeEndpointAsync"]
        statements.append(allow("InvokeRoutedAsyncEndpoints", actions, queued))
    # Without the condition it could ask for any object below the endpoint's prefix:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoint-security.html
    several = sorted((e for e in endpoints if e.model_names), key=lambda e: e.arn)
    for number, endpoint in enumerate(several, 1):
        files = [file_name(model) for model in endpoint.model_names]
        statements.append(
            allow(
                f"InvokeRoutedModels{number}",
                ["sagemaker:InvokeEndpoint"],
                [endpoint.arn],
                {"StringEquals": {"sagemaker:TargetModel": files}},
            )
        )
    return statements


def _call(direct: DirectRoute, api: RestApi, endpoint: ModelEndpoint, auth: Auth) -> dict[str, Any]:
    """How to call a route, with an example where the model has one."""
    route = direct.route
    example = endpoint.models[direct.model].example
    headers: dict[str, pulumi.Input[str]] = {}
    if auth is Auth.API_KEY:
        headers["x-api-key"] = next(iter(api.api_keys.values()))
    body, query = None, None
    if route.asynchronous:
        if endpoint.example_input is not None:
            headers[INPUT_LOCATION.lower()] = endpoint.example_input
    elif route.query:
        if example is not None:
            query = dict(zip(route.query, example["instances"][0], strict=True))
    else:
        headers["content-type"] = JSON
        body = example
    return {
        "name": route.name,
        "method": route.method,
        "url": pulumi.Output.concat(api.url, route.path),
        "arn": pulumi.Output.concat(api.invoke_arn, f"/{route.method}{route.path}"),
        "auth": auth.value,
        "headers": headers,
        "body": body,
        "query": query,
    }
