"""What an OpenAPI document says to API Gateway about who may call, and with what.

Extensions: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

Json = Mapping[str, object]

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
ANY_METHOD = "x-amazon-apigateway-any-method"
_VALIDATOR = "x-amazon-apigateway-request-validator"


@dataclass(frozen=True)
class Operation:
    """A method of a path."""

    path: str
    """Where it stands in the document."""
    is_authorized: bool
    """Whether no request gets through without a key, a signature or an authorizer's consent."""
    is_validated: bool
    """Whether API Gateway looks at body or parameters itself."""
    is_preflight: bool
    """Whether it is what a browser asks first, answered by API Gateway alone."""
    file: str | None
    """The one object of S3 that it answers everybody with, as nothing of a request gets to S3; None
    if it does anything else, or may."""


def parse(body: object) -> Json | None:
    """The document in a body of JSON, YAML or an object; None if there is none in it."""
    if isinstance(body, str):
        try:
            body = _loaded(body)
        except (ValueError, RecursionError, yaml.YAMLError):
            return None
    return body if isinstance(body, dict) and isinstance(body.get("paths"), dict) else None


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe one, in C where PyYAML is built so: ten times as fast."""


def operations(document: Json) -> Iterator[Operation]:
    """Every operation of a document, in its order."""
    closing = {name for name, scheme in _schemes(document) if _closes(scheme)}
    validators = _working_validators(document)
    for path, item in _entries(document.get("paths")):
        for method, operation in _entries(item):
            if isinstance(method, str) and method.lower() in METHODS | {ANY_METHOD}:
                content = operation if isinstance(operation, dict) else {}
                yield Operation(
                    path=f"paths.{path}.{method}",
                    is_authorized=_is_authorized(content, closing),
                    is_validated=content.get(_VALIDATOR, document.get(_VALIDATOR)) in validators,
                    is_preflight=method.lower() == "options" and _is_mock(content),
                    file=_file(content) if method.lower() == "get" else None,
                )


def _entries(value: object) -> Iterator[tuple[object, object]]:
    yield from value.items() if isinstance(value, dict) else ()


def _schemes(document: Json) -> Iterator[tuple[object, object]]:
    components = document.get("components")
    yield from _entries(document.get("securityDefinitions"))
    yield from _entries(components.get("securitySchemes") if isinstance(components, dict) else None)


def _closes(scheme: object) -> bool:
    """Whether API Gateway does something about a scheme; others it takes for documentation.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-usage-plan-oas.html
    """
    if not isinstance(scheme, dict):
        return False
    if scheme.get("x-amazon-apigateway-authorizer"):
        return True
    if str(scheme.get("x-amazon-apigateway-authtype") or "NONE").upper() != "NONE":
        return True
    return scheme.get("type") == "apiKey" and str(scheme.get("name")).lower() == "x-api-key"


def _is_authorized(operation: Json, closing: set[object]) -> bool:
    """An API's own security does not count: API Gateway takes it of each method."""
    auth = operation.get("x-amazon-apigateway-auth")
    if isinstance(auth, dict) and str(auth.get("type") or "NONE").upper() != "NONE":
        return True
    requirements = operation.get("security")
    if not isinstance(requirements, list) or not requirements:
        return False
    # One of them is enough, and for that one all that it names.
    return all(isinstance(one, dict) and not closing.isdisjoint(one) for one in requirements)


def _working_validators(document: Json) -> list[object]:
    return [
        name
        for name, validator in _entries(document.get("x-amazon-apigateway-request-validators"))
        if any(value is True for _, value in _entries(validator))
    ]


_SEGMENT = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]+"

_FILE = re.compile(
    rf"arn:[a-z-]+:apigateway:[a-z0-9-]+:s3:path/(?P<object>{_SEGMENT}(?:/{_SEGMENT})+)"
)
"""The URI of an object: a bucket and a key, without what makes an address another one (a variable,
a query, a fragment, an escape, a step up)."""


def _file(operation: Json) -> str | None:
    """Bucket and key, where an operation says by `security: []` that they are for everybody.

    Nothing of a request may get to S3: no parameter is mapped, and a template, which could override
    the path, is a comment. What the role may read is not seen here.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-s3.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
    """
    integration = operation.get("x-amazon-apigateway-integration")
    if operation.get("security") != [] or not isinstance(integration, dict):
        return None
    reads = str(integration.get("type")).lower() == "aws" and integration.get("httpMethod") == "GET"
    uri = _FILE.fullmatch(str(integration.get("uri")))
    if not (reads and uri) or integration.get("requestParameters"):
        return None
    return uri["object"] if _does_nothing(integration.get("requestTemplates")) else None


def _does_nothing(templates: object) -> bool:
    """Whether there are no templates, or comments alone: `##` up to the end of the line."""
    if not isinstance(templates, dict):
        return templates is None
    return all(
        isinstance(template, str)
        and all(line.startswith("##") for line in map(str.strip, template.splitlines()) if line)
        for template in templates.values()
    )


def _is_mock(operation: Json) -> bool:
    integration = operation.get("x-amazon-apigateway-integration")
    return isinstance(integration, dict) and str(integration.get("type")).lower() == "mock"
