"""A stage and the settings of its methods.

https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from local.api_gateway.throttle import Limit

EVERY_METHOD = "*/*"


class Unauthorized(StrEnum):
    """What becomes of a request to renew a cached answer by a caller who may not."""

    FAIL_WITH_403 = "FAIL_WITH_403"
    SUCCEED_WITH_RESPONSE_HEADER = "SUCCEED_WITH_RESPONSE_HEADER"
    SUCCEED_WITHOUT_RESPONSE_HEADER = "SUCCEED_WITHOUT_RESPONSE_HEADER"


@dataclass(frozen=True)
class Caching:
    """How answers of a method are cached. authorize: whether renewing them takes a permission."""

    enabled: bool = False
    ttl_seconds: int = 300
    authorize: bool = True
    unauthorized: Unauthorized = Unauthorized.SUCCEED_WITH_RESPONSE_HEADER


@dataclass(frozen=True)
class MethodSettings:
    """Settings of one method of a stage. throttle: of the method, all its callers together."""

    throttle: Limit | None = None
    caching: Caching = Caching()


@dataclass(frozen=True)
class Stage:
    """A stage. Its name is the first segment of every request's path, as on execute-api.

    settings: by "path/METHOD", as "/iris/GET"; those of */* hold for methods without their own.
    """

    name: str
    api_id: str
    account_id: str
    region: str
    variables: Mapping[str, str] = field(default_factory=dict)
    cached: bool = False
    traced: bool = False
    settings: Mapping[str, MethodSettings] = field(default_factory=dict)

    def method_settings(self, path: str, method: str) -> MethodSettings:
        """The settings of a method: its own as a whole, else those of every method.

        Where caching is on for every method it is so for GET alone, and nowhere without a cache.
        """
        own = self.settings.get(f"{path}/{method}")
        settings = own or self.settings.get(EVERY_METHOD, MethodSettings())
        if self.cached and (own or method == "GET"):
            return settings
        return replace(settings, caching=replace(settings.caching, enabled=False))
