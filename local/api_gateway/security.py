"""Security schemes of a document: API keys, and signatures that IAM verifies.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html
"""

from collections.abc import Mapping
from enum import Enum, auto

from local.api_gateway.json_reader import Node, required

AUTH_TYPE = "x-amazon-apigateway-authtype"

_KEYS = ("type", "in", "name", "description", AUTH_TYPE)


class Scheme(Enum):
    """What a caller has to show."""

    API_KEY = auto()
    SIGNATURE = auto()


def parse_schemes(node: Node) -> Mapping[str, Scheme]:
    """components.securitySchemes by name. Raises DocumentError."""
    return {name: _parse_scheme(scheme) for name, scheme in node.members().items()}


def parse_requirement(security: Node | None, schemes: Mapping[str, Scheme]) -> frozenset[Scheme]:
    """All that an operation asks for. Raises DocumentError.

    AWS ignores security at the root, so an operation that says nothing is open.
    """
    if security is None:
        return frozenset()
    if len(security.items()) > 1:
        raise security.error("at most one security requirement")
    return frozenset(
        schemes[name]
        for requirement in security.items()
        for name in requirement.members_of(tuple(schemes))
    )


def _parse_scheme(node: Node) -> Scheme:
    members = node.members_of(_KEYS)
    required(members, "type", node, "apiKey").one_of(("apiKey",))
    required(members, "in", node, "header").one_of(("header",))
    name = required(members, "name", node, "x-api-key or Authorization")
    if name.one_of(("x-api-key", "Authorization")) == "x-api-key":
        return Scheme.API_KEY
    required(members, AUTH_TYPE, node, "awsSigv4").one_of(("awsSigv4",))
    return Scheme.SIGNATURE
