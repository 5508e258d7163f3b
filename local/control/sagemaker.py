"""SageMaker's control plane: models and configurations as records, endpoints that really run."""

import logging
import threading
from collections.abc import Mapping, Sequence

from local.aws import ACCOUNT_ID
from local.clock import Clock
from local.control.records import Record, Records
from local.control.service import AwsError, Handler
from local.sagemaker.endpoint import VariantPlan
from local.sagemaker.instance import ModelPlan
from local.sagemaker.runtime import DeploymentError, SageMakerRuntime

_log = logging.getLogger(__name__)

# Members that are needed here, and those that change nothing on one machine. Any other asks for
# a behaviour that the local cloud does not have, so it is refused.
_NEEDED = {
    "model": {"ModelName", "PrimaryContainer", "ExecutionRoleArn"},
    "container": {"Image", "ModelDataUrl"},
    "configuration": {"EndpointConfigName", "ProductionVariants"},
    "variant": {"VariantName", "ModelName", "InitialInstanceCount"},
    "endpoint": {"EndpointName", "EndpointConfigName"},
}
_TAKEN = {
    "model": {"EnableNetworkIsolation", "VpcConfig", "Tags"},
    "container": {"Environment", "ContainerHostname", "Mode"},
    "configuration": {"KmsKeyId", "Tags"},
    "variant": {"InstanceType", "InitialVariantWeight"},
    "endpoint": {"Tags"},
}


class SageMaker:
    """Models, endpoint configurations and endpoints of one region."""

    def __init__(self, region: str, clock: Clock, runtime: SageMakerRuntime) -> None:
        self._arn = f"arn:aws:sagemaker:{region}:{ACCOUNT_ID}"
        self._clock = clock
        self._runtime = runtime
        self._models = _records("model")
        self._configurations = _records("endpoint configuration")
        self._endpoints = _records("endpoint")

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "CreateModel": self._create_model,
            "DescribeModel": lambda request: self._models.get([request["ModelName"]]),
            "DeleteModel": lambda request: self._models.delete([request["ModelName"]]),
            "CreateEndpointConfig": self._create_configuration,
            "DescribeEndpointConfig": lambda request: self._configurations.get(
                [request["EndpointConfigName"]]
            ),
            "DeleteEndpointConfig": lambda request: self._configurations.delete(
                [request["EndpointConfigName"]]
            ),
            "CreateEndpoint": self._create_endpoint,
            "DescribeEndpoint": lambda request: self._endpoints.get([request["EndpointName"]]),
            "UpdateEndpoint": self._update_endpoint,
            "DeleteEndpoint": self._delete_endpoint,
        }

    def _create_model(self, request: Record) -> Record:
        _check("model", request)
        _check("container", request["PrimaryContainer"])
        arn = f"{self._arn}:model/{request['ModelName'].lower()}"
        stamped = {"ModelArn": arn, "CreationTime": self._clock()}
        self._models.create([request["ModelName"]], request | stamped)
        return {"ModelArn": arn}

    def _create_configuration(self, request: Record) -> Record:
        _check("configuration", request)
        for variant in request["ProductionVariants"]:
            _check("variant", variant)
            self._models.get([variant["ModelName"]])
        arn = f"{self._arn}:endpoint-config/{request['EndpointConfigName'].lower()}"
        stamped = {"EndpointConfigArn": arn, "CreationTime": self._clock()}
        self._configurations.create([request["EndpointConfigName"]], request | stamped)
        return {"EndpointConfigArn": arn}

    def _create_endpoint(self, request: Record) -> Record:
        _check("endpoint", request)
        name = request["EndpointName"]
        plans = self._plans(request["EndpointConfigName"])
        arn = f"{self._arn}:endpoint/{name.lower()}"
        now = self._clock()
        self._endpoints.create(
            [name],
            request
            | {
                "EndpointArn": arn,
                "EndpointStatus": "Creating",
                "CreationTime": now,
                "LastModifiedTime": now,
            },
        )
        self._deploy(name, request["EndpointConfigName"], plans, on_failure="Failed")
        return {"EndpointArn": arn}

    def _update_endpoint(self, request: Record) -> Record:
        _check("endpoint", request)
        name = request["EndpointName"]
        record = self._endpoints.get([name])
        if record["EndpointStatus"] != "InService":
            raise AwsError(
                "ValidationException",
                f"Cannot update endpoint {name!r} while it is {record['EndpointStatus']}.",
            )
        plans = self._plans(request["EndpointConfigName"])
        self._endpoints.update([name], {"EndpointStatus": "Updating"})
        # As on AWS a failed update leaves the old fleet in service, and says so only in the record.
        self._deploy(name, request["EndpointConfigName"], plans, on_failure="InService")
        return {"EndpointArn": record["EndpointArn"]}

    def _delete_endpoint(self, request: Record) -> None:
        name = request["EndpointName"]
        status = self._endpoints.get([name])["EndpointStatus"]
        if status in ("Creating", "Updating"):
            raise AwsError(
                "ValidationException", f"Cannot delete endpoint {name!r} while it is {status}."
            )
        self._endpoints.delete([name])
        self._runtime.remove(name)

    def _deploy(
        self, name: str, configuration: str, plans: Sequence[VariantPlan], on_failure: str
    ) -> None:
        def work() -> None:
            try:
                self._runtime.deploy(name, plans)
            except DeploymentError as error:
                outcome: Record = {"EndpointStatus": on_failure, "FailureReason": str(error)}
            except Exception as error:  # whoever waits for the endpoint must hear of it
                _log.exception("endpoint %s could not be deployed", name)
                reason = f"The local cloud failed: {error!r}. Look into its log."
                outcome = {"EndpointStatus": on_failure, "FailureReason": reason}
            else:
                outcome = {
                    "EndpointStatus": "InService",
                    "FailureReason": None,
                    "EndpointConfigName": configuration,
                    "ProductionVariants": [_summary(plan) for plan in plans],
                }
            self._endpoints.update([name], outcome | {"LastModifiedTime": self._clock()})

        threading.Thread(target=work, name=f"deploy-{name}").start()

    def _plans(self, configuration: str) -> list[VariantPlan]:
        variants = self._configurations.get([configuration])["ProductionVariants"]
        return [self._plan(variant) for variant in variants]

    def _plan(self, variant: Record) -> VariantPlan:
        model = self._models.get([variant["ModelName"]])
        container = model["PrimaryContainer"]
        return VariantPlan(
            name=variant["VariantName"],
            weight=variant.get("InitialVariantWeight", 1.0),
            instances=variant["InitialInstanceCount"],
            model=ModelPlan(
                image=container["Image"],
                model_data_url=container["ModelDataUrl"],
                environment=container.get("Environment", {}),
                execution_role_arn=model["ExecutionRoleArn"],
            ),
        )


def _records(noun: str) -> Records:
    return Records(noun, missing="ValidationException", taken="ValidationException")


def _check(noun: str, members: Record) -> None:
    """Raises AwsError for a member that is missing or would change nothing here."""
    if missing := sorted(_NEEDED[noun] - members.keys()):
        what = f"the local cloud needs {', '.join(missing)} of {noun}s"
    elif unknown := sorted(members.keys() - _NEEDED[noun] - _TAKEN[noun]):
        what = f"the local cloud does not have {', '.join(unknown)} of {noun}s"
    else:
        return
    raise AwsError("ValidationException", what)


def _summary(plan: VariantPlan) -> Record:
    return {
        "VariantName": plan.name,
        "CurrentWeight": plan.weight,
        "DesiredWeight": plan.weight,
        "CurrentInstanceCount": plan.instances,
        "DesiredInstanceCount": plan.instances,
    }
