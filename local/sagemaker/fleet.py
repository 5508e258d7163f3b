"""The variants of one endpoint configuration, in service together."""

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from local.http import HttpResponse
from local.sagemaker.capture import Capture
from local.sagemaker.invocation import Invocation, validation_error
from local.sagemaker.invoker import Invoker
from local.sagemaker.plan import EndpointPlan
from local.sagemaker.shadow import Shadow
from local.sagemaker.supervisor import Supervisor
from local.sagemaker.variant import DRAIN_SECONDS, Variant


class Retired(Exception):
    """The fleet takes no more requests; another serves the endpoint, or none does."""


class Fleet:
    """Picks a variant for each request.

    random_source: decides among the weights. measure: called for each variant again and again.
    """

    def __init__(
        self,
        plan: EndpointPlan,
        variants: Sequence[Variant],
        shadows: Sequence[Shadow],
        invoker: Invoker,
        capture: Capture | None,
        random_source: random.Random,
        measure: Callable[[Variant], None],
    ) -> None:
        self.plan = plan
        self.variants = {variant.plan.name: variant for variant in variants}
        # Replaced as a whole, so that a pick never sees half of a change.
        self._weights: Mapping[str, float] = {
            name: v.plan.weight for name, v in self.variants.items()
        }
        self._shadows = shadows
        self._invoker = invoker
        self._capture = capture
        self._random = random_source
        self._under_way = 0
        self._retired = False
        self._changed = threading.Condition()
        watched = [*variants, *(shadow.variant for shadow in shadows)]
        self._supervisor = Supervisor(watched, measure)

    @property
    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Current and desired instances, by variant; serverless variants have none."""
        return {
            name: variant.counts
            for name, variant in self.variants.items()
            if variant.plan.serverless is None
        }

    @property
    def instances(self) -> int:
        """Instances that it has, of all variants."""
        return sum(current for current, _ in self.counts.values())

    @property
    def capacity(self) -> int:
        """Asynchronous requests that it can answer at once; 0 for another kind of endpoint."""
        if self.plan.asynchronous is None:
            return 0
        return self.instances * self.plan.asynchronous.concurrency

    def pick(self, target: str | None) -> Variant:
        """The variant named, or one by chance in proportion to its weight.

        Raises RuntimeApiError if there is none of that name; the words are ours.
        """
        if target is None:
            weights = self._weights
            [target] = self._random.choices(list(weights), list(weights.values()))
        if target not in self.variants:
            known = ", ".join(self.variants)
            raise validation_error(f"Variant {target} not found. Variants: {known}.")
        return self.variants[target]

    def reweigh(self, weights: Mapping[str, float]) -> None:
        """Sets weights by variant. Raises ValueError if none would be left that is positive."""
        new = {name: weights.get(name, weight) for name, weight in self._weights.items()}
        require_weight(new.values())
        self._weights = new

    def call(
        self, variant: Variant, invocation: Invocation, timeout_seconds: float, arrived: float
    ) -> HttpResponse:
        """The variant's answer; shadows get a copy of the request. arrived: monotonic seconds.

        Raises Retired, and what Invoker.call raises.
        """
        with self._call():
            for shadow in self._shadows:
                shadow.offer(invocation, self._weights[variant.plan.name])
            return self._invoker.call(variant, invocation, timeout_seconds, arrived)

    def close(self, drain_seconds: float = DRAIN_SECONDS) -> None:
        """Takes no more calls, waits for those under way, stops every instance."""
        with self._changed:
            self._retired = True
            self._changed.wait_for(lambda: not self._under_way, drain_seconds)
        self._supervisor.close()
        for variant in self.variants.values():
            variant.close()
        for shadow in self._shadows:
            shadow.close()
        if self._capture:
            self._capture.close()

    @contextmanager
    def _call(self) -> Iterator[None]:
        with self._changed:
            if self._retired:
                raise Retired
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()


def require_weight(weights: Iterable[float]) -> None:
    """Raises ValueError unless one of the weights is positive."""
    if not any(weight > 0 for weight in weights):
        raise ValueError("every weight is 0. Allowed: at least one above 0. Raise one.")
