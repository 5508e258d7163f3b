"""One InvokeEndpoint call: what SageMaker makes of the ways in which it can go.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

from dataclasses import dataclass

from local.http import HttpResponse
from local.sagemaker.exchange import NoWholeAnswer
from local.sagemaker.fleet import Fleet
from local.sagemaker.invocation import (
    CONTAINER_SECONDS,
    NO_ANSWER,
    TARGET_MODEL,
    TIMED_OUT,
    Invocation,
    RuntimeApiError,
    largest_body,
    model_error,
    oversize,
    success,
    validation_error,
)
from local.sagemaker.multi_model import check_target
from local.sagemaker.serverless import Throttled
from local.sagemaker.variant import Variant


@dataclass(frozen=True)
class RealTimeCall:
    """A call by someone who waits. arrived: when it came, in monotonic seconds."""

    region: str
    endpoint: str
    invocation: Invocation
    timeout_seconds: float
    arrived: float

    def answer(self, fleet: Fleet) -> HttpResponse:
        """The 200. Raises RuntimeApiError, Retired, or TimeoutError if the caller has gone."""
        if fleet.plan.asynchronous:
            raise validation_error(
                f"Endpoint {self.endpoint} is asynchronous. Call InvokeEndpointAsync."
            )
        variant = fleet.pick(self.invocation.target_variant)
        target = self.invocation.request.headers.get(TARGET_MODEL)
        check_target(self.endpoint, variant.plan.model, target)
        serverless = variant.plan.serverless is not None
        largest = largest_body(serverless)
        if len(self.invocation.request.body) > largest:
            raise oversize(serverless)
        answer = self._call(fleet, variant)
        if not 200 <= answer.status < 300:
            text = answer.body.decode(errors="replace")
            raise self._model_error(variant, answer.status, text)
        if len(answer.body) > largest:
            # The limit is AWS's; how it answers is not confirmed, and the words are ours.
            text = f"The answer has {len(answer.body)} bytes; the limit is {largest}."
            raise self._model_error(variant, NO_ANSWER, text)
        return success(answer, variant.plan.name)

    def _call(self, fleet: Fleet, variant: Variant) -> HttpResponse:
        seconds = min(self.timeout_seconds, CONTAINER_SECONDS)
        try:
            return fleet.call(variant, self.invocation, seconds, self.arrived)
        except TimeoutError as error:
            if seconds < CONTAINER_SECONDS:
                raise
            raise self._model_error(variant, NO_ANSWER, TIMED_OUT) from error
        except Throttled as error:
            # Without a message, as https://github.com/opensearch-project/ml-commons/issues/2429
            raise RuntimeApiError(429, "ThrottlingException", None) from error
        except NoWholeAnswer as error:
            message = "The service is temporarily unavailable."
            raise RuntimeApiError(503, "ServiceUnavailable", message) from error

    def _model_error(self, variant: Variant, status: int, text: str) -> RuntimeApiError:
        return model_error(self.region, self.endpoint, variant.plan.name, status, text)
