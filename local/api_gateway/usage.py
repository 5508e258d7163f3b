"""Usage plans: what the holders of API keys may use.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.quota import Quota, Quotas
from local.api_gateway.stage import Stage
from local.api_gateway.throttle import Limit, Throttles
from local.clock import Clock


@dataclass(frozen=True)
class UsagePlan:
    """What one plan allows each of its keys, on one of its stages.

    throttle, quota: over all stages of the plan. method_throttles: by "path/METHOD".
    """

    id: str
    throttle: Limit | None = None
    method_throttles: Mapping[str, Limit] = field(default_factory=dict)
    quota: Quota | None = None


@dataclass(frozen=True)
class ApiKey:
    """A key, by its id and never its value, and the plan that lets it into a stage."""

    id: str
    plan: UsagePlan


class Meters:
    """Throttles and quotas of one region, which outlive deployments and changes of a plan."""

    def __init__(self, clock: Clock) -> None:
        self._throttles = Throttles(clock)
        self._quotas = Quotas(clock)

    def admit(self, key: ApiKey | None, stage: Stage, path: str, method: str) -> None:
        """Counts one request. Raises GatewayError (429) for one too many.

        Every limit that concerns a request is asked; one that is throttled uses up no quota.
        """
        if not self._throttles.take(_limits(key, stage, path, method)):
            raise GatewayError(ResponseType.THROTTLED)
        quota = key.plan.quota if key else None
        if key and quota and not self._quotas.spend((key.plan.id, key.id), quota):
            raise GatewayError(ResponseType.QUOTA_EXCEEDED)


def _limits(key: ApiKey | None, stage: Stage, path: str, method: str) -> Mapping[Hashable, Limit]:
    here = (stage.api_id, stage.name, path, method)
    limits: dict[Hashable, Limit | None] = {here: stage.method_settings(path, method).throttle}
    if key:
        client = (key.plan.id, key.id)
        limits[client] = key.plan.throttle
        limits[client, here] = key.plan.method_throttles.get(f"{path}/{method}")
    return {bucket: limit for bucket, limit in limits.items() if limit}
