"""SageMaker's data plane: the endpoints of one region, and calls of them.

Not here: streamed answers, inference components, explanations.
"""

import random
import threading
import time
from collections.abc import Mapping

from local.access import Access, AccessDenied
from local.aws import ACCOUNT_ID
from local.call_log import CallLog
from local.clock import Clock
from local.http import HttpRequest, HttpResponse
from local.principal import Principal
from local.sagemaker.asynchronous import accepted, parse_job
from local.sagemaker.deployment import Deployment
from local.sagemaker.endpoint import Endpoint
from local.sagemaker.fleet import Fleet, Retired
from local.sagemaker.instance import DeploymentError
from local.sagemaker.invocation import (
    TARGET_MODEL,
    RuntimeApiError,
    parse_invocation,
    validation_error,
)
from local.sagemaker.measurement import BacklogMeasurement, PutMetric
from local.sagemaker.plan import EndpointPlan
from local.sagemaker.realtime import RealTimeCall
from local.sagemaker.storage import Storage


class SageMakerRuntime:
    """Endpoints of one region. random_source: decides which fleet a request goes to."""

    def __init__(
        self,
        region: str,
        deployment: Deployment,
        storage: Storage,
        access: Access,
        calls: CallLog,
        clock: Clock,
        random_source: random.Random,
        put_metric: PutMetric,
    ) -> None:
        self._region = region
        self._deployment = deployment
        self._storage = storage
        self._access = access
        self._calls = calls
        self._clock = clock
        self._random = random_source
        self._put_metric = put_metric
        self._endpoints: dict[str, Endpoint] = {}
        self._closed = False
        self._lock = threading.Lock()

    def start(self, name: str, plan: EndpointPlan) -> Fleet:
        """A new fleet for an endpoint: healthy, and nothing is routed to it yet.

        Raises DeploymentError and leaves nothing running.
        """
        if self._closed:
            raise DeploymentError("The local cloud ends.")
        return self._deployment.start(name, plan)

    def route(self, name: str, fleet: Fleet, share: float) -> None:
        """From now on `share` of the requests, 0..1, goes to `fleet`, the rest to the one before.

        With 1.0 the one before is drained and stopped when this returns. The first fleet of an
        endpoint gets everything at once. In a runtime that was closed the fleet is stopped.
        """
        retired: Fleet | None = None
        with self._lock:
            endpoint = self._endpoints.get(name)
            if self._closed:
                retired = fleet
            elif endpoint:
                retired = endpoint.route(fleet, share)
            else:
                self._endpoints[name] = Endpoint(
                    fleet,
                    self._random,
                    self._storage,
                    self._clock,
                    BacklogMeasurement(self._put_metric, name),
                )
        if retired:
            retired.close()

    def discard(self, name: str, fleet: Fleet) -> None:
        """Takes its share back from a fleet, drains and stops it; one that has taken over stays."""
        with self._lock:
            endpoint = self._endpoints.get(name)
            if endpoint:
                endpoint.withdraw(fleet)
            serves = endpoint is not None and endpoint.serving is fleet
        if not serves:
            fleet.close()

    def resize(self, name: str, variant: str, instances: int) -> None:
        """Brings a variant of the serving fleet to so many instances, or such a concurrency.

        Raises DeploymentError, and LookupError for an endpoint or variant that is not there.
        """
        self._endpoints[name].serving.variants[variant].resize(instances)

    def reweigh(self, name: str, weights: Mapping[str, float]) -> None:
        """Sets weights of the serving fleet, by variant.

        Raises ValueError if none would be positive, LookupError for an endpoint that is not there.
        """
        self._endpoints[name].serving.reweigh(weights)

    def counts(self, name: str) -> Mapping[str, tuple[int, int]]:
        """Current and desired instances of the serving fleet, by variant that has instances.

        Raises LookupError for an endpoint that is not there.
        """
        return self._endpoints[name].serving.counts

    def remove(self, name: str) -> None:
        """Takes an endpoint out of service."""
        with self._lock:
            endpoint = self._endpoints.pop(name, None)
        if endpoint:
            endpoint.close()

    def close(self) -> None:
        """Stops every endpoint, and any that would begin later."""
        with self._lock:
            self._closed = True
        for name in list(self._endpoints):
            self.remove(name)

    def answer(
        self, principal: Principal, request: HttpRequest, timeout_seconds: float
    ) -> HttpResponse:
        """The runtime API's operation that the path names, as `principal`.

        Raises LookupError for an operation that is not had here, TimeoutError as `invoke`.
        """
        match request.method, *request.path.strip("/").split("/"):
            case "POST", "endpoints", name, "invocations":
                return self.invoke(principal, name, request, timeout_seconds)
            case "POST", "endpoints", name, "async-invocations":
                return self.invoke_async(principal, name, request)
            case "POST", "endpoints", _, "invocations-response-stream":
                operation = "InvokeEndpointWithResponseStream"
            case _:
                operation = f"{request.method} {request.path}"
        raise LookupError(f"runtime.sagemaker {operation}: the local cloud does not have it")

    def invoke(
        self, principal: Principal, name: str, request: HttpRequest, timeout_seconds: float
    ) -> HttpResponse:
        """InvokeEndpoint as `principal`, who waits no longer than `timeout_seconds`.

        Raises TimeoutError after that: the caller has gone, whatever the container does.
        """
        arrived = time.monotonic()
        status = None
        try:
            response = self._invoke(principal, name, request, timeout_seconds, arrived)
            status = response.status
        finally:
            self._record(principal, "InvokeEndpoint", name, status)
        return response

    def invoke_async(self, principal: Principal, name: str, request: HttpRequest) -> HttpResponse:
        """InvokeEndpointAsync as `principal`."""
        try:
            self._require(principal, "InvokeEndpointAsync", name)
            endpoint = self._endpoint(name)
            plan = endpoint.serving.plan.asynchronous
            if plan is None:
                raise validation_error(f"Endpoint {name} is not asynchronous. Call InvokeEndpoint.")
            job = parse_job(plan, request, self._clock())
            endpoint.backlog.add(job)
            response = accepted(job)
        except RuntimeApiError as error:
            response = error.response()
        self._record(principal, "InvokeEndpointAsync", name, response.status)
        return response

    def _invoke(
        self,
        principal: Principal,
        name: str,
        request: HttpRequest,
        timeout_seconds: float,
        arrived: float,
    ) -> HttpResponse:
        try:
            model = request.headers.get(TARGET_MODEL)
            context = {"sagemaker:TargetModel": model} if model else None
            self._require(principal, "InvokeEndpoint", name, context)
            invocation = parse_invocation(request)
            call = RealTimeCall(self._region, name, invocation, timeout_seconds, arrived)
            while True:
                try:
                    return call.answer(self._endpoint(name).pick())
                except Retired:  # another fleet took over, or the endpoint went, since the pick
                    continue
        except RuntimeApiError as error:
            return error.response()

    def _endpoint(self, name: str) -> Endpoint:
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            raise validation_error(f"Endpoint {name} of account {ACCOUNT_ID} not found.")
        return endpoint

    def _require(
        self,
        principal: Principal,
        action: str,
        name: str,
        context: Mapping[str, str] | None = None,
    ) -> None:
        """https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html"""
        try:
            self._access.require(principal, f"sagemaker:{action}", self._arn(name), context)
        except AccessDenied as error:
            raise RuntimeApiError(403, "AccessDeniedException", str(error)) from error

    def _record(self, principal: Principal, action: str, name: str, status: int | None) -> None:
        self._calls.record(principal, f"sagemaker:{action}", self._arn(name), status)

    def _arn(self, name: str) -> str:
        return f"arn:aws:sagemaker:{self._region}:{ACCOUNT_ID}:endpoint/{name}"
