"""An instance whose container serves several models, and what a request must say to it.

https://docs.aws.amazon.com/sagemaker/latest/dg/invoke-multi-model-endpoint.html
"""

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from local.http import HttpRequest, HttpResponse
from local.sagemaker.instance import Instance
from local.sagemaker.invocation import validation_error
from local.sagemaker.loaded_models import LoadedModels
from local.sagemaker.plan import ModelPlan


class MultiModelInstance(Instance):
    """A running server that starts without a model.

    fetch: unpacks the artifact of a model that a request names; raises DeploymentError. log,
    when_ended: as an Instance's.
    """

    def __init__(
        self,
        model: ModelPlan,
        fetch: Callable[[str], Path],
        log: Callable[[str], None],
        when_ended: Callable[[], None],
    ) -> None:
        super().__init__(model, None, log, when_ended)
        self._models = LoadedModels(fetch, super().invoke)

    @property
    def folders(self) -> Sequence[Path]:
        """The unpacked artifacts of the models that it has."""
        return self._models.folders

    def invoke(self, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        """Hands a request to the model that it names, which is loaded first.

        Raises RuntimeApiError where that cannot be, TimeoutError and NoWholeAnswer.
        """
        return self._models.invoke(request, timeout_seconds)


def check_target(endpoint: str, model: ModelPlan, target: str | None) -> None:
    """Raises RuntimeApiError unless a request names a model exactly where there are several.

    Both are the service's own words:
    https://github.com/aws/sagemaker-tensorflow-serving-container/issues/166
    https://github.com/aws/amazon-sagemaker-examples/issues/1026
    """
    if model.multi_model and target is None:
        raise validation_error(f"Request {uuid.uuid4()} is missing a target model header.")
    if target is not None and not model.multi_model:
        raise validation_error(
            f"Endpoint {endpoint} is not a multi-model endpoint and does not support target model "
            "header."
        )
