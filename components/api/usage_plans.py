"""UsagePlans: API keys, and what the holders of each plan's keys may use."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.config.gateway import Plan
from components.context import Context


class UsagePlansArgs(TypedDict):
    """The tiers of an API's clients."""

    context: Context
    """The stack."""
    plans: Mapping[str, Plan]
    """By name; no two of them have a key of one name."""
    stage: aws.apigateway.Stage
    """What the keys open."""


class UsagePlans(pulumi.ComponentResource):
    """A usage plan per tier, an API key per client."""

    api_keys: Mapping[str, pulumi.Output[str]]
    """Values of the API keys by client; secret."""

    def __init__(
        self, name: str, args: UsagePlansArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:UsagePlans", name, None, opts)
        self.api_keys = {}
        for title, settings in args["plans"].items():
            plan = aws.apigateway.UsagePlan(
                f"{name}-{title}",
                name=plan_name(name, title, args["context"]),
                api_stages=[{"api_id": args["stage"].rest_api, "stage": args["stage"].stage_name}],
                throttle_settings={
                    "rate_limit": float(settings.throttle.rate),
                    "burst_limit": settings.throttle.burst,
                },
                quota_settings={"limit": settings.quota, "period": "DAY"},
                opts=pulumi.ResourceOptions(parent=self),
            )
            for client in settings.keys:
                self.api_keys[client] = self._key(name, client, args["context"], plan)
        self.register_outputs({})

    def _key(
        self, name: str, client: str, context: Context, plan: aws.apigateway.UsagePlan
    ) -> pulumi.Output[str]:
        """A key is called after its client alone: in another plan it keeps its value."""
        key = aws.apigateway.ApiKey(
            f"{name}-{client}",
            name=f"{context.prefix}-{client}",
            opts=pulumi.ResourceOptions(parent=self),
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
        return key.value


def plan_name(api: str, title: str, context: Context) -> str:
    """Name of an API's usage plan on AWS. title: the plan's name in the config."""
    return f"{context.prefix}-{api}-{title}"
