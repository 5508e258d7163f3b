"""RestApi: one OpenAPI document, deployed on a stage, behind usage plans and a web ACL."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.api.api_stage import ApiStage, MethodArgs
from components.api.usage_plans import UsagePlans
from components.api.web_acl import WebAcl
from components.config.gateway import Cors, Plan, Throttle, Waf
from components.context import Context


class RestApiArgs(TypedDict):
    """An API and who may use it how much."""

    context: Context
    """The stack."""
    document: Mapping[str, Any]
    """OpenAPI document, all of it known at preview."""
    plans: Mapping[str, Plan]
    """Usage plans by name; none where nobody calls with an API key."""
    throttle: Throttle
    """Limits of every method, for all clients together."""
    methods: Sequence[MethodArgs]
    """Methods with settings of their own."""
    waf: Waf | None
    """A web ACL in front."""
    cors: Cors | None
    """A web page that may read what the web ACL answers."""
    tracing: bool
    """Whether X-Ray traces requests."""
    key_arn: pulumi.Input[str]
    """KMS key of the logs."""
    log_retention_days: int
    """How long the logs are kept."""
    callable_after: Sequence[pulumi.Resource]
    """What the API's integrations need: the API is deployed after it."""


def stage_name(api: str) -> str:
    """Name of the one stage of an API among the stack's resources."""
    return f"{api}-stage"


class RestApi(pulumi.ComponentResource):
    """A regional REST API with one stage."""

    url: pulumi.Output[str]
    """Base URL of the stage."""
    invoke_arn: pulumi.Output[str]
    """ARN of the stage for execute-api:Invoke; method and path go behind it."""
    api_keys: Mapping[str, pulumi.Output[str]]
    """Values of the API keys by client; secret."""

    def __init__(
        self, name: str, args: RestApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:RestApi", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # All that a deployment freezes stands in the document, so its hash says when to redeploy.
        body = json.dumps(args["document"], sort_keys=True)
        api = aws.apigateway.RestApi(
            name,
            name=f"{args['context'].prefix}-{name}",
            body=body,
            endpoint_configuration={"types": "REGIONAL"},
            opts=child,
        )
        # Replaced by a new one first: the stage moves on before the old deployment goes.
        deployment = aws.apigateway.Deployment(
            f"{name}-deployment",
            rest_api=api.id,
            triggers={"document": hashlib.sha256(body.encode()).hexdigest()},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args["callable_after"])),
        )
        stage = self._stage(name, args, deployment)
        self.url = stage.invoke_url
        self.invoke_arn = stage.execution_arn
        self.api_keys = {}
        if args["plans"]:
            plans = UsagePlans(
                name,
                {"context": args["context"], "plans": args["plans"], "stage": stage},
                child,
            )
            self.api_keys = plans.api_keys
        if args["waf"]:
            WebAcl(
                f"{name}-waf",
                {
                    "context": args["context"],
                    "stage_arn": stage.arn,
                    "settings": args["waf"],
                    "cors": args["cors"],
                    "key_arn": args["key_arn"],
                    "log_retention_days": args["log_retention_days"],
                },
                child,
            )
        self.register_outputs({"url": self.url})

    def _stage(
        self, name: str, args: RestApiArgs, deployment: aws.apigateway.Deployment
    ) -> aws.apigateway.Stage:
        return ApiStage(
            stage_name(name),
            {
                "context": args["context"],
                "deployment": deployment,
                "throttle": args["throttle"],
                "methods": args["methods"],
                "tracing": args["tracing"],
                "key_arn": args["key_arn"],
                "log_retention_days": args["log_retention_days"],
            },
            pulumi.ResourceOptions(parent=self),
        ).stage
