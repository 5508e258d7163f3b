"""How SageMaker's answer becomes the client's.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_Errors
"""

from collections.abc import Mapping

from components.config.gateway import Cors
from components.openapi.api import JSON, TEMPLATES, Json, Route
from components.openapi.cors import answer_headers
from components.openapi.errors import RETRY_AFTER_SECONDS, TOO_MANY_REQUESTS, error_body
from components.openapi.schemas import content

STATIC_JSON = {"Content-Type": f"'{JSON}'"}
RETRY_AFTER = {"Retry-After": f"'{RETRY_AFTER_SECONDS}'"}

ERRORS = {
    "400": "The request or a row is not as it must be",
    "403": "Refused: the key, the signature or the path is not one of this API",
    "406": "No format that the client accepts",
    "413": "Too large: send fewer rows at once",
    "415": "A format that the model does not read",
    "429": "Too many requests, or the plan's quota is used up",
    "500": "The gateway failed",
    "502": "The model failed on this request",
    "503": "The model cannot answer now",
    "504": "No answer in time",
}
"""What clients must expect, by status, and what it means; a template's override and the gateway's
own refusals among them."""


def integration_responses(route: Route, cors: Cors | None) -> Json:
    """By SageMaker's status, as a pattern; what nothing matches is a failure, never a 200."""
    responses = {
        r"2\d{2}": _accepted() if route.asynchronous else _predicted(),
        "400": _error("502", (TEMPLATES / "validation_error.vtl").read_text()),
        "413": _error(
            "413", error_body("PayloadTooLarge", "The body is over 6 MiB. Send fewer rows.")
        ),
        "424": _error("502", (TEMPLATES / "model_error.vtl").read_text()),
        "429": _error("429", error_body(*TOO_MANY_REQUESTS), RETRY_AFTER),
        "503": _error(
            "503",
            error_body("ModelUnavailable", "The model cannot answer now. Try again."),
            RETRY_AFTER,
        ),
        "default": _error("502", error_body("ModelFailed", "The model failed on this request.")),
    }
    return {
        pattern: response
        | {"responseParameters": _parameters(response["responseParameters"] | answer_headers(cors))}
        for pattern, response in responses.items()
    }


def method_responses(route: Route, cors: Cors | None) -> Json:
    """Every status and header that an integration response uses must be declared."""
    success = _accepted() if route.asynchronous else _predicted()
    status, schema = ("202", "Accepted") if route.asynchronous else ("200", "Predictions")
    of_all = answer_headers(cors)
    return {
        status: {
            "description": "Accepted" if route.asynchronous else "Predictions",
            "headers": _declared(success["responseParameters"] | of_all),
            "content": content(schema),
        }
    } | {
        status: {
            "description": meaning,
            "headers": _declared(STATIC_JSON | RETRY_AFTER | of_all),
            "content": content("Error"),
        }
        for status, meaning in ERRORS.items()
    }


def _predicted() -> Json:
    names = ("Content-Type", "x-amzn-Invoked-Production-Variant")
    return {"statusCode": "200", "responseParameters": _passed_on(names)}


def _accepted() -> Json:
    """Where the result will be, in SageMaker's own headers: a template cannot read those."""
    names = ("X-Amzn-SageMaker-OutputLocation", "X-Amzn-SageMaker-FailureLocation")
    return {
        "statusCode": "202",
        "responseParameters": STATIC_JSON | _passed_on(names),
        "responseTemplates": {JSON: """{"inferenceId":$input.json('$.InferenceId')}"""},
    }


def _error(status: str, template: str, headers: Mapping[str, str] | None = None) -> Json:
    return {
        "statusCode": status,
        "responseParameters": STATIC_JSON | dict(headers or {}),
        "responseTemplates": {JSON: template},
    }


def _passed_on(names: tuple[str, ...]) -> dict[str, str]:
    return {name: f"integration.response.header.{name}" for name in names}


def _parameters(headers: Mapping[str, str]) -> Json:
    return {f"method.response.header.{name}": source for name, source in headers.items()}


def _declared(headers: Mapping[str, str]) -> Json:
    return {name: {"schema": {"type": "string"}} for name in headers}
