"""A web page of one other origin may call: preflights, and headers on every answer.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
"""

from collections.abc import Iterable

from components.config.gateway import Auth, Cors
from components.openapi.api import JSON, Json

READABLE = (
    "Retry-After",
    "X-Amzn-SageMaker-FailureLocation",
    "X-Amzn-SageMaker-OutputLocation",
    "x-amzn-Invoked-Production-Variant",
    "x-amzn-RequestId",
)
"""Response headers that the page's script may read."""

_CREDENTIALS = {
    Auth.API_KEY: ("X-Api-Key",),
    Auth.IAM: ("Authorization", "X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Security-Token"),
}


def answer_headers(cors: Cors | None) -> dict[str, str]:
    """What every answer says of the origin, as quoted static values; nothing without CORS."""
    if cors is None:
        return {}
    return {
        "Access-Control-Allow-Origin": f"'{cors.origin}'",
        "Access-Control-Expose-Headers": f"'{','.join(READABLE)}'",
    }


def preflight(cors: Cors, auth: Auth, method: str, headers: Iterable[str]) -> Json:
    """The OPTIONS operation of a path, which API Gateway answers by itself.

    A browser sends no credentials with it, so none are asked for. headers: request headers of
    the path's `method` besides its credentials.
    """
    allowed = ",".join(sorted({"Content-Type", *headers, *_CREDENTIALS[auth]}))
    answered = {
        "Access-Control-Allow-Origin": f"'{cors.origin}'",
        "Access-Control-Allow-Methods": f"'{method}'",
        "Access-Control-Allow-Headers": f"'{allowed}'",
        "Access-Control-Max-Age": f"'{cors.max_age}'",
    }
    return {
        "description": "Preflight of a browser.",
        "responses": {
            "204": {
                "description": "What the page may send",
                "headers": {name: {"schema": {"type": "string"}} for name in answered},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "never",
            "requestTemplates": {JSON: '{"statusCode":204}'},
            "responses": {
                "default": {
                    "statusCode": "204",
                    "responseParameters": {
                        f"method.response.header.{name}": value for name, value in answered.items()
                    },
                }
            },
        },
    }
