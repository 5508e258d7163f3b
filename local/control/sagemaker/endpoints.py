"""SageMaker's endpoints: what is asked of them, one change at a time, and how it went."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from local.clock import Clock
from local.control.records import Record
from local.control.sagemaker.deployments import Deployments, Order
from local.control.sagemaker.endpoint import UNDER_WAY, Counts, Deployment, Endpoint
from local.control.sagemaker.listing import listed
from local.control.sagemaker.members import invalid, members
from local.control.sagemaker.scaling import scaled
from local.control.service import Handler
from local.control.tags import Tags
from local.sagemaker.instance import DeploymentError
from local.sagemaker.plan import EndpointPlan
from local.sagemaker.rollout import Deployer, Fleets, RolledBack, Stage

_log = logging.getLogger(__name__)

_CREATION = members(
    "endpoints", needed="EndpointName EndpointConfigName", taken="DeploymentConfig Tags"
)
_UPDATE = members(
    "an update of endpoints",
    needed="EndpointName EndpointConfigName",
    taken="""
        DeploymentConfig RetainDeploymentConfig RetainAllVariantProperties
        ExcludeRetainedVariantProperties
    """,
)


class DataPlane(Fleets, Protocol):
    """What serves: fleets, and their size."""

    def resize(self, name: str, variant: str, instances: int) -> None:
        """Brings a variant of the fleet that serves to a number of instances.

        A serverless one: to a provisioned concurrency.
        """

    def reweigh(self, name: str, weights: Mapping[str, float]) -> None:
        """Gives variants of the fleet that serves other weights."""

    def counts(self, name: str) -> Counts:
        """Instances of the fleet that serves. Raises LookupError if none does."""

    def remove(self, name: str) -> None:
        """Takes an endpoint out of service; one that never was in service is no fault."""


class Endpoints:
    """The endpoints of one region. arn: what the ARNs of its resources begin with."""

    def __init__(
        self,
        arn: str,
        clock: Clock,
        data_plane: DataPlane,
        deployments: Deployments,
        deployer: Deployer,
        tags: Tags,
    ) -> None:
        self._arn = f"{arn}:endpoint/"
        self._clock = clock
        self._data_plane = data_plane
        self._deployments = deployments
        self._deployer = deployer
        self._tags = tags
        self._endpoints: dict[str, Endpoint] = {}
        self._lock = threading.Lock()

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "CreateEndpoint": self._create,
            "DescribeEndpoint": self._describe,
            "ListEndpoints": self._list,
            "UpdateEndpoint": self._update,
            "UpdateEndpointWeightsAndCapacities": self.update_weights_and_capacities,
            "DeleteEndpoint": self._delete,
        }

    def close(self) -> None:
        """Ends every roll-out: what served before serves on."""
        self._deployer.close()

    def find(self, name: str) -> Endpoint | None:
        """An endpoint, as it is at the moment."""
        with self._lock:
            return self._endpoints.get(name)

    def arns(self) -> set[str]:
        """The ARNs of all endpoints."""
        with self._lock:
            return {endpoint.arn for endpoint in self._endpoints.values()}

    def _create(self, request: Record) -> Record:
        _CREATION.check(request)
        name = request["EndpointName"]
        order = self._deployments.first(request)
        now = self._clock()
        endpoint = Endpoint(
            name=name,
            arn=self._arn + name.lower(),
            status="Creating",
            created=now,
            modified=now,
            configuration_name=order.deployment.plan.configuration,
            pending=order.deployment,
            deployment_config=order.config,
        )
        with self._lock:
            if name in self._endpoints:
                raise invalid(f'Cannot create already existing endpoint "{endpoint.arn}".')
            self._endpoints[name] = endpoint
        self._tags.add(endpoint.arn, request.get("Tags", []))
        self._in_background(name, lambda: self._deploy(name, order))
        return {"EndpointArn": endpoint.arn}

    def _describe(self, request: Record) -> Record:
        name = request["EndpointName"]
        with self._lock:
            endpoint = self._existing(name)
        try:
            counts = self._data_plane.counts(name)
        except LookupError:  # not in service yet, or not any more
            counts = {}
        return endpoint.description(counts)

    def _list(self, request: Record) -> Record:
        with self._lock:
            summaries = [endpoint.summary() for endpoint in self._endpoints.values()]
        return listed(
            request,
            summaries,
            result="Endpoints",
            name="EndpointName",
            arn="EndpointArn",
            order="Descending",
        )

    def _update(self, request: Record) -> Record:
        _UPDATE.check(request)
        name = request["EndpointName"]
        with self._lock:
            endpoint, live = self._changeable(name)
            order = self._deployments.following(request, endpoint, live)
            self._endpoints[name] = replace(
                endpoint,
                status="Updating",
                modified=self._clock(),
                pending=order.deployment,
                deployment_config=order.config,
            )
        self._in_background(name, lambda: self._deploy(name, order))
        return {"EndpointArn": endpoint.arn}

    def update_weights_and_capacities(self, request: Record) -> Record:
        """UpdateEndpointWeightsAndCapacities, for people and for Application Auto Scaling.

        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpointWeightsAndCapacities.html
        """
        name = request["EndpointName"]
        with self._lock:
            endpoint, live = self._changeable(name)
            wanted = scaled(live.plan, request["DesiredWeightsAndCapacities"])
            self._endpoints[name] = replace(
                endpoint, status="Updating", modified=self._clock(), wanted=wanted
            )
        self._in_background(name, lambda: self._scale(name, live, wanted))
        return {"EndpointArn": endpoint.arn}

    def _delete(self, request: Record) -> None:
        """Application Auto Scaling loses its variants as well.

        https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html
        """
        name = request["EndpointName"]
        with self._lock:
            endpoint = self._idle(name)
            self._endpoints[name] = replace(endpoint, status="Deleting", modified=self._clock())
        self._data_plane.remove(name)
        self._deployments.targets.forget(name)
        self._tags.forget(endpoint.arn)
        with self._lock:
            del self._endpoints[name]

    def _deploy(self, name: str, order: Order) -> Deployment:
        self._deployer.deploy(
            name, order.deployment.plan, order.rollout, lambda stage: self._at_stage(name, stage)
        )
        return order.deployment

    def _scale(self, name: str, live: Deployment, wanted: EndpointPlan) -> Deployment:
        for before, variant in zip(live.plan.variants, wanted.variants, strict=True):
            if variant.instances != before.instances:
                self._data_plane.resize(name, variant.name, variant.instances)
            if variant.serverless and variant.serverless != before.serverless:
                concurrency = variant.serverless.provisioned_concurrency
                self._data_plane.resize(name, variant.name, concurrency)
        self._data_plane.reweigh(
            name, {variant.name: variant.weight for variant in wanted.variants}
        )
        return replace(live, plan=wanted)

    def _in_background(self, name: str, change: Callable[[], Deployment]) -> None:
        """Changes an endpoint in a thread of its own. change: answers what is live then."""

        def run() -> None:
            live = reason = None
            try:
                live = change()
            except (DeploymentError, RolledBack) as error:
                reason = str(error)
            except Exception as error:  # whoever waits for the endpoint must hear of it
                _log.exception("endpoint %s could not be changed", name)
                reason = f"The local cloud failed: {error!r}. Look into its log."
            with self._lock:
                self._endpoints[name] = self._endpoints[name].settled(live, reason, self._clock())

        threading.Thread(target=run, name=f"endpoint-{name}").start()

    def _at_stage(self, name: str, stage: Stage) -> None:
        with self._lock:
            self._endpoints[name] = self._endpoints[name].at_stage(stage)

    def _existing(self, name: str) -> Endpoint:
        if name not in self._endpoints:
            raise invalid(f'Could not find endpoint "{self._arn}{name.lower()}".')
        return self._endpoints[name]

    def _idle(self, name: str) -> Endpoint:
        endpoint = self._existing(name)
        if endpoint.status in UNDER_WAY:
            raise invalid(f'Cannot update in-progress endpoint "{endpoint.arn}".')
        return endpoint

    def _changeable(self, name: str) -> tuple[Endpoint, Deployment]:
        """The endpoint and what serves on it. A failed one can only be deleted."""
        endpoint = self._idle(name)
        if endpoint.live is None:
            raise invalid(
                f'Cannot update endpoint "{endpoint.arn}" while it is {endpoint.status}. Delete it.'
            )
        return endpoint, endpoint.live
