"""ApiStage: where a deployed API answers, with its logs, throttles and cache."""

import json
from collections.abc import Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.config.gateway import Throttle
from components.context import Context
from components.openapi.api import STAGE_NAME

CACHE_GB = "0.5"
"""The smallest cache cluster; answers are a few hundred bytes."""

ACCESS_LOG_FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "extendedRequestId": "$context.extendedRequestId",
        "traceId": "$context.xrayTraceId",
        "time": "$context.requestTime",
        "caller": "$context.identity.userArn",
        "apiKeyId": "$context.identity.apiKeyId",
        "sourceIp": "$context.identity.sourceIp",
        "userAgent": "$context.identity.userAgent",
        "tlsVersion": "$context.tlsVersion",
        "cipherSuite": "$context.cipherSuite",
        "method": "$context.httpMethod",
        "resource": "$context.resourcePath",
        "status": "$context.status",
        "error": "$context.error.responseType",
        "waf": "$context.wafResponseCode",
        "integrationRequestId": "$context.integration.requestId",
        "integrationStatus": "$context.integration.status",
        "integrationLatencyMs": "$context.integration.latency",
        "latencyMs": "$context.responseLatency",
        "responseLength": "$context.responseLength",
    }
)
"""Who called what, when, from where, and how it went; never a body, a query or a key's value.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""


class MethodArgs(TypedDict):
    """A method whose settings are not those of the stage."""

    path: str
    """Path of the API, such as /iris."""
    method: str
    """HTTP method."""
    throttle: Throttle | None
    """Limits of its own, for all clients together; else the stage's."""
    cache_seconds: int | None
    """How long its answers are kept; else they are not."""


class ApiStageArgs(TypedDict):
    """A stage."""

    context: Context
    """The stack."""
    deployment: aws.apigateway.Deployment
    """What it serves."""
    throttle: Throttle
    """Limits of every method, for all clients together."""
    methods: Sequence[MethodArgs]
    """Methods with settings of their own."""
    tracing: bool
    """Whether X-Ray traces requests."""
    key_arn: pulumi.Input[str]
    """KMS key of the logs."""
    log_retention_days: int
    """How long the logs are kept."""


class ApiStage(pulumi.ComponentResource):
    """A stage with an access log and a log of failures, both encrypted, and settings by method."""

    stage: aws.apigateway.Stage
    """The stage."""

    def __init__(
        self, name: str, args: ApiStageArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:ApiStage", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        rest_api = args["deployment"].rest_api
        access_log = aws.cloudwatch.LogGroup(
            f"{name}-access-log",
            name=access_log_name(name, args["context"]),
            kms_key_id=args["key_arn"],
            retention_in_days=args["log_retention_days"],
            opts=child,
        )
        # API Gateway would make it itself at the first failure, in clear and for ever.
        execution_log = aws.cloudwatch.LogGroup(
            f"{name}-execution-log",
            name=pulumi.Output.concat("API-Gateway-Execution-Logs_", rest_api, f"/{STAGE_NAME}"),
            kms_key_id=args["key_arn"],
            retention_in_days=args["log_retention_days"],
            opts=child,
        )
        caches = any(method["cache_seconds"] for method in args["methods"])
        self.stage = aws.apigateway.Stage(
            name,
            rest_api=rest_api,
            stage_name=STAGE_NAME,
            deployment=args["deployment"].id,
            access_log_settings={"destination_arn": access_log.arn, "format": ACCESS_LOG_FORMAT},
            xray_tracing_enabled=args["tracing"],
            cache_cluster_enabled=caches,
            cache_cluster_size=CACHE_GB if caches else None,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[execution_log]),
        )
        self._settings(name, args)
        self.register_outputs({})

    def _settings(self, name: str, args: ApiStageArgs) -> None:
        """One after the other: each is an update of the stage, and AWS refuses two at once."""
        wanted = [("settings", "*/*", method_settings(args["throttle"], None))]
        for method in args["methods"]:
            suffix = f"{method['path'].strip('/').replace('/', '_')}_{method['method']}"
            throttle = method["throttle"] or args["throttle"]
            settings = method_settings(throttle, method["cache_seconds"])
            wanted.append((suffix, setting_key(method["path"], method["method"]), settings))
        previous: list[pulumi.Resource] = []
        for suffix, key, settings in wanted:
            made = aws.apigateway.MethodSettings(
                f"{name}-{suffix}",
                rest_api=self.stage.rest_api,
                stage_name=self.stage.stage_name,
                method_path=key,
                settings=settings,
                opts=pulumi.ResourceOptions(parent=self, depends_on=previous),
            )
            previous = [made]


def access_log_name(stage: str, context: Context) -> str:
    """Name of the log group that has a line for each request to the stage of this name."""
    return f"/aws/apigateway/{context.prefix}-{stage}"


def setting_key(path: str, method: str) -> str:
    """What a stage calls a method: every slash of its path is escaped.

    The aws provider escapes nothing; with bare slashes the settings would reach no method.
    https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
    https://github.com/hashicorp/terraform-provider-aws/issues/9738
    """
    return f"{path.replace('/', '~1')}/{method}"


def method_settings(
    throttle: Throttle, cache_seconds: int | None
) -> aws.apigateway.MethodSettingsSettingsArgsDict:
    """All settings of a method: what one leaves out falls to AWS's default, not to the stage's.

    A client that asks for a fresh answer may not empty the cache: it gets the cached one and a
    header that says so.
    https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
    """
    settings: aws.apigateway.MethodSettingsSettingsArgsDict = {
        "metrics_enabled": True,
        "logging_level": "ERROR",
        "data_trace_enabled": False,  # it would log bodies
        "caching_enabled": cache_seconds is not None,
        "throttling_rate_limit": float(throttle.rate),
        "throttling_burst_limit": throttle.burst,
    }
    if cache_seconds is not None:
        settings["cache_ttl_in_seconds"] = cache_seconds
        settings["cache_data_encrypted"] = True
        settings["require_authorization_for_cache_control"] = True
        settings["unauthorized_cache_control_header_strategy"] = "SUCCEED_WITH_RESPONSE_HEADER"
    return settings
