"""What a request to create or update an endpoint asks for, resolved and checked; nothing moves."""

from dataclasses import dataclass

from local.clock import Clock
from local.control.autoscaling.registry import ScalableTargets
from local.control.records import Record
from local.control.sagemaker.configurations import Configurations
from local.control.sagemaker.deployment import rollout
from local.control.sagemaker.endpoint import Deployment, Endpoint
from local.control.sagemaker.members import invalid
from local.control.sagemaker.models import Models
from local.control.sagemaker.plans import endpoint_plan, with_retained_properties
from local.control.sagemaker.updates import check_update
from local.sagemaker.plan import EndpointPlan
from local.sagemaker.rollout import RollbackAlarms, Rollout


@dataclass(frozen=True)
class Order:
    """A deployment and the way it is to go. config: the DeploymentConfig behind that."""

    deployment: Deployment
    config: Record | None
    rollout: Rollout


@dataclass(frozen=True)
class Deployments:
    """Makes deployments of what there is in one region. targets: what autoscaling holds fast."""

    configurations: Configurations
    models: Models
    targets: ScalableTargets
    alarms: RollbackAlarms
    clock: Clock

    def first(self, request: Record) -> Order:
        """Of CreateEndpoint. There is nothing to roll out from, so all starts at once.

        Raises AwsError, also for a DeploymentConfig that no update could follow.
        """
        configuration = self.configurations.describe(request["EndpointConfigName"])
        deployment = self._deployment(configuration)
        config = request.get("DeploymentConfig")
        self._rollout(config, deployment.plan)
        return Order(deployment, config, Rollout())

    def following(self, request: Record, endpoint: Endpoint, live: Deployment) -> Order:
        """Of UpdateEndpoint. Raises AwsError.

        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html
        """
        # AWS looks up the old one as well, and says so when that is the one that is gone.
        # https://github.com/hashicorp/terraform-provider-aws/issues/40048
        self.configurations.describe(live.plan.configuration)
        configuration = self.configurations.describe(request["EndpointConfigName"])
        if request.get("RetainAllVariantProperties"):
            excluded = [
                kind["VariantPropertyType"]
                for kind in request.get("ExcludeRetainedVariantProperties", [])
            ]
            configuration = with_retained_properties(
                configuration, live.configuration, live.plan, excluded
            )
        config = request.get("DeploymentConfig")
        if request.get("RetainDeploymentConfig"):
            config = config or endpoint.deployment_config
        deployment = self._deployment(configuration)
        check_update(
            endpoint.name,
            live,
            deployment,
            registered=self.targets.variants(endpoint.name),
            guarded=config is not None,
        )
        return Order(deployment, config, self._rollout(config, deployment.plan))

    def _deployment(self, configuration: Record) -> Deployment:
        plan = endpoint_plan(configuration, self.models.plan)
        return Deployment(configuration, plan, self.clock())

    def _rollout(self, config: Record | None, plan: EndpointPlan) -> Rollout:
        pace = rollout(config or {}, plan)
        if missing := self.alarms.missing(pace.alarms):
            raise invalid(
                f"Alarms of AutoRollbackConfiguration that do not exist: {', '.join(missing)}. "
                "Without them nothing would roll the update back. Create them first."
            )
        return pace
