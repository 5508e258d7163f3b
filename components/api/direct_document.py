"""The direct gateway's OpenAPI document from the stack's config: pure, nothing of AWS is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from components.artifacts.model_set import file_name
from components.config.gateway import Direct
from components.config.gateway import Route as RouteConfig
from components.config.stack import StackConfig
from components.context import Context
from components.endpoint.live_endpoint import endpoint_name
from components.openapi.api import Api, Json, Route
from components.openapi.document import build_document

DIRECT = "direct"
"""The name of the gateway in a stack, and so in the names of its resources."""


class Invoked(Protocol):
    """What a route must know of the endpoint that answers."""

    @property
    def endpoint_name(self) -> str:
        """Physical name."""

    @property
    def asynchronous(self) -> bool:
        """Whether its requests are objects in S3."""

    @property
    def model_names(self) -> Sequence[str]:
        """Names of a multi-model endpoint's models; none of another's."""


def direct_api(
    name: str, settings: Direct, endpoints: Mapping[str, Invoked], context: Context
) -> Api:
    """The API of a direct gateway called `name`. endpoints: by their names in the config."""
    routes = direct_routes(settings, endpoints)
    return Api(
        title=f"{context.prefix}-{name}",
        region=context.region,
        account_id=context.account_id,
        role_arn=f"arn:aws:iam::{context.account_id}:role/{invoke_role_name(name, context)}",
        auth=settings.auth,
        cors=settings.cors,
        routes=[direct.route for direct in routes],
    )


@dataclass(frozen=True)
class DirectRoute:
    """A route of the API, and what the config says of it."""

    route: Route
    settings: RouteConfig
    model: str | None
    """Which of a multi-model endpoint's models answers."""


def direct_routes(settings: Direct, endpoints: Mapping[str, Invoked]) -> Iterator[DirectRoute]:
    """The routes in the config's order: one to a multi-model endpoint becomes one for each model.

    endpoints: by their names in the config.
    """
    for path, route in settings.routes.items():
        endpoint = endpoints[route.endpoint]
        for model in endpoint.model_names or (None,):
            yield DirectRoute(
                Route(
                    path=f"{path}/{model}" if model else path,
                    endpoint_name=endpoint.endpoint_name,
                    asynchronous=endpoint.asynchronous,
                    query=route.query or (),
                    target_variant=route.target_variant,
                    target_model=file_name(model) if model else "",
                ),
                route,
                model,
            )


def invoke_role_name(name: str, context: Context) -> str:
    """Name of the role that a direct gateway invokes its endpoints as."""
    return f"{context.prefix}-{name}-invoke"


def document_of(config: StackConfig, context: Context) -> Json:
    """The document that the stack of this config has in this account and region."""
    endpoints = {
        name: _ByName(
            endpoint_name(context.prefix, name),
            endpoint.asynchronous is not None,
            endpoint.model_names,
        )
        for name, endpoint in config.endpoints.items()
    }
    return build_document(direct_api(DIRECT, config.direct, endpoints, context))


@dataclass(frozen=True)
class _ByName:
    endpoint_name: str
    asynchronous: bool
    model_names: Sequence[str]
