"""Rules for each method of an API: who may call it, and with what."""

from collections.abc import Callable

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.openapi import Operation, operations, parse
from gateway_policies.property_rule import is_text
from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import (
    Control,
    Family,
    Finding,
    Findings,
    Verdict,
    rule,
    shown,
    some,
    unknown,
    violation,
)
from gateway_policies.stages import REST_API

METHOD = "aws:apigateway/method:Method"
ROUTE = "aws:apigatewayv2/route:Route"

_DOCS = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
_AUTHORIZED = "an API key, a signature (AWS_IAM) or an authorizer"
_VALIDATED = "a request validator"


@rule(
    Control(
        id="api-method-auth",
        title="Every method of an API asks who calls",
        family=Family.API,
        severity=Severity.HIGH,
        standards=("CKV_AWS_59", "CKV_AWS_309", "AwsSolutions-APIG4"),
        fix="Give the method an authorization of its own; API Gateway takes none from the root "
        "of a document.",
        url=f"{_DOCS}/apigateway-control-access-to-api.html",
    ),
    types=(METHOD, ROUTE, REST_API),
)
def api_method_auth(resource: Resource) -> Findings:
    """An open method is everybody's: to use, to pay for and to try attacks on. A file of a web
    page cannot ask for a key: a GET whose `security` is [], and which answers everybody with one
    object of S3 that the document names, is exempt, and is shown with the object.
    """
    if resource.type == REST_API:
        yield from _body_findings(
            resource, "security", _AUTHORIZED, lambda operation: operation.is_authorized
        )
        yield from _open_files(resource)
    elif resource.type == ROUTE:
        yield from _authorization_findings(resource, "authorizationType")
    elif resource.get("httpMethod") != "OPTIONS":
        yield from _authorization_findings(resource, "authorization")


def _authorization_findings(method: Resource, key: str) -> Findings:
    authorization, by_key = method.get(key), method.get("apiKeyRequired")
    if authorization not in (None, "", "NONE", UNKNOWN) or by_key is True:
        return
    if UNKNOWN in (authorization, by_key):
        yield unknown(key, allowed=_AUTHORIZED)
    else:
        yield violation(key, seen=shown(authorization), allowed=_AUTHORIZED)


@rule(
    Control(
        id="api-request-validation",
        title="An API checks requests before it passes them on",
        family=Family.API,
        severity=Severity.LOW,
        standards=("CKV2_AWS_53", "AwsSolutions-APIG2"),
        fix="Name a request validator.",
        url=f"{_DOCS}/api-gateway-method-request-validation.html",
        level=EnforcementLevel.ADVISORY,
    ),
    types=(METHOD, REST_API),
)
def api_request_validation(resource: Resource) -> Findings:
    """A request that cannot be answered costs a model's time, and finds its weak spots."""
    if resource.type == REST_API:
        yield from _body_findings(
            resource, "validator", _VALIDATED, lambda operation: operation.is_validated
        )
        return
    validator = resource.get("requestValidatorId")
    is_named = validator is UNKNOWN or is_text(validator)
    if resource.get("httpMethod") != "OPTIONS" and not is_named:
        yield violation("requestValidatorId", seen=shown(validator), allowed=_VALIDATED)


def _body_findings(
    api: Resource, what: str, allowed: str, holds: Callable[[Operation], bool]
) -> Findings:
    body = api.get("body")
    if body is UNKNOWN:
        yield unknown("body", allowed=f"{allowed} for each operation")
        return
    if body is None:
        return
    document = parse(body)
    if document is None:
        yield unknown("body", seen="no OpenAPI document", allowed=f"{allowed} for each operation")
        return
    for operation in operations(document):
        answers_by_itself = operation.is_preflight or operation.file
        if not answers_by_itself and not holds(operation):
            yield violation(f"body.{operation.path}.{what}", seen="none", allowed=allowed)


def _open_files(api: Resource) -> Findings:
    """What everybody gets of an API, for whoever reviews it."""
    document = parse(api.get("body"))
    files = [operation for operation in operations(document or {}) if operation.file]
    if files:
        buckets = some([str(operation.file).partition("/")[0] for operation in files])
        yield Finding(
            Verdict.EXEMPT,
            "body.paths",
            seen=f"open to everybody: {some([operation.path for operation in files])}",
            allowed="files of a web page, which say nothing that not everybody may know",
            fix=f"They are objects of the bucket {buckets}: look at what is in them.",
        )


RULES = (api_method_auth, api_request_validation)
