"""RestApi: one OpenAPI document, deployed behind API keys, usage plans and an access log."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.context import Context

STAGE_NAME = "v1"

ACCESS_LOG_FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "sourceIp": "$context.identity.sourceIp",
        "apiKeyId": "$context.identity.apiKeyId",
        "method": "$context.httpMethod",
        "path": "$context.path",
        "status": "$context.status",
        "integrationStatus": "$context.integration.status",
        "responseLength": "$context.responseLength",
        "latencyMs": "$context.responseLatency",
        "error": "$context.error.responseType",
    }
)
"""Who called what, when, and how it went; never a body.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""


class PlanArgs(TypedDict):
    """What the holders of a plan's keys may use."""

    requests_per_second: int
    """Steady rate."""
    burst: int
    """Requests at once."""
    requests_per_day: int
    """Quota."""
    keys: Sequence[str]
    """Names of the API keys; no two keys of an API share one."""


class RestApiArgs(TypedDict):
    """An API and who may use it."""

    context: Context
    """The stack."""
    document: Mapping[str, Any]
    """OpenAPI document, all of it known at preview."""
    plans: Mapping[str, PlanArgs]
    """Usage plans by name."""
    key_arn: pulumi.Input[str]
    """KMS key of the access log."""
    log_retention_days: int
    """How long the access log is kept."""
    callable_after: Sequence[pulumi.Resource]
    """What the API's integrations need: the API is deployed after it."""


class RestApi(pulumi.ComponentResource):
    """A regional REST API with one stage."""

    url: pulumi.Output[str]
    """Base URL of the stage."""
    api_keys: Mapping[str, pulumi.Output[str]]
    """Values of the API keys by name; secret."""

    def __init__(
        self, name: str, args: RestApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:RestApi", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        body = json.dumps(args["document"], sort_keys=True)
        api = aws.apigateway.RestApi(
            name,
            name=f"{args['context'].prefix}-{name}",
            body=body,
            endpoint_configuration={"types": "REGIONAL"},
            opts=child,
        )
        deployment = aws.apigateway.Deployment(
            f"{name}-deployment",
            rest_api=api.id,
            triggers={"document": hashlib.sha256(body.encode()).hexdigest()},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args["callable_after"])),
        )
        stage = self._stage(name, args, api, deployment)
        self.url = stage.invoke_url
        self.api_keys = {}
        for plan, limits in args["plans"].items():
            self.api_keys |= self._plan(name, plan, args["context"], limits, api, stage)
        self.register_outputs({"url": self.url})

    def _stage(
        self,
        name: str,
        args: RestApiArgs,
        api: aws.apigateway.RestApi,
        deployment: aws.apigateway.Deployment,
    ) -> aws.apigateway.Stage:
        child = pulumi.ResourceOptions(parent=self)
        access_log = aws.cloudwatch.LogGroup(
            f"{name}-access-log",
            name=f"/aws/apigateway/{args['context'].prefix}-{name}",
            kms_key_id=args["key_arn"],
            retention_in_days=args["log_retention_days"],
            opts=child,
        )
        return aws.apigateway.Stage(
            f"{name}-stage",
            rest_api=api.id,
            stage_name=STAGE_NAME,
            deployment=deployment.id,
            access_log_settings={"destination_arn": access_log.arn, "format": ACCESS_LOG_FORMAT},
            opts=child,
        )

    def _plan(
        self,
        name: str,
        plan_name: str,
        context: Context,
        limits: PlanArgs,
        api: aws.apigateway.RestApi,
        stage: aws.apigateway.Stage,
    ) -> dict[str, pulumi.Output[str]]:
        """A key is called after its client alone: in another plan it keeps its value."""
        child = pulumi.ResourceOptions(parent=self)
        plan = aws.apigateway.UsagePlan(
            f"{name}-{plan_name}",
            name=f"{context.prefix}-{name}-{plan_name}",
            api_stages=[{"api_id": api.id, "stage": stage.stage_name}],
            throttle_settings={
                "rate_limit": float(limits["requests_per_second"]),
                "burst_limit": limits["burst"],
            },
            quota_settings={"limit": limits["requests_per_day"], "period": "DAY"},
            opts=child,
        )
        values = {}
        for client in limits["keys"]:
            key = aws.apigateway.ApiKey(
                f"{name}-{client}", name=f"{context.prefix}-{client}", opts=child
            )
            aws.apigateway.UsagePlanKey(
                f"{name}-{client}-member",
                usage_plan_id=plan.id,
                key_id=key.id,
                key_type="API_KEY",
                opts=pulumi.ResourceOptions(
                    parent=self,
                    # The SDK hides a key's value on the key, but not on its membership.
                    additional_secret_outputs=["value"],
                    # AWS refuses a key that is in two plans of one stage, even for a moment.
                    delete_before_replace=True,
                ),
            )
            values[client] = key.value
        return values
