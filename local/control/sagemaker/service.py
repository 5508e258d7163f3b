"""SageMaker's control plane over the wire: records, and endpoints that really run."""

from collections.abc import Callable, Mapping

from local.aws import ACCOUNT_ID
from local.clock import Clock
from local.control.autoscaling.registry import ScalableTargets
from local.control.records import Record
from local.control.sagemaker.configurations import Configurations
from local.control.sagemaker.deployments import Deployments
from local.control.sagemaker.endpoints import DataPlane, Endpoints
from local.control.sagemaker.members import invalid
from local.control.sagemaker.models import Models
from local.control.sagemaker.packages import Packages
from local.control.service import Handler
from local.control.tags import Tags
from local.sagemaker.rollout import Deployer, RollbackAlarms


class SageMaker:
    """Model registry, models, endpoint configurations and endpoints of one region.

    Not here: training, processing, pipelines, inference components.
    """

    endpoints: Endpoints
    """For Application Auto Scaling."""

    def __init__(
        self,
        region: str,
        clock: Clock,
        data_plane: DataPlane,
        targets: ScalableTargets,
        alarms: RollbackAlarms,
        sleep: Callable[[float], None],
    ) -> None:
        arn = f"arn:aws:sagemaker:{region}:{ACCOUNT_ID}"
        self._tags = Tags()
        self._packages = Packages(arn, clock, self._tags)
        self._models = Models(arn, clock, self._packages, self._tags)
        self._configurations = Configurations(arn, clock, self._models, self._tags)
        deployments = Deployments(self._configurations, self._models, targets, alarms, clock)
        deployer = Deployer(data_plane, alarms, clock, sleep)
        self.endpoints = Endpoints(arn, clock, data_plane, deployments, deployer, self._tags)

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            **self._packages.handlers(),
            **self._models.handlers(),
            **self._configurations.handlers(),
            **self.endpoints.handlers(),
            "AddTags": self._add_tags,
            "ListTags": lambda request: {"Tags": self._tags.of(self._tagged(request))},
            "DeleteTags": lambda request: self._tags.remove(
                self._tagged(request), request["TagKeys"]
            ),
        }

    def close(self) -> None:
        """Ends every roll-out."""
        self.endpoints.close()

    def _add_tags(self, request: Record) -> Record:
        arn = self._tagged(request)
        self._tags.add(arn, request["Tags"])
        return {"Tags": self._tags.of(arn)}

    def _tagged(self, request: Record) -> str:
        """The ARN of a resource that is there."""
        arn: str = request["ResourceArn"]
        kinds = (self._packages, self._models, self._configurations, self.endpoints)
        if not any(arn in kind.arns() for kind in kinds):
            raise invalid(f'Could not find resource "{arn}".')
        return arn
