"""SageMaker's models: records of an image, an artifact and a role."""

import threading
from collections.abc import Mapping

from local.clock import Clock
from local.control.records import Record, Records
from local.control.sagemaker.listing import listed
from local.control.sagemaker.members import invalid, members
from local.control.sagemaker.packages import Packages
from local.control.service import Handler
from local.control.tags import Tags
from local.sagemaker.plan import ModelPlan, VpcPlan

_MODEL = members(
    "models",
    needed="ModelName ExecutionRoleArn",
    taken="PrimaryContainer Containers EnableNetworkIsolation VpcConfig Tags",
)
_CONTAINER = members(
    "containers",
    needed="Image ModelDataUrl",
    taken="Environment ContainerHostname",
    only={"Mode": "SingleModel"},
)
_MULTI_MODEL = members(
    "multi-model containers",
    needed="Image ModelDataUrl Mode",
    taken="Environment ContainerHostname",
)
_PACKAGED = members(
    "containers of a model package",
    needed="ModelPackageName",
    taken="Environment ContainerHostname",
    only={"Mode": "SingleModel"},
)


class Models:
    """The models of one region. arn: what the ARNs of the region's resources begin with."""

    def __init__(self, arn: str, clock: Clock, packages: Packages, tags: Tags) -> None:
        self._arn = f"{arn}:model/"
        self._clock = clock
        self._packages = packages
        self._tags = tags
        self._records = Records(
            "model",
            missing="ValidationException",
            taken="ValidationException",
            shown=lambda name: f'"{self._arn_of(name)}"',
        )
        self._plans: dict[str, ModelPlan] = {}
        self._changing = threading.Lock()

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "CreateModel": self._create,
            "DescribeModel": lambda request: self.describe(request["ModelName"]),
            "ListModels": lambda request: listed(
                request,
                (record for _, record in self._records),
                result="Models",
                name="ModelName",
                arn="ModelArn",
                order="Descending",
            ),
            "DeleteModel": self._delete,
        }

    def describe(self, name: str) -> Record:
        """A model as DescribeModel has it. Raises AwsError if there is none."""
        return self._records.get([name])

    def plan(self, name: str) -> ModelPlan:
        """What its container is. Raises AwsError if there is no such model."""
        with self._changing:
            self._records.get([name])
            return self._plans[name]

    def arns(self) -> set[str]:
        """The ARNs of all models."""
        return {record["ModelArn"] for _, record in self._records}

    def _create(self, request: Record) -> Record:
        _MODEL.check(request)
        name = request["ModelName"]
        plan = self._plan(request, _only_container(request))
        kept = {member: value for member, value in request.items() if member != "Tags"}
        arn = self._arn_of(name)
        with self._changing:
            self._records.create([name], kept | {"ModelArn": arn, "CreationTime": self._clock()})
            self._plans[name] = plan
        self._tags.add(arn, request.get("Tags", []))
        return {"ModelArn": arn}

    def _delete(self, request: Record) -> None:
        """Only the entry goes: an endpoint that has the model serves on.

        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteModel.html
        """
        with self._changing:
            self._records.delete([request["ModelName"]])
            del self._plans[request["ModelName"]]
        self._tags.forget(self._arn_of(request["ModelName"]))

    def _plan(self, request: Record, container: Record) -> ModelPlan:
        if "ModelPackageName" in container:
            _PACKAGED.check(container)
            packaged = self._packages.deployable_container(container["ModelPackageName"])
            environment = packaged.get("Environment", {}) | container.get("Environment", {})
            container = packaged
        else:
            (_MULTI_MODEL if is_multi_model(container) else _CONTAINER).check(container)
            environment = container.get("Environment", {})
        return ModelPlan(
            image=container["Image"],
            model_data_url=container["ModelDataUrl"],
            execution_role_arn=request["ExecutionRoleArn"],
            environment=environment,
            vpc=_vpc(request.get("VpcConfig")),
            multi_model=is_multi_model(container),
        )

    def _arn_of(self, name: str) -> str:
        return self._arn + name.lower()


def is_multi_model(container: Record) -> bool:
    """Whether a container serves several models, which lie below its ModelDataUrl.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
    """
    return container.get("Mode") == "MultiModel"


def _only_container(request: Record) -> Record:
    """Raises AwsError unless the model has exactly one container."""
    containers = request.get("Containers", [])
    primary = request.get("PrimaryContainer")
    if (primary is not None) + len(containers) != 1:
        raise invalid(
            "the local cloud needs one container of models: PrimaryContainer, or Containers with "
            f"one; given: {(primary is not None) + len(containers)}"
        )
    container: Record = containers[0] if primary is None else primary
    return container


def _vpc(config: Record | None) -> VpcPlan | None:
    if config is None:
        return None
    return VpcPlan(tuple(config["Subnets"]), tuple(config["SecurityGroupIds"]))
