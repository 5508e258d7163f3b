"""An instance of a variant, started as SageMaker does: in the name of its execution role.

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
"""

import re
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local.access import Access, AccessDenied
from local.log_delivery import LogStream, Writer
from local.log_writer import LogWriter
from local.principal import Principal, PrincipalKind
from local.sagemaker.instance import DeploymentError, Instance
from local.sagemaker.interfaces import NetworkInterfaces
from local.sagemaker.model_data import ModelData
from local.sagemaker.multi_model import MultiModelInstance
from local.sagemaker.plan import ModelPlan, VariantPlan

SERVICE = "sagemaker.amazonaws.com"
PULLING = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"""

_REPOSITORY = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^:@]+)[:@].+"
)

StartInstance = Callable[
    [ModelPlan, Path, Callable[[str], None], Callable[[], None]],
    Instance,
]
"""From a model, the folder of its artifact, where its log goes, and what to do at its end."""

StartMultiModel = Callable[
    [ModelPlan, Callable[[str], Path], Callable[[str], None], Callable[[], None]],
    Instance,
]
"""The same from what unpacks a model's artifact once it is asked for."""

_Start = Callable[[Callable[[str], None], Callable[[], None]], Instance]


@dataclass(frozen=True)
class Launcher:
    """Starts instances of one region. access: what roles may do."""

    region: str
    access: Access
    model_data: ModelData
    logs: LogWriter
    interfaces: NetworkInterfaces
    start_instance: StartInstance = Instance
    start_multi_model: StartMultiModel = MultiModelInstance

    def launch(self, endpoint: str, plan: VariantPlan) -> Instance:
        """An instance that runs, and need not be healthy. Raises DeploymentError."""
        model = plan.model
        role = Principal(PrincipalKind.ROLE, model.execution_role_arn)
        try:
            self.access.require_role(role.identifier, SERVICE)
            self._pull(role, model.image)
        except AccessDenied as error:
            raise DeploymentError(str(error)) from error
        start = self._prepared(role, model)
        leave = self.interfaces.join(role, model.vpc, endpoint) if model.vpc else _nothing
        try:
            return start(self._log(endpoint, plan), leave)
        except BaseException:
            leave()
            raise

    def _prepared(self, role: Principal, model: ModelPlan) -> _Start:
        """How to start the model's container. Raises DeploymentError where its artifacts lack."""
        url = model.model_data_url
        if model.multi_model:
            self.model_data.check_prefix(role, url)
            fetch = partial(self.model_data.unpack_below, role, url)
            return partial(self.start_multi_model, model, fetch)
        return partial(self.start_instance, model, self.model_data.unpack(role, url))

    def _pull(self, role: Principal, image: str) -> None:
        """Raises AccessDenied where the role may not pull an image of a registry of ours."""
        repository = _REPOSITORY.fullmatch(image)
        if not repository:
            return
        account, region, name = repository["account"], repository["region"], repository["name"]
        self.access.require(role, "ecr:GetAuthorizationToken", "*")
        for action in PULLING:
            self.access.require(role, action, f"arn:aws:ecr:{region}:{account}:repository/{name}")

    def _log(self, endpoint: str, plan: VariantPlan) -> Callable[[str], None]:
        """Where an instance's log goes, by the names that AWS gives it.

        The cloud's own log has it as well, whatever the role may.
        https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
        """
        group = f"/aws/sagemaker/Endpoints/{endpoint}"
        instance = f"i-{secrets.token_hex(9)[1:]}"
        writer = Writer(SERVICE, plan.model.execution_role_arn)
        stream = LogStream(self.region, group, f"{plan.name}/{instance}", writer)

        def log(line: str) -> None:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            self.logs.write(stream, line)

        return log


def _nothing() -> None:
    """What is done at the end of an instance that is in no VPC."""
