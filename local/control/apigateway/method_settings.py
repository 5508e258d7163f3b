"""Settings of a stage's methods: patches of them, and what they say to the data plane.

A method has its own settings as a whole or those of */*: what is not said falls to AWS's default.
https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.model import Shape

from local.api_gateway.stage import EVERY_METHOD, Caching, MethodSettings, Unauthorized
from local.api_gateway.throttle import Limit
from local.control.apigateway.patch import Operation, invalid, steps, typed
from local.control.records import Record

MEMBERS = {
    "metrics/enabled": "metricsEnabled",
    "logging/loglevel": "loggingLevel",
    "logging/dataTrace": "dataTraceEnabled",
    "throttling/burstLimit": "throttlingBurstLimit",
    "throttling/rateLimit": "throttlingRateLimit",
    "caching/enabled": "cachingEnabled",
    "caching/ttlInSeconds": "cacheTtlInSeconds",
    "caching/dataEncrypted": "cacheDataEncrypted",
    "caching/requireAuthorizationForCacheControl": "requireAuthorizationForCacheControl",
    "caching/unauthorizedCacheControlHeaderStrategy": "unauthorizedCacheControlHeaderStrategy",
}
"""Members of a setting by the end of their patch path."""

DEFAULTS: Mapping[str, Any] = {
    "metricsEnabled": False,
    "loggingLevel": "OFF",
    "dataTraceEnabled": False,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0,
    "cachingEnabled": False,
    "cacheTtlInSeconds": 300,
    "cacheDataEncrypted": False,
    "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}
MAX_TTL_SECONDS = 3600

_METHODS = ("*", "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "ANY")


def patch_settings(stage: Record, operation: Operation, setting: Shape) -> bool:
    """Applies an operation to the stage's method settings; False if it concerns something else.

    A path of several segments may have its slashes escaped or not. Raises AwsError.
    """
    path = steps(operation)
    if operation["op"] == "remove" and len(path) > 1 and path[-1] in _METHODS:
        return stage.get("methodSettings", {}).pop(_key(path), None) is not None
    member = MEMBERS.get("/".join(path[-2:]))
    if member is None or len(path) < 4 or path[-3] not in _METHODS:
        return False
    if operation["op"] != "replace":
        raise invalid(f"{operation['op']} of {operation['path']}: settings can be replaced only")
    value = typed(operation.get("value", ""), setting.members[member], member)
    if member == "cacheTtlInSeconds" and not 0 <= value <= MAX_TTL_SECONDS:
        raise invalid(f"Invalid cache TTL {value}: it is 0 to {MAX_TTL_SECONDS} seconds")
    stage.setdefault("methodSettings", {}).setdefault(_key(path[:-2]), dict(DEFAULTS))[member] = (
        value
    )
    return True


def read_settings(stage: Record) -> dict[str, MethodSettings]:
    """The stage's settings by "path/METHOD", as "/iris/GET", and "*/*"."""
    return {
        key if key == EVERY_METHOD else f"/{key}": _settings(setting)
        for key, setting in stage.get("methodSettings", {}).items()
    }


def _key(path: Sequence[str]) -> str:
    """As AWS writes it: without the slash that a path begins with."""
    return f"{'/'.join(path[:-1]).strip('/')}/{path[-1]}"


def _settings(setting: Record) -> MethodSettings:
    strategy = setting["unauthorizedCacheControlHeaderStrategy"]
    return MethodSettings(
        throttle=_limit(setting["throttlingRateLimit"], setting["throttlingBurstLimit"]),
        caching=Caching(
            enabled=setting["cachingEnabled"],
            ttl_seconds=setting["cacheTtlInSeconds"],
            authorize=setting["requireAuthorizationForCacheControl"],
            unauthorized=Unauthorized(strategy),
        ),
    )


def _limit(rate: float, burst: int) -> Limit | None:
    """A negative limit stands for none."""
    return None if rate < 0 or burst < 0 else Limit(rate, burst)
