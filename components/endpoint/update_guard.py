"""UpdateGuard: what watches an endpoint's updates, and is there before they begin."""

from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.config.endpoint import Endpoint
from components.config.rollout import Rollout
from components.context import Context
from components.endpoint.execution_role import ExecutionRole
from components.endpoint.live_endpoint import LiveEndpoint
from components.endpoint.rollback_alarms import RollbackAlarms
from components.endpoint.rollout import deployment_config
from components.iam import allow, document

AT_ONCE = Rollout.model_validate({"blueGreen": {"bake": "1s"}, "rollbackOn": {"errorRate": "50%"}})
"""How an endpoint is updated that was created with a roll-out which the config no longer has."""


def rollout_of(settings: Endpoint, live: LiveEndpoint | None) -> Rollout | None:
    """How the endpoint is updated; None for at once and unguarded.

    An endpoint that was created with alarms keeps some: without any, the aws provider would delete
    it and make it anew, since `auto_rollback_configuration` forces a new resource.
    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sagemaker/endpoint.go
    """
    return settings.rollout or (AT_ONCE if live and live.guarded else None)


class UpdateGuardArgs(TypedDict):
    """An endpoint that is updated."""

    context: Context
    """The stack."""
    endpoint_name: str
    """Physical name of the endpoint."""
    configuration_name: pulumi.Input[str]
    """The configuration that it is updated to."""
    settings: Endpoint
    """The endpoint's config."""
    rollout: Rollout
    """How the update goes, and what rolls it back."""
    role: ExecutionRole
    """Its role: it has to see the alarms."""


class UpdateGuard(pulumi.ComponentResource):
    """The alarms that roll an update back, and the right to see them. The endpoint depends on it.

    Without that right the alarms do nothing.
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    """

    deployment_config: dict[str, Any]
    """The endpoint's argument of that name."""

    def __init__(
        self, name: str, args: UpdateGuardArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:UpdateGuard", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        alarms = RollbackAlarms(
            name,
            {
                "endpoint_name": args["endpoint_name"],
                "configuration_name": args["configuration_name"],
                "variant_names": list(args["settings"].variants),
                "rollback_on": args["rollout"].rollback_on,
            },
            child,
        )
        arns = [args["context"].arn("cloudwatch", f"alarm:{alarm}") for alarm in alarms.names]
        aws.iam.RolePolicy(
            f"{name}-alarms",
            name="see-rollback-alarms",
            role=args["role"].name,
            policy=document([allow("SeeRollbackAlarms", ["cloudwatch:DescribeAlarms"], arns)]),
            opts=child,
        )
        self.deployment_config = deployment_config(args["rollout"], alarms.names)
        self.register_outputs({})
