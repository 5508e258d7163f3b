"""Rules for what a deployed API does with requests."""

from pulumi_policy import Severity

from gateway_policies.property_rule import (
    POSITIVE,
    TRUE,
    Demand,
    Expected,
    demanded,
    not_one_of,
    property_rule,
    whether,
)
from gateway_policies.resource import Stack
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limits,
    located,
    stack_rule,
    violation,
)
from gateway_policies.stages import (
    EVERY_METHOD,
    HTTP_STAGE,
    METHOD_SETTINGS,
    stages_without_settings,
)

_DOCS = "https://docs.aws.amazon.com/apigateway/latest"

_NO_BODIES = not_one_of(True, allowed="false")
api_data_trace = property_rule(
    Control(
        id="api-data-trace",
        title="APIs write no bodies into their logs",
        family=Family.API,
        severity=Severity.HIGH,
        standards=("CKV_AWS_276",),
        fix="Remove dataTraceEnabled, or set it to false.",
        url=f"{_DOCS}/developerguide/set-up-logging.html",
    ),
    "Bodies are what clients trust an API with; in a log they outlive it and others read them.",
    {
        METHOD_SETTINGS: (Demand("settings.dataTraceEnabled", _NO_BODIES),),
        HTTP_STAGE: (
            Demand("defaultRouteSettings.dataTraceEnabled", _NO_BODIES),
            Demand("routeSettings[].dataTraceEnabled", _NO_BODIES),
        ),
    },
)

api_cache_encrypted = property_rule(
    Control(
        id="api-cache-encrypted",
        title="Answers that an API caches are encrypted",
        family=Family.API,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_308", "APIGateway.5"),
        fix="Set cacheDataEncrypted to true.",
        url=f"{_DOCS}/developerguide/api-gateway-caching.html",
    ),
    "A cache keeps answers for up to an hour, in clear unless it is told otherwise.",
    {
        METHOD_SETTINGS: (
            Demand(
                "cacheDataEncrypted",
                TRUE,
                default=False,
                within="settings",
                when=whether("cachingEnabled"),
            ),
        )
    },
)

_RATE = Demand("settings.throttlingRateLimit", POSITIVE, default=-1)
_BURST = Demand("settings.throttlingBurstLimit", POSITIVE, default=-1)


@stack_rule(
    Control(
        id="api-throttling",
        title="Every stage throttles its methods",
        family=Family.API,
        severity=Severity.MEDIUM,
        fix=f"Set throttlingRateLimit and throttlingBurstLimit, for {EVERY_METHOD} first.",
        url=f"{_DOCS}/developerguide/api-gateway-request-throttling.html",
    )
)
def api_throttling(stack: Stack, _: Limits) -> Findings:
    """Without limits one client takes the account's whole rate from every other API."""
    for settings in stack.of_type(METHOD_SETTINGS):
        stated = settings.stated()
        # Who forgets both forgot one thing.
        found = list(demanded(stated, _RATE)) or list(demanded(stated, _BURST))
        yield from located(settings.urn, iter(found))
    for stage in stages_without_settings(stack):
        yield violation(
            f"methodSettings {EVERY_METHOD}",
            seen="missing, which means no limit but the account's",
            allowed="a rate and a burst above 0",
            urn=stage.urn,
        )


_LIMITS = Expected("rateLimit and burstLimit above 0", bool, reference=True)
usage_plan_limits = property_rule(
    Control(
        id="usage-plan-limits",
        title="Usage plans have a quota and a rate",
        family=Family.API,
        severity=Severity.MEDIUM,
        fix="Set quotaSettings.limit, throttleSettings.rateLimit and burstLimit.",
        url=f"{_DOCS}/developerguide/api-gateway-api-usage-plans.html",
    ),
    "A plan without limits lets a lost key run up the bill until somebody notices.",
    {
        "aws:apigateway/usagePlan:UsagePlan": (
            Demand("quotaSettings.limit", POSITIVE),
            Demand("throttleSettings", _LIMITS),
            Demand("rateLimit", POSITIVE, within="throttleSettings"),
            Demand("burstLimit", POSITIVE, within="throttleSettings"),
        )
    },
)

RULES = (api_data_trace, api_cache_encrypted, api_throttling, usage_plan_limits)
