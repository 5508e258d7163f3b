"""Renders the document's templates as API Gateway would."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.config.gateway import Auth
from components.openapi.api import JSON, Api, Json, Route
from local.api_gateway.vtl import MappingTemplate, TemplateInput

IRIS = Route("/iris", "p-iris", target_variant=True)


def api(*routes: Route) -> Api:
    """An API of these routes."""
    return Api(
        title="p-direct",
        region="eu-central-1",
        account_id="123456789012",
        role_arn="arn:aws:iam::123456789012:role/p-direct-invoke",
        auth=Auth.API_KEY,
        routes=routes,
    )


@dataclass(frozen=True)
class Answer:
    """What the client gets. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


def answer(response: Json, body: bytes) -> Answer:
    """What an integration response makes of SageMaker's body."""
    template = MappingTemplate(response["responseTemplates"][JSON])
    rendered = template.render(TemplateInput(body=body.decode("utf-8", "replace")))
    prefix = "method.response.header."
    headers = {
        name.removeprefix(prefix): source.strip("'")
        for name, source in response["responseParameters"].items()
    } | dict(rendered.response_override["header"])
    return Answer(
        int(rendered.response_override.get("status", response["statusCode"])),
        {name.lower(): value for name, value in headers.items()},
        rendered.text,
    )
