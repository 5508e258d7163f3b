"""One region of the local cloud: the services that are ours, and the endpoints they run."""

import random
from pathlib import Path

from local.aws import Aws
from local.call_log import CallLog
from local.clock import Clock
from local.control.apigateway import ApiGateway
from local.control.autoscaling import AutoScaling
from local.control.sagemaker import SageMaker
from local.control.service import Service
from local.http import HttpRequest, HttpResponse
from local.principal import Principal
from local.sagemaker.model_data import ModelData
from local.sagemaker.runtime import SageMakerRuntime


class Region:
    """Services and data plane. directory: where unpacked artifacts go."""

    def __init__(self, aws: Aws, directory: Path, clock: Clock, calls: CallLog) -> None:
        self.name = aws.region
        model_data = ModelData(aws, directory, calls)
        random_source = random.Random()  # noqa: S311 - picks variants, guards nothing
        self._runtime = SageMakerRuntime(aws.region, model_data, calls, random_source)
        self.api_gateway = ApiGateway(clock)
        self.services = {
            name: Service(name, control.handlers())
            for name, control in (
                ("apigateway", self.api_gateway),
                ("application-autoscaling", AutoScaling(aws.region, clock)),
                ("sagemaker", SageMaker(aws.region, clock, self._runtime)),
            )
        }

    def call_service(
        self, principal: Principal, service: str, request: HttpRequest, timeout_seconds: float
    ) -> HttpResponse:
        """The AWS services that an integration of API Gateway can call.

        Raises LookupError for any but InvokeEndpoint.
        """
        match (service, *request.path.strip("/").split("/")):
            case ("runtime.sagemaker", "endpoints", name, "invocations"):
                return self._runtime.invoke(principal, name, request, timeout_seconds)
            case _:
                raise LookupError(f"{service} {request.path}: the local cloud cannot call it")

    def close(self) -> None:
        """Stops every process of the region."""
        self._runtime.close()
