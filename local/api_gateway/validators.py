"""Request validators: what is asked of a request before it is mapped.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.java_text import parse_json
from local.api_gateway.json_reader import Node
from local.api_gateway.media_types import media_type
from local.api_gateway.parameters import Parameter, Scopes
from local.api_gateway.schema import Model

EMPTY_BODY = "{}"
"""What an empty body counts as, as it does in templates. (unconfirmed)"""


@dataclass(frozen=True)
class Checks:
    """Which checks a validator of the document stands for."""

    body: bool
    parameters: bool


NO_CHECKS = Checks(body=False, parameters=False)


@dataclass(frozen=True)
class RequestValidator:
    """The checks of one method. models: by content type, in lower case."""

    parameters: tuple[Parameter, ...] = ()
    models: Mapping[str, Model] = field(default_factory=dict)

    def check(self, scopes: Scopes, body: bytes) -> None:
        """Raises GatewayError: 400 for a parameter that is missing or blank, or a wrong body.

        A body of a content type that has no model is not looked at.
        """
        missing = [p.name for p in self.parameters if not (scopes.value(p.source) or "").strip()]
        if missing:
            raise GatewayError(
                ResponseType.BAD_REQUEST_PARAMETERS,
                message=f"Missing required request parameters: [{', '.join(missing)}]",
            )
        model = self.models.get(media_type(scopes.headers.get("content-type")))
        if model and (faults := _faults(model, body)):
            raise GatewayError(
                ResponseType.BAD_REQUEST_BODY, validation_error=f"[{', '.join(faults)}]"
            )


def parse_validators(node: Node) -> Mapping[str, Checks]:
    """x-amazon-apigateway-request-validators: the document's validators by name.

    Raises DocumentError.
    """
    validators = {}
    for name, validator in node.members().items():
        members = validator.members_of(("validateRequestBody", "validateRequestParameters"))
        validators[name] = Checks(
            body="validateRequestBody" in members and members["validateRequestBody"].boolean(),
            parameters="validateRequestParameters" in members
            and members["validateRequestParameters"].boolean(),
        )
    return validators


def _faults(model: Model, body: bytes) -> list[str]:
    try:
        value = parse_json(body.decode() or EMPTY_BODY)
    except ValueError:
        return ["the body is not JSON"]
    return model(value)
