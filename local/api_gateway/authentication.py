"""Who calls a method: by API key, by signature, by both or by neither."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.model import Method
from local.api_gateway.signature import Credentials, verify
from local.api_gateway.usage import ApiKey
from local.clock import Clock
from local.http import HttpRequest
from local.principal import ANONYMOUS, Principal, PrincipalKind


@dataclass(frozen=True)
class Caller:
    """principal: the signer, else the key. key: what usage is counted by."""

    principal: Principal = ANONYMOUS
    key: ApiKey | None = None
    signed: bool = False


class Authenticator:
    """Checks the callers of one stage.

    keys: API keys of the stage's usage plans, by value. region: where signatures are for.
    """

    def __init__(
        self, keys: Mapping[str, ApiKey], credentials: Credentials, region: str, clock: Clock
    ) -> None:
        self._keys = keys
        self._credentials = credentials
        self._region = region
        self._clock = clock

    def authenticate(
        self, method: Method, request: HttpRequest, identity: dict[str, Any]
    ) -> Caller:
        """The caller, as far as the method asks; $context.identity learns who it is.

        Raises GatewayError (403) if a signature or a key is asked for and is not there or wrong.
        """
        principal = ANONYMOUS
        if method.signature_required:
            principal = self._signer(request, identity)
        key = self._key(request) if method.api_key_required else None
        if key:
            identity["apiKeyId"] = key.id
            if not method.signature_required:
                principal = Principal(PrincipalKind.API_KEY, key.id)
        return Caller(principal, key, signed=method.signature_required)

    def _signer(self, request: HttpRequest, identity: dict[str, Any]) -> Principal:
        """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html"""
        access_key, signer = verify(request, self._region, self._clock(), self._credentials)
        identity |= {
            "accessKey": access_key,
            "accountId": signer.arn.split(":")[4],
            "caller": signer.user_id,
            "user": signer.user_id,
            "userArn": signer.arn,
        }
        return signer.principal

    def _key(self, request: HttpRequest) -> ApiKey:
        """Every key is compared, in constant time."""
        given = request.headers.get("x-api-key", "").encode("utf-8", "surrogatepass")
        found = [
            key for value, key in self._keys.items() if hmac.compare_digest(value.encode(), given)
        ]
        if not found:
            raise GatewayError(ResponseType.INVALID_API_KEY)
        return found[0]
