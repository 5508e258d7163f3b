"""InvokeEndpoint: what SageMaker puts around a container's answer.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

import json
import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from local.aws import ACCOUNT_ID
from local.call_log import CallLog
from local.http import HttpRequest, HttpResponse
from local.principal import Principal, PrincipalKind
from local.sagemaker.endpoint import Endpoint, Variant, VariantPlan
from local.sagemaker.instance import DeploymentError, Instance, InstanceDown, ModelPlan
from local.sagemaker.model_data import ModelData

__all__ = ["DeploymentError", "SageMakerRuntime"]

MAX_BODY_BYTES = 6_291_456
"""Real-time payload: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html"""
MAX_ORIGINAL_MESSAGE = 2_048

_FORWARDED = ("content-type", "accept", "x-amzn-sagemaker-custom-attributes")


class SageMakerRuntime:
    """Endpoints of one region.

    model_data: how artifacts reach the instances. random_source: decides among weights.
    start_instance: from a model and the folder of its artifact.
    """

    def __init__(
        self,
        region: str,
        model_data: ModelData,
        calls: CallLog,
        random_source: random.Random,
        start_instance: Callable[[ModelPlan, Path], Instance] = Instance,
    ) -> None:
        self._region = region
        self._model_data = model_data
        self._calls = calls
        self._random = random_source
        self._start_instance = start_instance
        self._endpoints: dict[str, Endpoint] = {}
        self._lock = threading.Lock()

    def deploy(self, name: str, plans: Sequence[VariantPlan]) -> None:
        """Brings up a new fleet, then puts it in the place of the old one.

        Raises DeploymentError; then what served before goes on serving.
        """
        started: list[Instance] = []
        try:
            variants = [self._start(plan, started) for plan in plans]
            for instance in started:
                instance.wait_until_healthy()
        except DeploymentError:
            for instance in started:
                instance.stop()
            raise
        with self._lock:
            old = self._endpoints.get(name)
            self._endpoints[name] = Endpoint(variants, self._random)
        if old:
            old.stop()

    def remove(self, name: str) -> None:
        """Takes an endpoint out of service."""
        with self._lock:
            endpoint = self._endpoints.pop(name, None)
        if endpoint:
            endpoint.stop()

    def close(self) -> None:
        """Stops every endpoint."""
        for name in list(self._endpoints):
            self.remove(name)

    def invoke(
        self, principal: Principal, name: str, request: HttpRequest, timeout_seconds: float
    ) -> HttpResponse:
        """InvokeEndpoint as `principal`, who waits no longer than `timeout_seconds`.

        Raises TimeoutError after that: the caller has gone, whatever the container does.
        """
        resource = f"arn:aws:sagemaker:{self._region}:{ACCOUNT_ID}:endpoint/{name}"
        status = None
        try:
            response = self._invoke(name, request, timeout_seconds)
            status = response.status
        finally:
            self._calls.record(principal, "sagemaker:InvokeEndpoint", resource, status)
        return response

    def _invoke(self, name: str, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        with self._lock:
            endpoint = self._endpoints.get(name)
        if endpoint is None:
            message = f"Endpoint {name} of account {ACCOUNT_ID} not found."
            return _error(400, "ValidationError", message)
        if len(request.body) > MAX_BODY_BYTES:
            message = f"Body has {len(request.body)} bytes; the limit is {MAX_BODY_BYTES}."
            return _error(413, "ValidationError", message)
        variant = endpoint.pick()
        headers = {key: request.headers[key] for key in _FORWARDED if key in request.headers}
        try:
            answer = variant.next_instance().invoke(
                HttpRequest("POST", "/invocations", headers, body=request.body), timeout_seconds
            )
        except InstanceDown:
            if self._endpoints.get(name) is not endpoint:  # a new fleet took over meanwhile
                return self._invoke(name, request, timeout_seconds)
            return _error(503, "ServiceUnavailable", "The service is temporarily unavailable.")
        if not 200 <= answer.status < 300:
            text = answer.body.decode(errors="replace")
            return self._model_error(name, variant, answer.status, text)
        return HttpResponse(
            200,
            {
                "content-type": answer.headers.get("content-type", "application/octet-stream"),
                "x-amzn-invoked-production-variant": variant.plan.name,
            },
            answer.body,
        )

    def _model_error(self, name: str, variant: Variant, status: int, text: str) -> HttpResponse:
        """424: every answer of the container that is not 2xx."""
        log_group = f"log-group:/aws/sagemaker/Endpoints/{name}:log-stream:{variant.plan.name}"
        return _error(
            424,
            "ModelError",
            f"Received an error ({status}) from {variant.plan.name}.",
            OriginalStatusCode=status,
            OriginalMessage=text[:MAX_ORIGINAL_MESSAGE],
            LogStreamArn=f"arn:aws:logs:{self._region}:{ACCOUNT_ID}:{log_group}",
        )

    def _start(self, plan: VariantPlan, started: list[Instance]) -> Variant:
        role = Principal(PrincipalKind.ROLE, plan.model.execution_role_arn)
        directory: Path = self._model_data.unpack(role, plan.model.model_data_url)
        instances = []
        for _ in range(plan.instances):
            instances.append(self._start_instance(plan.model, directory))
            started.append(instances[-1])
        return Variant(plan, instances)


def _error(status: int, code: str, message: str, **members: object) -> HttpResponse:
    body = json.dumps({"Message": message, **members}).encode()
    return HttpResponse(
        status, {"content-type": "application/json", "x-amzn-errortype": code}, body
    )
