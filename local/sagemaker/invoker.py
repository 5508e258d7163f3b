"""A call of a variant: measured, and captured where the configuration says so."""

import time
from collections.abc import Callable

from local.http import HttpResponse
from local.sagemaker.capture import Capture
from local.sagemaker.exchange import NoWholeAnswer
from local.sagemaker.invocation import NO_ANSWER, Invocation
from local.sagemaker.measurement import Measurement
from local.sagemaker.variant import Variant


class Invoker:
    """Calls the variants of one fleet. now: monotonic seconds."""

    def __init__(
        self,
        measurement: Measurement,
        capture: Capture | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._measurement = measurement
        self._capture = capture
        self._now = now

    def call(
        self, variant: Variant, invocation: Invocation, timeout_seconds: float, arrived: float
    ) -> HttpResponse:
        """The container's answer, whatever its status. arrived: when SageMaker got the request.

        Raises TimeoutError, NoWholeAnswer and, from a serverless variant, Throttled, which is
        not measured: the request did not reach the model.
        """
        started = self._now()
        try:
            answer = variant.invoke(invocation.request, timeout_seconds)
        except (NoWholeAnswer, TimeoutError):
            self._record(variant, NO_ANSWER, arrived, started)
            raise
        self._record(variant, answer.status, arrived, started)
        if self._capture and 200 <= answer.status < 300:
            self._capture.offer(variant.plan, invocation.request, answer, invocation.inference_id)
        return answer

    def measure(self, variant: Variant) -> None:
        """Publishes how busy a variant has been since it was measured last."""
        instances = 0 if variant.plan.serverless else variant.counts[0]
        self._measurement.record_load(
            variant.plan.name, variant.take_peak(), instances, variant.provisioned
        )

    def _record(self, variant: Variant, status: int, arrived: float, started: float) -> None:
        model_seconds = self._now() - started
        instances = 0 if variant.plan.serverless else variant.counts[0]
        self._measurement.record(
            variant.plan.name, status, model_seconds, started - arrived, instances
        )
