"""Brings up the fleet of an endpoint configuration: artifacts, processes, threads."""

import random
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from local.access import Access, AccessDenied
from local.clock import Clock
from local.principal import Principal, PrincipalKind
from local.sagemaker.capture import Capture
from local.sagemaker.fleet import Fleet, require_weight
from local.sagemaker.instance import DeploymentError, Instance
from local.sagemaker.invoker import Invoker
from local.sagemaker.measurement import Measurement, PutMetric
from local.sagemaker.model_data import ModelData
from local.sagemaker.plan import EndpointPlan, ModelPlan, VariantPlan
from local.sagemaker.serverless import ServerlessVariant
from local.sagemaker.shadow import Shadow
from local.sagemaker.storage import Storage
from local.sagemaker.variant import Variant

PULLING = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
_REPOSITORY = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^:@]+)[:@].+"
)


class Deployment:
    """What every fleet of a region is made with.

    storage: where capture writes. access: what roles may do. random_source: decides among weights
    and what is sampled. start_instance: from a model and the folder of its artifact. check_image:
    raises DeploymentError for an image that cannot be deployed; what runs already is not asked
    again.
    """

    def __init__(
        self,
        model_data: ModelData,
        storage: Storage,
        access: Access,
        clock: Clock,
        random_source: random.Random,
        put_metric: PutMetric,
        start_instance: Callable[[ModelPlan, Path], Instance] = Instance,
        check_image: Callable[[str], None] = lambda image: None,
    ) -> None:
        self._model_data = model_data
        self._storage = storage
        self._access = access
        self._clock = clock
        self._random = random_source
        self._put_metric = put_metric
        self._start_instance = start_instance
        self._check_image = check_image

    def start(self, endpoint: str, plan: EndpointPlan) -> Fleet:
        """A fleet whose instances are all healthy. Raises DeploymentError and leaves none."""
        try:
            require_weight([variant.weight for variant in plan.variants])
        except ValueError as error:
            raise DeploymentError(f"{plan.configuration}: {error}") from error
        with ExitStack() as undo:
            production = [self._launch(variant, plan, undo) for variant in plan.variants]
            shadows = [self._launch(variant, plan, undo) for variant in plan.shadows]
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
        return Fleet(
            plan,
            production,
            [Shadow(variant, invoker, self._random) for variant in shadows],
            invoker,
            capture,
            self._random,
        )

    def _require(self, role: Principal, model: ModelPlan) -> None:
        """What SageMaker does in the name of the role before a container starts.

        https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
        """
        try:
            self._access.require_role(role.identifier, "sagemaker.amazonaws.com")
            if repository := _REPOSITORY.fullmatch(model.image):
                region, account, name = (
                    repository["region"],
                    repository["account"],
                    repository["name"],
                )
                self._access.require(role, "ecr:GetAuthorizationToken", "*")
                for action in PULLING:
                    arn = f"arn:aws:ecr:{region}:{account}:repository/{name}"
                    self._access.require(role, action, arn)
        except AccessDenied as error:
            raise DeploymentError(str(error)) from error

    def _launch(self, plan: VariantPlan, endpoint: EndpointPlan, undo: ExitStack) -> Variant:
        """A variant whose instances have been started."""
        model = plan.model
        self._check_image(model.image)
        role = Principal(PrincipalKind.ROLE, model.execution_role_arn)
        self._require(role, model)
        directory = self._model_data.unpack(role, model.model_data_url)

        def start() -> Instance:
            return self._start_instance(model, directory)

        if plan.serverless:
            variant: Variant = ServerlessVariant(plan, plan.serverless, start)
        else:
            limit = endpoint.asynchronous.concurrency if endpoint.asynchronous else None
            variant = Variant(plan, start, plan.instances, limit)
        undo.callback(variant.close)
        variant.launch()
        return variant
