"""Brings up the fleet of an endpoint configuration: artifacts, processes, threads."""

import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from local.clock import Clock
from local.sagemaker.capture import Capture
from local.sagemaker.fleet import Fleet, require_weight
from local.sagemaker.instance import DeploymentError, Instance
from local.sagemaker.invoker import Invoker
from local.sagemaker.measurement import Measurement, PutMetric
from local.sagemaker.plan import EndpointPlan, VariantPlan
from local.sagemaker.serverless import ServerlessVariant
from local.sagemaker.shadow import Shadow
from local.sagemaker.storage import Storage
from local.sagemaker.utilization import Utilization
from local.sagemaker.variant import Variant


class Deployment:
    """What every fleet of a region is made with.

    launch: starts an instance of an endpoint's variant; raises DeploymentError. storage: where
    capture writes. utilization: measures the instances. random_source: decides among weights and
    what is sampled. check_image: raises DeploymentError for an image that cannot be deployed; of
    what runs already further instances may start.
    """

    def __init__(
        self,
        launch: Callable[[str, VariantPlan], Instance],
        storage: Storage,
        clock: Clock,
        random_source: random.Random,
        put_metric: PutMetric,
        utilization: Utilization,
        check_image: Callable[[str], None] = lambda image: None,
    ) -> None:
        self._launch = launch
        self._storage = storage
        self._clock = clock
        self._random = random_source
        self._put_metric = put_metric
        self._utilization = utilization
        self._check_image = check_image

    def start(self, endpoint: str, plan: EndpointPlan) -> Fleet:
        """A fleet whose instances are all healthy. Raises DeploymentError and leaves none."""
        try:
            require_weight([variant.weight for variant in plan.variants])
        except ValueError as error:
            raise DeploymentError(f"{plan.configuration}: {error}") from error
        with ExitStack() as undo:
            production = [self._begin(endpoint, v, plan, undo) for v in plan.variants]
            shadows = [self._begin(endpoint, v, plan, undo) for v in plan.shadows]
            for variant in (*production, *shadows):
                variant.wait_until_healthy()
            fleet = self._fleet(endpoint, plan, production, shadows)
            undo.pop_all()
        return fleet

    def _fleet(
        self,
        endpoint: str,
        plan: EndpointPlan,
        production: Sequence[Variant],
        shadows: Sequence[Variant],
    ) -> Fleet:
        capture = None
        if plan.capture:
            capture = Capture(plan.capture, endpoint, self._storage, self._clock, self._random)
        measurement = Measurement(self._put_metric, endpoint, plan.configuration)
        invoker = Invoker(measurement, capture)

        def measure(variant: Variant) -> None:
            invoker.measure(variant)
            self._utilization.measure(endpoint, variant)

        return Fleet(
            plan,
            production,
            [Shadow(variant, invoker, self._random) for variant in shadows],
            invoker,
            capture,
            self._random,
            measure,
        )

    def _begin(
        self, endpoint: str, plan: VariantPlan, whole: EndpointPlan, undo: ExitStack
    ) -> Variant:
        """A variant whose instances have been started."""
        self._check_image(plan.model.image)

        def start() -> Instance:
            return self._launch(endpoint, plan)

        if plan.serverless:
            variant: Variant = ServerlessVariant(plan, plan.serverless, start)
        else:
            limit = whole.asynchronous.concurrency if whole.asynchronous else None
            variant = Variant(plan, start, plan.instances, limit)
        undo.callback(variant.close)
        variant.launch()
        return variant
